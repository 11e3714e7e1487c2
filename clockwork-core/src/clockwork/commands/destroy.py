"""``clockwork destroy``."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from clockwork.commands.options import ASKING, ENGINE, PROJECT, TARGETS, RunOptions, takes
from clockwork.commands.wish import answered

if TYPE_CHECKING:
    from clockwork.results import RunResult
    from clockwork.ui.text import Line


@answered
@click.command()
@takes(TARGETS, PROJECT, ENGINE, ASKING)
@click.option("--dry-run", is_flag=True, help="Show what would be removed; remove nothing.")
@click.option("--keep-files", is_flag=True, help="Keep the .clockwork folder.")
@click.option("--force", is_flag=True, help="Also remove what was edited by hand since.")
def destroy(options: RunOptions, dry_run: bool, keep_files: bool, force: bool) -> None:
    """Remove everything that was built.

    Needs no model, and only the folder of the file. At a terminal you are asked first. With
    addresses: only these resources, with what depends on them.
    """
    from clockwork.commands.run import carry_out
    from clockwork.ui.plan_view import viewed
    from clockwork.ui.tense import Tense

    view = viewed(options.file, Tense.PLANNED if dry_run else Tense.DONE)
    carry_out(
        options,
        lambda core, file: core.destroy(
            file, dry_run, keep_files=keep_files, force=force, targets=options.addresses
        ),
        lambda result: view(result) if result.resources else _nothing(result),
        question=None if dry_run else "Remove all of this?",
    )


def _nothing(result: RunResult) -> list[Line]:
    from clockwork.ui.text import clean, line

    return [line(f"Nothing is deployed in stack {clean(result.stack)}.")]
