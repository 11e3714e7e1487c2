"""``clockwork version``."""

from __future__ import annotations

import platform
from typing import Any

import click

from clockwork.commands.answer import Answer, pass_answer
from clockwork.commands.wish import answered
from clockwork.errors import EngineError
from clockwork.ui.text import clean


@answered
@click.command()
@pass_answer
def version(answer: Answer) -> None:
    """Show the versions of core, the plugins, the engine and Python; install nothing."""
    found = _versions()
    if answer.json:
        answer.give(**found)
        return
    engine = found["engine"]
    told = f"{engine['version']} ({engine['path']})" if engine else found["engine_problem"]
    rows = {"clockwork-core": found["core"], **found["plugins"], "pulumi": told, "python": found["python"]}
    widest = max(map(len, rows))
    for name, what in rows.items():
        click.echo(f"{name:{widest}}  {clean(what)}")


def _versions() -> dict[str, Any]:
    from importlib.metadata import version as version_of

    return {
        "core": version_of("clockwork-core"),
        "plugins": _plugins(),
        **_engine(),
        "python": platform.python_version(),
    }


def _engine() -> dict[str, Any]:
    """The engine, or why there is none; a wrong choice of one keeps nobody from the other versions."""
    from clockwork.engine.locate import find_engine

    try:
        engine = find_engine()
    except EngineError as error:
        return {"engine": None, "engine_problem": error.message}
    if engine is None:
        return {"engine": None, "engine_problem": "not found; run `clockwork engine install`"}
    return {"engine": {"version": engine.version, "path": str(engine.path)}, "engine_problem": None}


def _plugins() -> dict[str, str]:
    """The distributions that bring plugins, without loading one."""
    from importlib.metadata import entry_points

    from clockwork.hookspecs import ENTRY_POINT_GROUP

    found = {
        point.dist.name: point.dist.version for point in entry_points(group=ENTRY_POINT_GROUP) if point.dist
    }
    return dict(sorted(found.items()))
