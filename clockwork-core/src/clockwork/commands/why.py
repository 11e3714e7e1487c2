"""``clockwork why``."""

from __future__ import annotations

import click

from clockwork.commands.options import PROJECT, RunOptions, takes
from clockwork.commands.wish import answered


@answered
@click.command()
@click.argument("field", metavar="ADDRESS.FIELD")
@takes(PROJECT)
def why(options: RunOptions, field: str) -> None:
    """Say who decided a value, when, and what was asked for it.

    Neither a model nor the engine is needed.
    """
    from clockwork.commands.run import quietly
    from clockwork.explaining import split_field
    from clockwork.ui.screen import results
    from clockwork.ui.why_view import why_document, why_lines

    resource, name = split_field(field, quietly(options, lambda core, file: core.explain(file)))
    if options.answer.json:
        options.answer.give(**why_document(resource, name))
    else:
        results().show(why_lines(resource, name, str(options.file)))
