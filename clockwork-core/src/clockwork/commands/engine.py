"""``clockwork engine``: which Pulumi is used, and obtaining it."""

from __future__ import annotations

import json
import shutil
from typing import TYPE_CHECKING, Any

import click

if TYPE_CHECKING:
    from clockwork.engine.install import Origin
    from clockwork.engine.locate import Place


@click.group(help="Show or install the Pulumi engine.")
def engine() -> None:
    """Group the engine's commands."""


@engine.command(help="Show which engine is used, and where it was looked for.")
@click.option("--json", "as_json", is_flag=True, help="Print one JSON document and nothing else.")
@click.option("--debug", is_flag=True, expose_value=False, help="Show the whole traceback of an error.")
def status(as_json: bool) -> None:
    """Print where the engine is, its version and how it was found; exit 1 when there is none."""
    from clockwork.engine.locate import places

    looked = list(places())
    document = _document(looked)
    if as_json:
        click.echo(json.dumps(document, indent=2))
    else:
        click.echo("\n".join(_lines(document)))
    if not document["path"]:
        raise SystemExit(1)


@engine.command(help="Install the engine into Clockwork's cache.")
@click.option(
    "--from",
    "origin",
    type=click.Choice(["release", "source"]),
    help="Download the official release, or build from Go modules, even if one is installed already. "
    "Without it: what is installed, else the release, else the source.",
)
@click.option("--debug", is_flag=True, expose_value=False, help="Show the whole traceback of an error.")
def install(origin: Origin | None) -> None:
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
    click.echo(f"Pulumi {installed.version}: {installed.path}")
    used = find_engine()
    if used and used != installed:
        click.echo(f"used is Pulumi {used.version}, from {used.origin}: {used.path}")


def _document(looked: list[Place]) -> dict[str, Any]:
    from clockwork.engine.cache import ENGINE_VERSION, cache_folder
    from clockwork.engine.release import releases_url, shown

    used = next((place.engine for place in looked if place.engine), None)
    return {
        "format": 1,
        "command": "engine",
        "path": str(used.path) if used else None,
        "version": used.version if used else None,
        "origin": used.origin if used else None,
        "cache": str(cache_folder()),
        "looked": [_place(place) for place in looked],
        "installs": {
            "version": ENGINE_VERSION,
            "release": shown(releases_url()),
            "source": shutil.which("go"),
        },
        "error": None,
    }


def _place(place: Place) -> dict[str, Any]:
    found = place.engine
    return {
        "origin": place.origin,
        "path": str(found.path) if found else None,
        "version": found.version if found else None,
        "refusal": place.refusal,
    }


def _lines(document: dict[str, Any]) -> list[str]:
    installs = document["installs"]
    go = f"with {installs['source']}" if installs["source"] else "needs Go, which is not on PATH"
    used = "Pulumi {version}, from {origin}: {path}" if document["path"] else "There is no Pulumi engine."
    return [
        used.format(**document),
        "",
        "Looked for in this order:",
        *(f"  {place['origin']:<10} {_told(place)}" for place in document["looked"]),
        "",
        f"`clockwork engine install` brings {installs['version']} to {document['cache']}:",
        f"  release    from {installs['release']}",
        f"  source     {go}",
    ]


def _told(place: dict[str, Any]) -> str:
    return place["refusal"] or f"{place['version']} at {place['path']}"
