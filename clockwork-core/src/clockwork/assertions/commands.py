"""Whether a command does what it should."""

from __future__ import annotations

import asyncio
import contextlib
import os
import signal
import tempfile
from pathlib import Path
from typing import IO, Annotated

from pydantic import Field

from clockwork.assertions.base import Assertion, Seen, Subject
from clockwork.assertions.text import Wanted, excerpt, is_in, said

MOST_BYTES = 1 << 20


class CommandAssert(Assertion):
    """A command ends with an exit code, and prints a text if one is wanted.

    Attributes:
        command: A list of words, or a text that the shell runs.
        exit_code: The exit code it should end with; minus the signal's number when one ends it.
        output: A text that it prints, on either stream, or a compiled pattern that is found there.
        cwd: The folder it runs in; the project unless given, and relative to it.
    """

    command: Annotated[str, Field(min_length=1)] | Annotated[list[str], Field(min_length=1)]
    exit_code: int = 0
    output: Wanted | None = None
    cwd: Path = Path()

    def title(self) -> str:
        """Say which command should end how."""
        words = self.command if isinstance(self.command, str) else " ".join(self.command)
        wanted = f" with {said(self.output)}" if self.output is not None else ""
        return f"`{words}` exits {self.exit_code}{wanted}"

    async def check(self, subject: Subject) -> Seen:
        """Run the command once."""
        # A file, not a pipe: what the command leaves running would keep a pipe open.
        with tempfile.TemporaryFile() as output:
            try:
                code = await self._run(subject.path(self.cwd), output)
            except OSError as error:
                return Seen(False, f"it cannot be started: {error.strerror}: {error.filename}")
            printed = _end_of(output)
        right = code == self.exit_code and (self.output is None or is_in(self.output, printed))
        return Seen(right, f"exit code {code}" if right else f"exit code {code}, printed {excerpt(printed)}")

    async def _run(self, folder: Path, output: IO[bytes]) -> int:
        words = ["/bin/sh", "-c", self.command] if isinstance(self.command, str) else self.command
        process = await asyncio.create_subprocess_exec(
            *words,
            cwd=folder,
            stdin=asyncio.subprocess.DEVNULL,
            stdout=output,
            stderr=output,
            start_new_session=True,
        )
        try:
            return await process.wait()
        except asyncio.CancelledError:
            with contextlib.suppress(ProcessLookupError):
                os.killpg(process.pid, signal.SIGKILL)
            await process.wait()
            raise


def _end_of(output: IO[bytes]) -> str:
    size = output.seek(0, os.SEEK_END)
    output.seek(max(0, size - MOST_BYTES))
    return output.read(MOST_BYTES).decode("utf-8", errors="replace")
