"""``clockwork models``: what could complete a project, what would, and whether it does."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from clockwork.commands.models_pull import pull
from clockwork.commands.options import PROJECT, RunOptions, takes
from clockwork.commands.wish import answered

if TYPE_CHECKING:
    from clockwork.completion.trial import Trial

MODEL = (
    click.option("--model", metavar="NAME", help="The model.  [CW_MODEL]"),
    click.option("--base-url", metavar="URL", help="Its OpenAI-compatible endpoint.  [CW_BASE_URL]"),
)


@answered
@click.group(invoke_without_command=True)
@takes(PROJECT, MODEL)
@click.pass_context
def models(ctx: click.Context, options: RunOptions) -> None:
    """List the models that can be reached, which would be used, and why.

    The chosen endpoint is asked with its key; beside it only this machine is looked at.
    """
    if ctx.invoked_subcommand is not None:
        return
    from clockwork.completion.choice import survey
    from clockwork.ui.models_view import survey_document, survey_lines
    from clockwork.ui.screen import results
    from clockwork.waiting import run_to_its_end

    found = run_to_its_end(
        survey(options.settings(), options.file.expanduser().absolute().parent, options.chosen)
    )
    if options.answer.json:
        options.answer.give(**survey_document(found))
    else:
        results().show(survey_lines(found))
    if found.problem:
        ctx.exit(1)


@answered
@models.command("test")
@takes(PROJECT, MODEL)
def test(options: RunOptions) -> None:
    """Have the chosen model complete something small, and say how it went."""
    from clockwork.ui.models_view import trial_document, trial_lines
    from clockwork.ui.screen import results

    trial = _tried(options)
    if options.answer.json:
        options.answer.give(**trial_document(trial))
    else:
        results().show(trial_lines(trial))


models.add_command(pull)


def _tried(options: RunOptions) -> Trial:
    from clockwork.completion.trial import tried
    from clockwork.ui.progress import progress
    from clockwork.ui.screen import messages
    from clockwork.waiting import run_to_its_end

    with progress(messages()) as told:
        return run_to_its_end(tried(options.settings(), told))
