"""``clockwork lock``."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING

import click

from clockwork.commands.options import PROJECT, TARGETS, RunOptions, takes
from clockwork.commands.wish import answered
from clockwork.errors import UsageError

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
@click.option("--prune", is_flag=True, help="Drop the entries and pins that no resource uses any more.")
@click.option(
    "--check",
    is_flag=True,
    help="Exit with 1 when the lock does not answer all that the file leaves open, or holds more.",
)
@click.pass_context
def lock(ctx: click.Context, options: RunOptions, upgrade_images: bool, prune: bool, check: bool) -> None:
    """Show what the lock holds, and whether it answers all that the file leaves open.

    Neither a model nor the engine is needed. With addresses: only these resources.
    """
    from clockwork.commands.run import quietly
    from clockwork.results import PinStatus
    from clockwork.ui.lock_view import lock_lines, pruned_lines, upgrade_lines
    from clockwork.ui.screen import results

    _check_options(options, {"--upgrade-images": upgrade_images, "--prune": prune, "--check": check})
    if upgrade_images:
        report, lines = _upgraded(options), upgrade_lines
    elif prune:
        report, lines = quietly(options, lambda core, file: core.prune_lock(file)), pruned_lines
    else:
        report = quietly(options, lambda core, file: core.lock(file, targets=options.addresses))
        lines = lock_lines
    if options.answer.json:
        from clockwork.ui.json_document import lock_document

        options.answer.give(**lock_document(report))
    else:
        results().show(lines(report))
    failed = any(one.status is PinStatus.FAILED for one in report.pins)
    if failed or (check and not report.is_up_to_date):
        ctx.exit(1)


def _check_options(options: RunOptions, said: Mapping[str, bool]) -> None:
    """Refuse options that cannot be meant together.

    Raises:
        UsageError: They cannot.
    """
    chosen = [name for name, is_said in said.items() if is_said]
    if len(chosen) > 1:
        raise UsageError(
            f"{' and '.join(chosen)} contradict each other", hint="Run them one after the other."
        )
    if "--prune" in chosen and options.addresses:
        raise UsageError(
            "--prune takes no addresses: what it drops has none any more",
            hint="Run `clockwork lock --prune` alone.",
        )


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
