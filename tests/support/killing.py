"""Runs that are stopped in the middle: awaited by what they leave in their folder."""

from __future__ import annotations

import os
import signal
import subprocess
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from support.command import PROGRAM, environment


@contextmanager
def under_way(*args: str, cwd: Path, **more: str) -> Iterator[subprocess.Popen[str]]:
    """Start ``clockwork``; whatever is left of it is killed at the end."""
    with subprocess.Popen(
        [PROGRAM, *args],
        cwd=cwd,
        env=environment(**more),
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        encoding="utf-8",
    ) as process:
        try:
            yield process
        finally:
            process.kill()


def wait_until(happened: Callable[[], bool], process: subprocess.Popen[str]) -> None:
    """Watch until something has happened; the process must not end before."""
    while not happened():
        try:
            process.wait(timeout=0.01)
        except subprocess.TimeoutExpired:
            continue
        raise AssertionError(f"it ended too early with {process.returncode}: {process.communicate()}")


def kill(process: subprocess.Popen[str], *, with_engine: bool) -> None:
    """Kill a run as if by ``kill -9``, with or without the engine it started."""
    engine = _children(process.pid)
    assert engine, "the engine is not running"
    process.kill()
    if with_engine:
        _kill_all(engine)
    process.wait()


def kill_engine(process: subprocess.Popen[str]) -> None:
    """Kill the engine of a run and leave the run itself alone."""
    _kill_all(_children(process.pid))


def is_running(pid: str) -> bool:
    """Tell whether a process does anything still."""
    try:
        return Path(f"/proc/{pid.strip()}/stat").read_text().rpartition(")")[2].split()[0] != "Z"
    except OSError:
        return False


def _kill_all(processes: list[int]) -> None:
    """Kill processes; a program that a provider runs may have ended by itself meanwhile."""
    for process in processes:
        with suppress(ProcessLookupError):
            os.kill(process, signal.SIGKILL)


def _children(pid: int) -> list[int]:
    listed = subprocess.run(["ps", "-A", "-o", "pid=,ppid="], capture_output=True, text=True, check=True)
    pairs = [line.split() for line in listed.stdout.splitlines()]
    return [int(child) for child, parent in pairs if int(parent) == pid]
