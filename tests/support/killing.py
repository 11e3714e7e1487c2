"""Runs that are stopped in the middle: awaited by what they leave in their folder."""

from __future__ import annotations

import os
import select
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


class Held:
    """A named pipe that programs hold open as long as they run, so that their end can be waited for."""

    def __init__(self, path: Path) -> None:
        """Make the pipe.

        Args:
            path: Where; a program holds it by ``exec 9> PATH; echo >&9``.
        """
        os.mkfifo(path)
        self._end = os.open(path, os.O_RDONLY | os.O_NONBLOCK)

    def is_held(self) -> bool:
        """Tell whether a program has said that it holds it."""
        try:
            return bool(os.read(self._end, 100))
        except BlockingIOError:
            return False

    def wait_for_end(self) -> None:
        """Wait until the last program that held it has ended."""
        assert select.select([self._end], [], [], 30)[0], "a program still runs after 30 seconds"
        assert os.read(self._end, 100) == b""


def kill(process: subprocess.Popen[str], *, with_engine: bool) -> None:
    """Kill a run as if by ``kill -9``, with or without the engine it started."""
    engine = _children(process.pid, "pulumi")
    assert engine, "the engine is not running"
    process.kill()
    if with_engine:
        _kill_all(engine)
    process.wait()


def kill_engine(process: subprocess.Popen[str]) -> None:
    """Kill the engine of a run and leave the run itself alone."""
    _kill_all(_children(process.pid, "pulumi"))


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


def _children(pid: int, name: str) -> list[int]:
    listing = ["ps", "-A", "-o", "pid=,ppid=,comm="]
    listed = subprocess.run(listing, capture_output=True, text=True, check=True)
    rows = [line.split(maxsplit=2) for line in listed.stdout.splitlines()]
    return [int(row[0]) for row in rows if int(row[1]) == pid and Path(row[2]).name == name]
