"""A web service on another machine: its page, its settings and its unit, installed and started over SSH.

The machine is `web1` of your `~/.ssh/config`. Nothing is left out, so no model and no lock are needed.
"""

import os

from clockwork import SSHHost
from clockwork.resources import CommandResource, FileResource, ServiceResource

# Where the service stands on the machine; whoever logs in must be able to write there.
FOLDER = os.environ.get("POTTERY_FOLDER", "/opt/pottery")

PAGE = """\
<!DOCTYPE html>
<title>The pottery by the sea</title>
<h1>Welcome to the pottery by the sea</h1>
<p>Bowls, cups and plates. Open from ten to six.</p>
"""

UNIT = f"""\
[Unit]
Description=The page of a pottery
After=network.target

[Service]
EnvironmentFile={FOLDER}/pottery.conf
ExecStart=/usr/bin/python3 -m http.server --directory {FOLDER}/site --bind $ADDRESS $PORT
Restart=on-failure

[Install]
WantedBy=multi-user.target
"""

web1 = SSHHost("web1")

page = FileResource(
    description="a page that welcomes visitors to the pottery",
    on=web1,
    path=f"{FOLDER}/site/index.html",
    content=PAGE,
    mode="644",
)

settings = FileResource(
    description="where the service listens",
    on=web1,
    path=f"{FOLDER}/pottery.conf",
    content="ADDRESS=127.0.0.1\nPORT=8476\n",
    mode="600",
)

unit = FileResource(
    description="how systemd runs the service",
    on=web1,
    path=f"{FOLDER}/pottery.service",
    content=UNIT,
    mode="644",
)

# Makes the unit known, and has a service that runs already follow its files.
installed = CommandResource(
    description="systemd knows the unit",
    on=web1,
    create=f"systemctl link {FOLDER}/pottery.service && systemctl daemon-reload",
    update="systemctl daemon-reload && systemctl try-restart pottery",
    delete="systemctl disable pottery",
    triggers=[settings.ref("digest"), unit.ref("digest")],
)

pottery = ServiceResource(
    name="pottery", on=web1, service_name="pottery", port=8476, depends_on=[installed, page]
)
