"""A person at a terminal: a real pseudo-terminal, words that are awaited, keys that are pressed."""

from __future__ import annotations

import contextlib
import fcntl
import os
import re
import select
import struct
import subprocess
import termios
from pathlib import Path
from types import TracebackType
from typing import Self

from support.command import PROGRAM, environment

_STEERING = re.compile(r"\x1b\[[0-9;?]*[A-Za-z]")


class Terminal:
    """Runs ``clockwork`` with all three streams at a terminal; the results may go to a file in the folder."""

    def __init__(self, *args: str, cwd: Path, columns: int = 100, results: str = "", **more: str) -> None:
        self.raw = ""
        self._ours, theirs = os.openpty()
        fcntl.ioctl(theirs, termios.TIOCSWINSZ, struct.pack("HHHH", 40, columns, 0, 0))
        file = (cwd / results).open("wb") if results else None
        self._process = subprocess.Popen(
            [PROGRAM, *args],
            cwd=cwd,
            env=environment(**{"TERM": "xterm-256color", **more}),
            stdin=theirs,
            stdout=file or theirs,
            stderr=theirs,
            start_new_session=True,
            preexec_fn=lambda: fcntl.ioctl(0, termios.TIOCSCTTY, 0),
        )
        os.close(theirs)
        if file:
            file.close()

    @property
    def text(self) -> str:
        """What was written, without what steers the terminal."""
        return _STEERING.sub("", self.raw).replace("\r", "")

    def await_words(self, words: str) -> None:
        """Read until words appear."""
        while words not in self.text:
            if not self._read():
                raise AssertionError(f"{words!r} never appeared in:\n{self.text}")

    def press(self, keys: str) -> None:
        """Type."""
        os.write(self._ours, keys.encode())

    def end(self) -> int:
        """Read to the end; give the exit code."""
        while self._read():
            pass
        return self._process.wait(timeout=60)

    def _read(self) -> bool:
        ready, _, _ = select.select([self._ours], [], [], 120)
        if not ready:
            return False
        try:
            data = os.read(self._ours, 65536)
        except OSError:
            return False
        self.raw += data.decode("utf-8", errors="replace")
        return bool(data)

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        with contextlib.suppress(ProcessLookupError):
            self._process.kill()
        self._process.wait(timeout=60)
        os.close(self._ours)
