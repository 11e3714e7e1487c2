"""An image with the machine's own PostgreSQL, which sets its database up as the official image does."""

from __future__ import annotations

from pathlib import Path

from docker import DockerClient

from support.docker_images import REPOSITORY
from support.machine_images import MachineImage, not_installed, once

POSTGRES = f"{REPOSITORY}/postgres:1"
_PROGRAMS = ("postgres", "initdb", "pg_ctl", "psql", "pg_isready")
_USER = 999

_START = """\
#!/bin/sh
set -eu
if [ ! -s $PGDATA/PG_VERSION ]; then
    echo "$POSTGRES_PASSWORD" > /tmp/password
    initdb -U "$POSTGRES_USER" --pwfile=/tmp/password -A scram-sha-256 \
        --no-locale -E UTF8 --no-sync
    rm /tmp/password
    pg_ctl -w -o "-c listen_addresses='' -k /tmp -F" start
    echo 'setting the database up'
    PGPASSWORD="$POSTGRES_PASSWORD" psql -h /tmp -U "$POSTGRES_USER" -d postgres \
        -c "create database $POSTGRES_DB"
    sleep "${SETTING_UP:-0}"
    pg_ctl -w stop
    echo 'host all all all scram-sha-256' >> $PGDATA/pg_hba.conf
fi
exec postgres -h 0.0.0.0 -k /tmp -F
"""


def make_postgres_image(client: DockerClient, name: str = POSTGRES, data: str = "/data") -> str:
    """Make the image, unless it is there; gives its name.

    Args:
        client: The engine's client.
        name: The image's name.
        data: Where the database is in it.
    """
    return once(client, name, lambda: _make(client, name, data))


def _make(client: DockerClient, name: str, data: str) -> None:
    found = [server.parent.parent for server in Path("/usr/lib/postgresql").glob("*/bin/postgres")]
    if not found:
        not_installed("postgresql")
    folder = max(found, key=lambda one: int(one.name))
    modules = [file for file in (folder / "lib").glob("*.so") if "llvm" not in file.name]
    image = MachineImage()
    image.programs(*(folder / "bin" / name for name in _PROGRAMS), *modules)
    share = Path("/usr/share/postgresql") / folder.name
    image.tree(share, str(share))
    image.text("bin/start", _START, 0o755)
    image.text("etc/passwd", f"root:x:0:0::/:/bin/sh\npostgres:x:{_USER}:{_USER}::/:/bin/sh\n")
    image.folder("tmp", 0o1777)
    image.folder(data.lstrip("/"), 0o700, _USER)
    variables = f"ENV PATH={folder}/bin:/bin PGDATA={data}"
    image.import_into(client, name, [variables, f"USER {_USER}", 'CMD ["/bin/start"]'])
