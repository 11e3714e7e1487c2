"""``clockwork assert``."""

from __future__ import annotations

from pathlib import Path

import click

from clockwork.commands.options import COMPLETION, PROJECT, TARGETS, RunOptions, takes
from clockwork.commands.wish import answered
from clockwork.errors import UsageError


@answered
@click.command("assert")
@takes(TARGETS, PROJECT, COMPLETION)
@click.option("--dry-run", is_flag=True, help="Complete the resources; check nothing.")
@click.option(
    "--junit",
    metavar="FILE",
    type=click.Path(dir_okay=False, path_type=Path),
    help="Also write the results as JUnit XML, whatever they are.",
)
def assert_(options: RunOptions, dry_run: bool, junit: Path | None) -> None:
    """Check that what was built is as it should be; exits with 1 when anything is not.

    With addresses, only those resources are checked.
    """
    from clockwork.commands.run import carry_out
    from clockwork.ui.assert_view import assertion_lines
    from clockwork.ui.junit import reporting
    from clockwork.ui.plan_view import viewed
    from clockwork.ui.tense import Tense

    if dry_run and junit is not None:
        raise UsageError("--junit needs results, and --dry-run checks nothing", hint="Leave one of them out.")
    if dry_run:
        view = viewed(options.file, Tense.COMPLETED)
    else:
        view = lambda result: assertion_lines(result, file=str(options.file))  # noqa: E731
    with reporting(junit) as report:
        report(
            carry_out(
                options,
                lambda core, file: core.assert_resources(file, dry_run, targets=options.addresses),
                view,
            )
        )
