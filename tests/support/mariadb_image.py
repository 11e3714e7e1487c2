"""An image with the machine's own MariaDB, whose variables are those of the official image."""

from __future__ import annotations

import subprocess
import tempfile
from pathlib import Path

from docker import DockerClient

from support.docker_images import REPOSITORY
from support.machine_images import MachineImage, not_installed, once

MARIADB = f"{REPOSITORY}/mariadb:1"
_PROGRAMS = ("/usr/sbin/mariadbd", "/usr/bin/mariadb", "/usr/bin/mariadb-admin")
_SHARE = Path("/usr/share/mysql")

_START = """\
#!/bin/sh
set -eu
cat > /tmp/first.sql <<END
create database if not exists $MARIADB_DATABASE;
create user if not exists '$MARIADB_USER'@'%' identified by '$MARIADB_PASSWORD';
grant all on $MARIADB_DATABASE.* to '$MARIADB_USER'@'%';
END
exec mariadbd --no-defaults --user=root --datadir=/data --socket=/tmp/socket --init-file=/tmp/first.sql
"""


def make_mariadb_image(client: DockerClient) -> str:
    """Make the image, unless it is there; gives its name."""
    return once(client, MARIADB, lambda: _make(client))


def _make(client: DockerClient) -> None:
    programs = [Path(name) for name in _PROGRAMS]
    if not all(program.exists() for program in programs):
        not_installed("mariadb-server-core or mariadb-client")
    image = MachineImage()
    image.programs(*programs)
    image.tree(_SHARE / "english", str(_SHARE / "english"))
    image.tree(_SHARE / "charsets", str(_SHARE / "charsets"))
    image.text("bin/start", _START, 0o755)
    image.text("etc/passwd", "root:x:0:0::/:/bin/sh\n")
    image.folder("tmp", 0o1777)
    with tempfile.TemporaryDirectory() as data:
        install = [
            "mariadb-install-db",
            "--no-defaults",
            f"--datadir={data}",
            "--user=root",
            "--skip-test-db",
        ]
        subprocess.run(install, capture_output=True, check=True)
        image.tree(Path(data), "data")
    image.import_into(client, MARIADB, ["ENV PATH=/usr/sbin:/usr/bin:/bin", 'CMD ["/bin/start"]'])
