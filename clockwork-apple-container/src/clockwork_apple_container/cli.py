"""Runs Apple's ``container`` program: one process a call, stopped when its time is over or the run is."""

from __future__ import annotations

import asyncio
import os
import re
from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from dataclasses import replace
from typing import Self
from weakref import WeakKeyDictionary

from clockwork.containers.readiness import Ended, Program
from clockwork.logs import get_logger
from clockwork_apple_container.failures import (
    CommandFailed,
    NoAnswer,
    ServiceNotStarted,
    failure_of,
    not_installed,
    timed_out,
)
from clockwork_apple_container.settings import find_program, may_start_system

QUICK = 30.0
"""Seconds for what only looks."""
CHANGING = 120.0
"""Seconds for what makes, starts or stops one thing."""
PULLING = 1800.0
"""Seconds for what may fetch an image."""

_GRACE = 5.0
_LOOKING = {"inspect", "list", "logs"}
_NOT_RUNNING = r"Error: (container \S+ is not running|get failed: container )"
_NO_EXECUTABLE = "failed to find target executable"
_TWO_WORDS = ("image", "network", "volume", "system")
_starting: WeakKeyDictionary[asyncio.AbstractEventLoop, asyncio.Lock] = WeakKeyDictionary()
_log = get_logger(__name__)


async def run(
    *args: str,
    seconds: float = QUICK,
    variables: Mapping[str, str] | None = None,
    progress: Callable[[str], object] = lambda _line: None,
) -> str:
    """Run the program; start the service first where it is not started and the person allowed that.

    Args:
        *args: The command line; no secret may stand in it, since everybody can see it.
        seconds: How long it may take.
        variables: The environment of the container that is made, handed over unseen.
        progress: Told each line that the program prints beside its result.

    Returns:
        What it printed.

    Raises:
        CommandFailed: It failed or took too long.
        ProviderError: It is not installed.
    """
    try:
        return await _run(args, seconds, variables, progress)
    except ServiceNotStarted:
        if not may_start_system():
            raise
        await _start_system(progress)
    except NoAnswer:
        # The program itself waits a second or ten, too little for a busy machine; looking twice harms nobody.
        if not _LOOKING & set(args[:2]):
            raise
    return await _run(args, seconds, variables, progress)


async def execute(name: str, program: Program) -> Ended:
    """Run a program in a container, and wait for its end as long as it takes.

    Args:
        name: The container.
        program: What to run; its variables are handed over unseen.

    Raises:
        CommandFailed: The container is gone or does not run.
        ProviderError: Apple's program is not installed.
    """
    flags = ["--interactive"] if program.text else []
    args = ["exec", *flags, name, *program.command]
    ended = await _ended(args, None, program.variables, lambda _line: None, program.text)
    if re.match(_NOT_RUNNING, ended.errors):
        raise failure_of("exec", ended.errors, ended.code)
    return replace(ended, code=127) if _NO_EXECUTABLE in ended.errors else ended


async def _start_system(progress: Callable[[str], object]) -> None:
    """Start the service, once for all that wait for it."""
    lock = _starting.setdefault(asyncio.get_running_loop(), asyncio.Lock())
    async with lock:
        with suppress(CommandFailed):
            await _run(("system", "status"), QUICK, None, progress)
            return
        await _run(("system", "start"), CHANGING, None, progress)


async def _run(
    args: Sequence[str],
    seconds: float,
    variables: Mapping[str, str] | None,
    progress: Callable[[str], object],
) -> str:
    ended = await _ended(args, seconds, variables, progress)
    if ended.code != 0:
        raise failure_of(_command(args), ended.errors, ended.code)
    return ended.output


