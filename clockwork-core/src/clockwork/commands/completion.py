"""``clockwork completion``."""

from __future__ import annotations

import click


@click.command()
@click.argument("shell", type=click.Choice(["bash", "zsh", "fish"]))
def completion(shell: str) -> None:
    """Print the completion script of a shell, to be sourced from its start-up file."""
    from click.shell_completion import get_completion_class

    from clockwork.cli import cli

    found = get_completion_class(shell)
    if found is not None:
        click.echo(found(cli, {}, "clockwork", "_CLOCKWORK_COMPLETE").source())
