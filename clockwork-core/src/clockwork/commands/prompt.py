"""``clockwork prompt``."""

from __future__ import annotations

import click

from clockwork.commands.options import PROJECT, RunOptions, takes
from clockwork.commands.wish import answered


@answered
@click.command()
@click.argument("address")
@takes(PROJECT)
def prompt(options: RunOptions, address: str) -> None:
    """Print what a model is asked about a resource; nothing is sent.

    A long text is asked for when the short values are known: those that are not known yet are not in its
    question.
    """
    from clockwork.commands.run import quietly
    from clockwork.ui.explained_view import question_document, question_lines
    from clockwork.ui.screen import results

    found = quietly(options, lambda core, file: core.questions(file, address))
    if options.answer.json:
        options.answer.give(address=address, questions=[question_document(one) for one in found])
    else:
        results().show(question_lines(address, found))
