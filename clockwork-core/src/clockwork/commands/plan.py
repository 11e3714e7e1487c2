"""``clockwork plan``."""

from __future__ import annotations

import click

from clockwork.commands.options import (
    COMPLETION,
    ENGINE,
    KEEPING,
    PROJECT,
    REFRESH,
    TARGETS,
    RunOptions,
    takes,
)
from clockwork.commands.wish import answered


@answered
@click.command()
@takes(TARGETS, PROJECT, COMPLETION, KEEPING, ENGINE, REFRESH)
@click.option(
    "--detailed-exitcode", is_flag=True, help="Exit with 0 for no change, 1 for an error, 2 for changes."
)
@click.pass_context
def plan(ctx: click.Context, options: RunOptions, detailed_exitcode: bool) -> None:
    """Show what would be built, and who decided each value; change nothing.

    With addresses: only these resources, with what they need.
    """
    from clockwork.commands.run import carry_out
    from clockwork.ui.plan_view import viewed
    from clockwork.ui.tense import Tense

    result = carry_out(
        options,
        lambda core, file: core.plan(file, targets=options.addresses, refresh=options.reads_first),
        viewed(options.file, Tense.PLANNED),
    )
    if detailed_exitcode and (result.summary.changes or result.summary.kept):
        ctx.exit(2)
