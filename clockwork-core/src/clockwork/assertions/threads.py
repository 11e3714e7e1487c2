"""Runs what blocks beside an event loop, without holding the process up when it never ends."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Callable
from concurrent.futures import Future
from contextvars import copy_context
from functools import partial
from typing import TypeVar

T = TypeVar("T")


async def in_thread(function: Callable[[], T]) -> T:
    """Call a function in a thread of its own and wait for what it returns.

    Unlike those of a pool, the thread is not waited for when the wait is given up.

    Args:
        function: What to call.

    Raises:
        Exception: Whatever the function raises.
    """
    outcome: Future[T] = Future()
    context = copy_context()

    def run() -> None:
        settle: Callable[[], None]
        try:
            settle = partial(outcome.set_result, context.run(function))
        except BaseException as error:  # noqa: BLE001 raised again where it is waited for
            settle = partial(outcome.set_exception, error)
        if outcome.set_running_or_notify_cancel():
            settle()

    threading.Thread(target=run, name="clockwork-check", daemon=True).start()
    return await asyncio.wrap_future(outcome)
