"""``clockwork show``."""

from __future__ import annotations

import click

from clockwork.commands.options import PROJECT, TARGETS, RunOptions, takes
from clockwork.commands.wish import answered


@answered
@click.command()
@takes(TARGETS, PROJECT)
def show(options: RunOptions) -> None:
    """Show every value of the resources and who decided it.

    Neither a model nor the engine is needed. With addresses: only these resources.
    """
    from clockwork.commands.run import quietly
    from clockwork.ui.explained_view import explained_document, explained_lines
    from clockwork.ui.screen import results

    found = quietly(options, lambda core, file: core.explain(file, targets=options.addresses))
    if options.answer.json:
        options.answer.give(resources=[explained_document(one) for one in found])
    else:
        results().show(explained_lines(found))
