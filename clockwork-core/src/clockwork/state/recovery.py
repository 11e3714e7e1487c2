"""One run at a time, and what a killed run leaves: its lock on the stack."""

from __future__ import annotations

import os
import re
import socket
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from filelock import FileLock, Timeout

from clockwork.errors import StateError
from clockwork.state.names import file_name

_HELD = re.compile(r"created by (?P<user>\S+?)@(?P<host>\S+) \(pid (?P<pid>\d+)\)(?: at (?P<since>\S+))?")
_PATIENCE = 60.0


@dataclass(frozen=True)
class Holder:
    """The engine process that holds a stack, as the backend's lock names it."""

    user: str
    host: str
    pid: int
    since: str

    @property
    def is_gone(self) -> bool:
        """Whether it ran on this machine and has ended."""
        return self.host == socket.gethostname() and not _is_alive(self.pid)

    @property
    def is_here(self) -> bool:
        """Whether it runs, or ran, on this machine."""
        return self.host == socket.gethostname()


@contextmanager
def exclusive(folder: Path, stack: str) -> Iterator[None]:
    """Hold a stack of this folder for one run; the operating system frees it if the run is killed.

    Args:
        folder: The project's ``.clockwork`` folder.
        stack: The stack's name.

    Raises:
        StateError: Another run of Clockwork is at work on it.
    """
    folder.mkdir(parents=True, exist_ok=True)
    file = folder / f"{file_name(stack)}.running"
    lock = FileLock(file)
    try:
        lock.acquire(timeout=0)
    except Timeout:
        raise StateError(
            f"another run of Clockwork is at work on the stack {stack!r}",
            file=file,
            hint="Wait until it has ended, or stop it.",
        ) from None
    try:
        yield
    finally:
        lock.release()


def holder_of(message: str) -> Holder | None:
    """Read who holds a stack out of the engine's refusal.

    Args:
        message: What the engine printed.

    Returns:
        The holder; ``None`` when the refusal is about something else.
    """
    if "currently locked" not in message:
        return None
    found = _HELD.search(message)
    if found is None:
        return None
    return Holder(found["user"], found["host"], int(found["pid"]), found["since"] or "")


def wait_until_gone(holder: Holder) -> bool:
    """Wait for an engine that outlived its killed run; it ends by itself when it finds itself alone.

    Returns:
        Whether it has ended.
    """
    until = time.monotonic() + _PATIENCE
    while not holder.is_gone and time.monotonic() < until:
        time.sleep(0.1)
    return holder.is_gone


def refusal(stack: str, holder: Holder) -> StateError:
    """Say who holds a stack that cannot be taken over."""
    return StateError(
        f"the stack {stack!r} is in use by {holder.user} on {holder.host}"
        f" (process {holder.pid}{', since ' + holder.since if holder.since else ''})",
        hint="Wait until that run has ended. If its machine is gone for good, run `pulumi cancel` "
        "in .clockwork/state and try again.",
    )


def _is_alive(pid: int) -> bool:
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    except PermissionError:
        return True
    return not _is_zombie(pid)


def _is_zombie(pid: int) -> bool:
    try:
        stat = Path(f"/proc/{pid}/stat").read_text(encoding="ascii", errors="replace")
    except OSError:
        return False
    return stat.rpartition(")")[2].split()[:1] == ["Z"]
