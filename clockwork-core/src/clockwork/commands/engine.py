"""``clockwork engine``: which Pulumi is used, and obtaining it."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import click

if TYPE_CHECKING:
    from clockwork.engine.install import Origin


@click.group(help="Show or install the Pulumi engine.")
def engine() -> None:
    """Group the engine's commands."""


@engine.command(help="Show which engine is used.")
@click.option("--json", "as_json", is_flag=True, help="Print one JSON document.")
def status(as_json: bool) -> None:
    """Print where the engine is, its version and how it was found; exit 1 when there is none."""
    from clockwork.engine.locate import ENGINE_VERSION, cache_folder, find_engine

    found = find_engine()
    if as_json:
        document = {
            "path": str(found.path) if found else None,
            "version": found.version if found else None,
            "origin": found.origin if found else None,
            "cache": str(cache_folder()),
            "installs": ENGINE_VERSION,
        }
        click.echo(json.dumps(document, indent=2))
    elif found:
        click.echo(f"Pulumi {found.version}, from {found.origin}: {found.path}")
    else:
        click.echo(
            f"no Pulumi engine; `clockwork engine install` brings {ENGINE_VERSION} to {cache_folder()}"
        )
    if not found:
        raise SystemExit(1)


@engine.command(help="Install the engine into Clockwork's cache.")
@click.option(
    "--from",
    "origin",
    type=click.Choice(["release", "source"]),
    help="Download the official release, or build from Go modules; both in this order by default.",
)
def install(origin: Origin | None) -> None:
    """Obtain the engine, with progress."""
    from clockwork.engine.install import install_engine
    from clockwork.hook_types import Event
    from clockwork.ui.progress import progress
    from clockwork.ui.screen import messages

    with progress(messages()) as told:
        found = install_engine(
            origin, lambda text, part: told(Event("engine.progress", data={"text": text, "part": part}))
        )
    click.echo(f"Pulumi {found.version}: {found.path}")
