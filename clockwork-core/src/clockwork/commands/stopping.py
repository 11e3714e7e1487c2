"""Signals that stop a run in good order: running operations end, and the state is written."""

from __future__ import annotations

import signal
import threading
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from types import FrameType
from typing import Any

import click

Handler = Callable[[int, FrameType | None], Any]

_AS_CTRL_C = (signal.SIGTERM, signal.SIGHUP)


class Stopped(KeyboardInterrupt):
    """A run was stopped.

    Attributes:
        exit_code: 128 and the number of the signal, as a shell says it.
    """

    def __init__(self, number: signal.Signals) -> None:
        super().__init__("" if number is signal.SIGINT else f"by {number.name}")
        self.exit_code = 128 + number


@contextmanager
def stoppable() -> Iterator[None]:
    """Let ``SIGTERM`` and ``SIGHUP`` do what Ctrl-C does at that moment, unless they are ignored.

    Ctrl-C itself is heard also where a shell let it be ignored, in the background of a script: the
    event loop stops in good order only with Python's own handler in place.

    Raises:
        Stopped: One of the three came.
    """
    came = [signal.SIGINT]

    def stop(number: int, frame: FrameType | None) -> None:
        came.append(signal.Signals(number))
        at_ctrl_c = signal.getsignal(signal.SIGINT)
        assert callable(at_ctrl_c)
        at_ctrl_c(signal.SIGINT, frame)

    with ExitStack() as handlers:
        if threading.current_thread() is threading.main_thread():
            handlers.enter_context(_handled(signal.SIGINT, signal.SIG_IGN, signal.default_int_handler))
            for number in _AS_CTRL_C:
                handlers.enter_context(_handled(number, signal.SIG_DFL, stop))
        try:
            yield
        except (KeyboardInterrupt, click.Abort) as error:
            raise Stopped(came[-1]) from error


@contextmanager
def _handled(number: signal.Signals, instead_of: signal.Handlers, handler: Handler) -> Iterator[None]:
    """Handle a signal for as long as the context lasts, where it is dealt with in one way otherwise."""
    if signal.getsignal(number) is not instead_of:
        yield
        return
    signal.signal(number, handler)
    try:
        yield
    finally:
        signal.signal(number, instead_of)
