"""Runs asynchronous work from synchronous code, also where an event loop is already running."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Callable, Coroutine
from concurrent.futures import Future, wait
from typing import Any, TypeVar

T = TypeVar("T")


def run_to_its_end(work: Coroutine[Any, Any, T]) -> T:
    """Run a coroutine and wait for it; Ctrl-C cancels it and waits until it has stopped.

    Args:
        work: The coroutine.

    Returns:
        What it returns.
    """
    return _run_in_thread(work) if _in_a_loop() else asyncio.run(work)


def _in_a_loop() -> bool:
    try:
        asyncio.get_running_loop()
    except RuntimeError:
        return False
    return True


def _run_in_thread(work: Coroutine[Any, Any, T]) -> T:
    outcome: Future[T] = Future()
    cancel: list[Callable[[], object]] = []

    async def cancellable() -> T:
        loop, task = asyncio.get_running_loop(), asyncio.current_task()
        assert task is not None
        cancel.append(lambda: loop.call_soon_threadsafe(task.cancel))
        return await work

    def run() -> None:
        try:
            outcome.set_result(asyncio.run(cancellable()))
        except BaseException as error:  # noqa: BLE001 raised again in the thread that asked
            outcome.set_exception(error)

    try:
        threading.Thread(target=run, name="clockwork").start()
        return outcome.result()
    except KeyboardInterrupt:
        for stop in cancel:
            stop()
        wait([outcome])
        raise
