"""``clockwork models``: the models that can be downloaded."""

from __future__ import annotations

import click

from clockwork.commands.models_pull import pull


@click.group(help="Download a model that is loaded on this machine.")
def models() -> None:
    """Group the commands about models."""


models.add_command(pull)
