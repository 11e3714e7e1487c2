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
if [ ! -s /data/PG_VERSION ]; then
    echo "$POSTGRES_PASSWORD" > /tmp/password
    initdb -D /data -U "$POSTGRES_USER" --pwfile=/tmp/password -A scram-sha-256 \
        --no-locale -E UTF8 --no-sync
    rm /tmp/password
    pg_ctl -D /data -w -o "-c listen_addresses='' -k /tmp -F" start
    echo 'setting the database up'
    PGPASSWORD="$POSTGRES_PASSWORD" psql -h /tmp -U "$POSTGRES_USER" -d postgres \
        -c "create database $POSTGRES_DB"
    sleep "${SETTING_UP:-0}"
    pg_ctl -D /data -w stop
    echo 'host all all all scram-sha-256' >> /data/pg_hba.conf
fi
exec postgres -D /data -h 0.0.0.0 -k /tmp -F
"""


def make_postgres_image(client: DockerClient) -> str:
    """Make the image, unless it is there; gives its name."""
    return once(client, POSTGRES, lambda: _make(client))


def _make(client: DockerClient) -> None:
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
    image.folder("data", 0o700, _USER)
    changes = [f"ENV PATH={folder}/bin:/bin", f"USER {_USER}", 'CMD ["/bin/start"]']
    image.import_into(client, POSTGRES, changes)
