"""``clockwork outputs``."""

from __future__ import annotations

import click

from clockwork.commands.options import PROJECT, TARGETS, RunOptions, takes
from clockwork.commands.wish import answered


@answered
@click.command()
@takes(TARGETS, PROJECT)
def outputs(options: RunOptions) -> None:
    """Show what is known of the deployed resources: their ids, addresses, digests.

    Secrets are hidden. With addresses: only these resources. The names are those that
    `resource.ref("NAME")` takes.
    """
    from clockwork.commands.run import quietly
    from clockwork.ui.outputs_view import output_lines
    from clockwork.ui.screen import results
    from clockwork.ui.values import without_secrets

    found = quietly(options, lambda core, file: core.outputs(file, targets=options.addresses))
    if options.answer.json:
        options.answer.give(outputs={one.address: without_secrets(one.outputs) for one in found})
    else:
        results().show(output_lines(found))
