"""``clockwork refresh``."""

from __future__ import annotations

import click

from clockwork.commands.options import ENGINE, PROJECT, TARGETS, RunOptions, takes
from clockwork.commands.wish import answered


@answered
@click.command()
@takes(TARGETS, PROJECT, ENGINE)
def refresh(options: RunOptions) -> None:
    """Look at the real things, and say what is gone and what was changed by hand.

    Nothing real is changed; the state remembers what was found, and the next apply restores it. Needs no
    model, and only the folder of the file.
    """
    from clockwork.commands.run import carry_out
    from clockwork.ui.plan_view import viewed
    from clockwork.ui.tense import Tense

    carry_out(
        options,
        lambda core, file: core.refresh(file, targets=options.addresses),
        viewed(options.file, Tense.FOUND),
    )
