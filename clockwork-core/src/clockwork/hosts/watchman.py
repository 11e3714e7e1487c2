"""What stops commands of this machine when Clockwork is killed and can no longer do so itself."""

from __future__ import annotations

import subprocess
import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress

from clockwork.hosts.shell import WATCHMAN


class Watchman:
    """A shell that reads which commands run; when nobody is left who could tell it more, it stops them."""

    def __init__(self) -> None:
        """Watch over nothing yet; the shell starts with the first command."""
        self._guard = threading.Lock()
        self._shell: subprocess.Popen[bytes] | None = None

    @contextmanager
    def watching(self, process: int) -> Iterator[None]:
        """Have a process and what it started stopped, should this process end before the block does.

        Args:
            process: Its number; it leads a group of its own.
        """
        self._tell(f"watch {process}\n")
        try:
            yield
        finally:
            self._tell(f"forget {process}\n")

    def _tell(self, line: str) -> None:
        with self._guard:
            if self._shell is None or self._shell.poll() is not None:
                self._shell = _started()
            assert self._shell.stdin is not None
            # One that was ended by somebody a moment ago is no reason to fail a command.
            with suppress(BrokenPipeError):
                self._shell.stdin.write(line.encode())


def _started() -> subprocess.Popen[bytes]:
    """Start it where no signal of the terminal reaches it."""
    return subprocess.Popen(
        ["/bin/sh", "-c", WATCHMAN],
        bufsize=0,
        stdin=subprocess.PIPE,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
        start_new_session=True,
    )