async def _ended(
    args: Sequence[str],
    seconds: float | None,
    variables: Mapping[str, str] | None,
    progress: Callable[[str], object],
    text: str = "",
) -> Ended:
    program = find_program()
    if program is None:
        raise not_installed()
    command = _command(args)
    _log.debug("container", command=command)
    with _HandedOver(variables or {}) as handed_over:
        process = await asyncio.create_subprocess_exec(
            program,
            args[0],
            *handed_over.flags,
            *args[1:],
            env={**os.environ, **handed_over.inherited},
            stdin=asyncio.subprocess.PIPE if text else asyncio.subprocess.DEVNULL,
            stdout=asyncio.subprocess.PIPE,
            stderr=asyncio.subprocess.PIPE,
            pass_fds=handed_over.descriptors,
            # Ctrl-C in the terminal reaches Clockwork, which ends this process in its own way.
            start_new_session=True,
        )
        try:
            async with asyncio.timeout(seconds):
                stdout, stderr, *_written = await asyncio.gather(
                    _all_of(process.stdout),
                    _lines_of(process.stderr, progress),
                    handed_over.write(),
                    _write(process.stdin, text),
                )
                code = await process.wait()
        except TimeoutError:
            raise timed_out(command, seconds or 0) from None
        finally:
            await _end(process)
    return Ended(code, stdout, stderr)


def _command(args: Sequence[str]) -> str:
    return " ".join(args[: 2 if args[0] in _TWO_WORDS else 1])


async def _write(stream: asyncio.StreamWriter | None, text: str) -> None:
    """Write everything; a program that ends before it has read it says itself why."""
    if stream is None:
        return
    stream.write(text.encode("utf-8"))
    with suppress(BrokenPipeError, ConnectionResetError):
        await stream.drain()
    stream.close()


async def _all_of(stream: asyncio.StreamReader | None) -> str:
    assert stream is not None
    return (await stream.read()).decode("utf-8", errors="replace")


async def _lines_of(stream: asyncio.StreamReader | None, told: Callable[[str], object]) -> str:
    assert stream is not None
    lines = []
    while line := await _line_of(stream):
        lines.append(line.decode("utf-8", errors="replace"))
        told(lines[-1].strip())
    return "".join(lines)


async def _line_of(stream: asyncio.StreamReader) -> bytes:
    """Read a line, or the part of an endless one that fits."""
    try:
        return await stream.readuntil(b"\n")
    except asyncio.IncompleteReadError as error:
        return error.partial
    except asyncio.LimitOverrunError as error:
        return await stream.read(error.consumed)


async def _end(process: asyncio.subprocess.Process) -> None:
    """Make sure that a process has ended: asked first, killed if it does not listen."""
    if process.returncode is not None:
        return
    with suppress(ProcessLookupError):
        process.terminate()
    try:
        async with asyncio.timeout(_GRACE):
            await process.wait()
    except TimeoutError:
        process.kill()
        await process.wait()
    finally:
        if process.returncode is None:
            process.kill()


class _HandedOver:
    """A container's environment on its way to the program: in a pipe, which nobody else can read.

    The program reads it as a file of lines. A value that is no single line goes through the
    program's own environment instead.
    """

    def __init__(self, variables: Mapping[str, str]) -> None:
        plain = {name: value for name, value in variables.items() if _is_one_line(name, value)}
        self.inherited = {name: value for name, value in variables.items() if name not in plain}
        self.flags = [word for name in self.inherited for word in ("-e", name)]
        self.descriptors: tuple[int, ...] = ()
        self._text = "".join(f"{name}={value}\n" for name, value in plain.items()).encode("utf-8")
        self._reader = self._writer = -1
        if plain:
            self._reader, self._writer = os.pipe()
            self.descriptors = (self._reader,)
            self.flags += ["--env-file", f"/dev/fd/{self._reader}"]

    async def write(self) -> None:
        """Write everything; a program that does not read it has failed and says so itself."""
        if self._reader < 0:
            return
        os.close(self._reader)
        writer, self._reader, self._writer = self._writer, -1, -1
        await asyncio.to_thread(_write_and_close, writer, self._text)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_raised: object) -> None:
        """Close what was not handed over."""
        for descriptor in (self._reader, self._writer):
            if descriptor >= 0:
                os.close(descriptor)
        self._reader = self._writer = -1


def _is_one_line(name: str, value: str) -> bool:
    return len(f"{name}={value}".splitlines()) == 1 and not name.startswith("#") and name.isascii()


def _write_and_close(descriptor: int, text: bytes) -> None:
    with suppress(BrokenPipeError), os.fdopen(descriptor, "wb") as stream:
        stream.write(text)
