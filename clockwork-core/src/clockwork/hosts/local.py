"""This machine."""

from __future__ import annotations

import asyncio
import os
import signal
from collections.abc import Mapping, Sequence
from contextlib import suppress
from pathlib import Path
from tempfile import TemporaryFile
from typing import IO

from clockwork.errors import ProviderError
from clockwork.hosts.machine import Finished, Machine


class LocalMachine(Machine):
    """The machine that Clockwork runs on, seen from a project's folder."""

    def __init__(self, project: Path) -> None:
        """Use this machine.

        Args:
            project: The folder that relative folders are relative to.
        """
        self._project = project

    async def run(
        self,
        command: Sequence[str],
        *,
        stdin: bytes = b"",
        environment: Mapping[str, str] | None = None,
        directory: str | None = None,
        timeout_seconds: float | None = None,
    ) -> Finished:
        """Run a command in a process group of its own, which ends with it where it is cut off.

        Its streams are files: what it leaves running in the background would keep a pipe open.
        """
        with TemporaryFile() as given, TemporaryFile() as printed, TemporaryFile() as complained:
            given.write(stdin)
            given.seek(0)
            try:
                process = await asyncio.create_subprocess_exec(
                    *command,
                    cwd=self._project / Path(directory or ".").expanduser(),
                    env={**os.environ, **(environment or {})},
                    stdin=given,
                    stdout=printed,
                    stderr=complained,
                    start_new_session=True,
                )
            except OSError as error:
                raise ProviderError(f"{error.filename or command[0]}: {error.strerror}") from error
            code = await _ended(process, timeout_seconds)
            return Finished(code, _whole(printed), _whole(complained))


async def _ended(process: asyncio.subprocess.Process, timeout_seconds: float | None) -> int:
    try:
        async with asyncio.timeout(timeout_seconds):
            return await process.wait()
    except (TimeoutError, asyncio.CancelledError):
        with suppress(ProcessLookupError):
            os.killpg(process.pid, signal.SIGKILL)
        await process.wait()
        raise


def _whole(stream: IO[bytes]) -> bytes:
    stream.seek(0)
    return stream.read()
