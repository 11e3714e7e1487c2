"""The process that holds the model: started with the first question, ended with the last."""

from __future__ import annotations

import asyncio
import contextlib
import re
import shutil
import sys
from pathlib import Path

from clockwork.completion.failures import EndpointError
from clockwork.errors import ModelError
from clockwork.logs import get_logger

_log = get_logger(__name__)
_RECORD = re.compile(r"^[\d.]+ (?P<level>[A-Z]) (?P<said>.*)")
_FUNCTION = re.compile(r"^\w+: ")


class Worker:
    """One model in one process, reached over a socket in a folder that only this user may enter.

    Attributes:
        socket: Where it listens when it is ready.
    """

    def __init__(self, file: Path, folder: Path) -> None:
        """Prepare the process; nothing is started yet.

        Args:
            file: The GGUF file.
            folder: A folder that does not exist yet, for the socket.
        """
        self.socket = folder / "model.sock"
        self._file = file
        self._folder = folder
        self._process: asyncio.subprocess.Process | None = None
        self._listening: asyncio.Task[None] | None = None
        self._faults: list[str] = []
        self._failure: ModelError | None = None
        self._starting = asyncio.Lock()

    async def ready(self) -> None:
        """Load the model, unless that was done.

        Raises:
            ModelError: It cannot be loaded, or its process ended.
        """
        async with self._starting:
            if self._failure is None and self._process is None:
                await self._start()
            elif self._failure is None and self._process is not None and self._process.returncode is not None:
                self._failure = await self._ended("stopped")
            if self._failure is not None:
                raise self._failure

    async def stop(self) -> None:
        """End the process; its memory is free then."""
        if self._process is not None:
            with contextlib.suppress(ProcessLookupError):
                self._process.kill()
            await self._process.wait()
            await self._heard_out()
            self._process = None
        shutil.rmtree(self._folder, ignore_errors=True)

    async def _start(self) -> None:
        self._folder.mkdir(mode=0o700)
        # In a session of its own: a Ctrl-C at the terminal is Clockwork's to handle, which then ends it.
        self._process = process = await asyncio.create_subprocess_exec(
            *(sys.executable, "-P", "-m", "clockwork_local.serving", str(self._file), str(self.socket)),
            stdin=asyncio.subprocess.PIPE,
            stdout=asyncio.subprocess.PIPE,
            stderr=asyncio.subprocess.PIPE,
            start_new_session=True,
        )
        assert process.stdout is not None
        assert process.stderr is not None
        self._listening = asyncio.create_task(self._listen(process.stderr))
        if await process.stdout.readline() != b"ready\n":
            self._failure = await self._ended("cannot be loaded")

    async def _ended(self, how: str) -> ModelError:
        assert self._process is not None
        status = await self._process.wait()
        await self._heard_out()
        return EndpointError(
            f"the model {self._file} {how}: {self._reason(status)}",
            hint="Choose another model with --model or CW_MODEL (`clockwork models` lists them), or write "
            "the missing fields yourself. What llama.cpp said is told with CW_LOG_LEVEL=debug.",
        )

    async def _listen(self, stream: asyncio.StreamReader) -> None:
        """Keep what llama.cpp says away from the terminal; it is told to who asks for the log."""
        async for raw in stream:
            text = raw.decode(errors="replace").rstrip()
            record = _RECORD.match(text)
            if record is None or record["level"] == "E":
                self._faults.append(_FUNCTION.sub("", record["said"] if record else text))
            _log.debug("llama.cpp", said=record["said"] if record else text)

    async def _heard_out(self) -> None:
        if self._listening is not None:
            await self._listening

    def _reason(self, status: int) -> str:
        if status < 0:
            return f"its process was ended by signal {-status}; perhaps there is not enough memory"
        return self._faults[0] if self._faults else f"its process ended with {status}"
