"""``clockwork version``."""

from __future__ import annotations

import json
import platform
from typing import Any

import click


@click.command()
@click.option("--json", "as_json", is_flag=True, help="Print one JSON document and nothing else.")
@click.option("--debug", is_flag=True, expose_value=False, help="Show the whole traceback of an error.")
def version(as_json: bool) -> None:
    """Show the versions of core, the plugins, the engine and Python; install nothing."""
    found = _versions()
    if as_json:
        click.echo(json.dumps({"format": 1, "command": "version", **found, "error": None}, indent=2))
        return
    engine = found["engine"]
    told = (
        f"{engine['version']} ({engine['path']})" if engine else "not found; run `clockwork engine install`"
    )
    rows = {"clockwork-core": found["core"], **found["plugins"], "pulumi": told, "python": found["python"]}
    widest = max(map(len, rows))
    for name, what in rows.items():
        click.echo(f"{name:{widest}}  {what}")


def _versions() -> dict[str, Any]:
    from importlib.metadata import version as version_of

    from clockwork.engine.locate import find_engine

    engine = find_engine()
    return {
        "core": version_of("clockwork-core"),
        "plugins": _plugins(),
        "engine": {"version": engine.version, "path": str(engine.path)} if engine else None,
        "python": platform.python_version(),
    }


def _plugins() -> dict[str, str]:
    """The distributions that bring plugins, without loading one."""
    from importlib.metadata import entry_points

    from clockwork.hookspecs import ENTRY_POINT_GROUP

    found = {
        point.dist.name: point.dist.version for point in entry_points(group=ENTRY_POINT_GROUP) if point.dist
    }
    return dict(sorted(found.items()))
