"""``clockwork outputs``."""

from __future__ import annotations

import click

from clockwork.commands.options import PROJECT, TARGETS, RunOptions, takes


@click.command()
@takes(TARGETS, PROJECT)
def outputs(options: RunOptions) -> None:
    """Show what is known of the deployed resources: their ids, addresses, digests.

    Secrets are hidden. With addresses: only these resources. The names are those that
    `resource.ref("NAME")` takes.
    """
    from clockwork.commands.run import quietly
    from clockwork.ui.json_document import dumped, outputs_document
    from clockwork.ui.outputs_view import output_lines
    from clockwork.ui.screen import results

    found = quietly(options, lambda core, file: core.outputs(file, targets=options.addresses))
    if options.json:
        click.echo(dumped(outputs_document(found)))
    else:
        results().show(output_lines(found))
