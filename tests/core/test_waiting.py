"""Asynchronous work runs to its end from anywhere, and Ctrl-C stops it in good order."""

from __future__ import annotations

import asyncio
import os
import signal

import pytest

from clockwork.waiting import run_to_its_end


async def answer() -> int:
    await asyncio.sleep(0)
    return 42


async def failing() -> int:
    raise ValueError("broken")


def test_without_a_loop() -> None:
    assert run_to_its_end(answer()) == 42


def test_inside_a_running_loop() -> None:
    async def main() -> int:
        return run_to_its_end(answer())

    assert asyncio.run(main()) == 42


def test_what_it_raises_is_raised_inside_a_loop_too() -> None:
    async def main() -> None:
        run_to_its_end(failing())

    with pytest.raises(ValueError, match="broken"):
        asyncio.run(main())


def test_ctrl_c_inside_a_running_loop_cancels_the_work_and_waits_for_it() -> None:
    said: list[str] = []

    async def waiting() -> None:
        try:
            os.kill(os.getpid(), signal.SIGINT)
            await asyncio.Event().wait()
        except asyncio.CancelledError:
            said.append("stopped in good order")
            raise

    async def main() -> None:
        signal.signal(signal.SIGINT, signal.default_int_handler)
        run_to_its_end(waiting())

    with pytest.raises(KeyboardInterrupt):
        asyncio.run(main())
    assert said == ["stopped in good order"]
