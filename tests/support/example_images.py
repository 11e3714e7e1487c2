"""Stand-ins for the public images that the examples name, with the same ports, folders and variables."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from docker import DockerClient
from docker.errors import ImageNotFound

from support.docker_images import REPOSITORY, make_image
from support.machine_images import MachineImage, not_installed, once
from support.postgres_image import make_postgres_image

PREFIX = f"{REPOSITORY}/"
_SITE = "usr/share/nginx/html"

_REQUEST = """\
#!/bin/sh
read -r _method path _version || exit 0
while read -r line && [ "${line%?}" ]; do :; done
"""
_ANSWER = """
printf 'HTTP/1.0 200 OK\\r\\n\\r\\n%s\\n' "$answer"
"""
_TABLE = """\
answer=$(psql "$PGRST_DB_URI" -XAtq -v ON_ERROR_STOP=1 -c "set role $PGRST_DB_ANON_ROLE" \\
    -c "select json_agg(row) from ${path#/} as row") || exit 1
"""
_PAGE_OR_SERVER = f"""\
case "$path" in
    /) answer=$(cat /{_SITE}/index.html) || exit 1 ;;
    *) answer=$(curl -fsS "$SERVER_URL$path") || exit 1 ;;
esac
"""


def make_shop_images(client: DockerClient) -> None:
    """Make the images of ``web_application``, under a prefix, unless they are there."""
    make_postgres_image(client, f"{PREFIX}postgres:17-alpine", "/var/lib/postgresql/data")
    server = f"{PREFIX}postgrest/postgrest:v12.2.8"
    once(client, server, lambda: _make_answering(client, server, "psql", 3000, _TABLE))
    cache = f"{PREFIX}nginx:1.27-alpine"
    once(client, cache, lambda: _make_answering(client, cache, "curl", 80, _PAGE_OR_SERVER))


@contextmanager
def nginx(client: DockerClient, name: str) -> Iterator[None]:
    """Let the engine have an image of nginx: its own, or a stand-in that is removed at the end."""
    try:
        client.images.get(name)
    except ImageNotFound:
        command = f'CMD ["/bin/httpd","-f","-p","80","-h","/{_SITE}"]'
        make_image(client, name, {f"{_SITE}/index.html": "nothing yet"}, [command])
    else:
        yield
        return
    yield
    client.images.remove(name)


def _make_answering(client: DockerClient, name: str, program: str, port: int, answer: str) -> None:
    """Make an image that answers requests by a script, with one of this machine's programs."""
    image = MachineImage()
    needed = _installed(program)
    image.programs(needed)
    image.text("bin/answer", _REQUEST + answer + _ANSWER, 0o755)
    image.folder("tmp", 0o1777)
    listen = f'CMD ["/bin/busybox","nc","-ll","-p","{port}","-e","/bin/answer"]'
    image.import_into(client, name, [f"ENV PATH={needed.parent}:/usr/bin:/bin", listen])


def _installed(program: str) -> Path:
    """The program itself; Debian's ``psql`` is a script that looks for it."""
    found = [*Path("/usr/lib/postgresql").glob(f"*/bin/{program}")]
    elsewhere = shutil.which(program)
    if not found and elsewhere is None:
        not_installed(program)
    return max(found) if found else Path(str(elsewhere))
