"""``clockwork assert``."""

from __future__ import annotations

import click

from clockwork.commands.options import COMPLETION, PROJECT, RunOptions, takes
from clockwork.commands.wish import answered


@answered
@click.command("assert")
@takes(PROJECT, COMPLETION)
@click.option("--dry-run", is_flag=True, help="Complete the resources; check nothing.")
def assert_(options: RunOptions, dry_run: bool) -> None:
    """Check that what was built is as it should be; exits with 1 when anything is not."""
    from clockwork.commands.run import carry_out
    from clockwork.ui.assert_view import assertion_lines
    from clockwork.ui.plan_view import viewed
    from clockwork.ui.tense import Tense

    if dry_run:
        view = viewed(options.file, Tense.COMPLETED)
    else:
        view = lambda result: assertion_lines(result, file=str(options.file))  # noqa: E731
    carry_out(options, lambda core, file: core.assert_resources(file, dry_run), view)
