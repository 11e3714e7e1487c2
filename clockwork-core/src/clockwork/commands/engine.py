"""``clockwork engine``: which Pulumi is used, and obtaining it."""

from __future__ import annotations

import shutil
from typing import TYPE_CHECKING, Any

import click

from clockwork.commands.answer import Answer, pass_answer
from clockwork.commands.wish import answered

if TYPE_CHECKING:
    from clockwork.engine.install import Origin
    from clockwork.engine.locate import Engine, Place


@click.group(help="Show or install the Pulumi engine.")
def engine() -> None:
    """Group the engine's commands."""


@answered
@engine.command(help="Show which engine is used, and where it was looked for.")
@click.pass_context
@pass_answer
def status(answer: Answer, ctx: click.Context) -> None:
    """Print where the engine is, its version and how it was found; exit 1 when there is none."""
    from clockwork.engine.locate import places

    found = _found(list(places()))
    if answer.json:
        answer.give(**found)
    else:
        click.echo("\n".join(_lines(found)))
    if not found["path"]:
        ctx.exit(1)


@answered
@engine.command(help="Install the engine into Clockwork's cache.")
@click.option(
    "--from",
    "origin",
    type=click.Choice(["release", "source"]),
    help="Download the official release, or build from Go modules, even if one is installed already. "
    "Without it: what is installed, else the release, else the source.",
)
@pass_answer
def install(answer: Answer, origin: Origin | None) -> None:
    """Obtain the engine, with progress; say when another one is used all the same."""
    from clockwork.engine.install import install_engine
    from clockwork.engine.locate import find_engine
    from clockwork.hook_types import Event
    from clockwork.ui.progress import progress
    from clockwork.ui.screen import messages

    with progress(messages()) as told:
        installed = install_engine(
            origin, lambda text, part: told(Event("engine.progress", data={"text": text, "part": part}))
        )
    used = find_engine()
    if answer.json:
        answer.give(**_engine(installed), used=_engine(used))
        return
    click.echo(f"Pulumi {installed.version}: {installed.path}")
    if used and used != installed:
        click.echo(f"used is Pulumi {used.version}, from {used.origin}: {used.path}")


def _found(looked: list[Place]) -> dict[str, Any]:
    from clockwork.engine.cache import ENGINE_VERSION, cache_folder
    from clockwork.engine.release import releases_url, shown

    used = next((place.engine for place in looked if place.engine), None)
    return {
        **_engine(used),
        "cache": str(cache_folder()),
        "looked": [_place(place) for place in looked],
        "installs": {
            "version": ENGINE_VERSION,
            "release": shown(releases_url()),
            "source": shutil.which("go"),
        },
    }


def _engine(found: Engine | None) -> dict[str, Any]:
    return {
        "path": str(found.path) if found else None,
        "version": found.version if found else None,
        "origin": found.origin if found else None,
    }


def _place(place: Place) -> dict[str, Any]:
    return {**_engine(place.engine), "origin": place.origin, "refusal": place.refusal}


def _lines(found: dict[str, Any]) -> list[str]:
    installs = found["installs"]
    go = f"with {installs['source']}" if installs["source"] else "needs Go, which is not on PATH"
    used = "Pulumi {version}, from {origin}: {path}" if found["path"] else "There is no Pulumi engine."
    return [
        used.format(**found),
        "",
        "Looked for in this order:",
        *(f"  {place['origin']:<10} {_told(place)}" for place in found["looked"]),
        "",
        f"`clockwork engine install` brings {installs['version']} to {found['cache']}:",
        f"  release    from {installs['release']}",
        f"  source     {go}",
    ]


def _told(place: dict[str, Any]) -> str:
    return place["refusal"] or f"{place['version']} at {place['path']}"
