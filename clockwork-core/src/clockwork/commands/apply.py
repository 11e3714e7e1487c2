"""``clockwork apply``."""

from __future__ import annotations

import click

from clockwork.commands.options import (
    ASKING,
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
@takes(TARGETS, PROJECT, COMPLETION, KEEPING, ENGINE, REFRESH, ASKING)
@click.option("--dry-run", is_flag=True, help="Complete and check the resources; build nothing.")
@click.option(
    "--assert",
    "wait_for_all",
    is_flag=True,
    help="Wait until each resource passes its assertions before what depends on it is built.",
)
def apply(options: RunOptions, dry_run: bool, wait_for_all: bool) -> None:
    """Complete the resources and build them.

    At a terminal the plan is shown first and you are asked. With addresses: only these resources,
    with what they need.
    """
    from clockwork.commands.run import carry_out
    from clockwork.ui.plan_view import viewed
    from clockwork.ui.tense import Tense

    carry_out(
        options,
        lambda core, file: core.apply(
            file, dry_run, targets=options.addresses, refresh=options.reads_first, wait_for_all=wait_for_all
        ),
        viewed(options.file, Tense.COMPLETED if dry_run else Tense.DONE),
        question=None if dry_run else "Apply this?",
    )
