"""``clockwork lock``."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from clockwork.commands.options import PROJECT, TARGETS, RunOptions, takes
from clockwork.commands.wish import answered

if TYPE_CHECKING:
    from clockwork.results import LockReport


@answered
@click.command()
@takes(TARGETS, PROJECT)
@click.option(
    "--upgrade-images",
    is_flag=True,
    help="Look up again what the tags of images mean, and write it to the lock; nothing else changes.",
)
@click.pass_context
def lock(ctx: click.Context, options: RunOptions, upgrade_images: bool) -> None:
    """Show what the lock holds, and whether it answers all that the file leaves open.

    Neither a model nor the engine is needed. With addresses: only these resources.
    """
    from clockwork.commands.run import quietly
    from clockwork.results import PinStatus
    from clockwork.ui.lock_view import lock_lines, upgrade_lines
    from clockwork.ui.screen import results

    if upgrade_images:
        report, lines = _upgraded(options), upgrade_lines
    else:
        report = quietly(options, lambda core, file: core.lock(file, targets=options.addresses))
        lines = lock_lines
    if options.answer.json:
        from clockwork.ui.json_document import lock_document

        options.answer.give(**lock_document(report))
    else:
        results().show(lines(report))
    if any(one.status is PinStatus.FAILED for one in report.pins):
        ctx.exit(1)


def _upgraded(options: RunOptions) -> LockReport:
    """Move the pins, and say while that takes its time what is looked up."""
    from clockwork.commands.run import quietly
    from clockwork.hook_types import Event
    from clockwork.ui.progress import progress
    from clockwork.ui.screen import messages

    with progress(messages()) as told:

        def tell(event: Event) -> None:
            if event.kind.startswith("pin."):
                told(event)

        return quietly(
            options,
            lambda core, file: core.lock(file, upgrade_pins=True, targets=options.addresses),
            observe=tell,
        )
