"""The question before anything changes."""

from __future__ import annotations

import signal
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import click

from clockwork.ui.progress import Progress
from clockwork.ui.screen import Screen, forget_typed_ahead
from clockwork.ui.text import count

if TYPE_CHECKING:
    from clockwork.results import RunResult


@dataclass
class Question:
    """Shows a plan and asks; a plan without changes is no question.

    Attributes:
        text: What is asked.
        file: The user's file, as he names it.
        screen: Where the plan is shown.
        progress: What is paused meanwhile.
        answered: Whether the plan was shown and answered with yes.
    """

    text: str
    file: str
    screen: Screen
    progress: Progress
    answered: bool = False

    def __call__(self, plan: RunResult) -> bool:
        """Ask about a plan.

        Args:
            plan: What would happen.

        Raises:
            click.Abort: The person stopped the run instead of answering.
        """
        from clockwork.ui.plan_view import plan_lines
        from clockwork.ui.tense import Tense

        commands = sum(len(change.unapproved) for change in plan.resources)
        if not plan.summary.changes and not commands:
            return True
        command = "destroy" if plan.command == "destroy" else "apply"
        view = replace(plan, command=command)
        with self.progress.paused(), _stoppable():
            self.screen.show(plan_lines(view, file=self.file, width=self.screen.width, tense=Tense.PLANNED))
            forget_typed_ahead()
            self.answered = click.confirm(f"\n{self._asked(commands)}", err=True)
        return self.answered

    def _asked(self, commands: int) -> str:
        if not commands:
            return self.text
        return f"{self.text} This runs {count(commands, 'command')} that a model had a part in."


@contextmanager
def _stoppable() -> Iterator[None]:
    """Let Ctrl-C end the waiting at once, also inside an event loop, which would only take note of it."""
    if threading.current_thread() is not threading.main_thread():
        yield
        return
    before = signal.signal(signal.SIGINT, signal.default_int_handler)
    try:
        yield
    finally:
        signal.signal(signal.SIGINT, before)
