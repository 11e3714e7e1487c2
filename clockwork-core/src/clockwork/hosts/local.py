"""This machine."""

from __future__ import annotations

import asyncio
import contextlib
import os
import signal
import stat
from collections.abc import Mapping, Sequence
from pathlib import Path
from tempfile import TemporaryFile
from typing import IO

from clockwork.errors import ProviderError
from clockwork.hosts.machine import Entry, Finished, Kind, Machine
from clockwork.hosts.shell import checked
from clockwork.hosts.watchman import Watchman

_GRACE = 0.5
_QUICK = 1 << 18
"""A file up to this size is read and written on the spot: a thread would take longer than the disk."""
_WATCHMAN = Watchman()


class LocalMachine(Machine):
    """The machine that Clockwork runs on, seen from a project's folder."""

    def __init__(self, project: Path) -> None:
        """Use this machine.

        Args:
            project: The folder that relative folders are relative to.
        """
        self._project = project

    async def reach(self) -> None:
        """This machine is always there."""

    async def answers(self, port: int) -> bool:
        """Tell whether a port accepts connections."""
        try:
            _reader, writer = await asyncio.open_connection("localhost", port)
        except OSError:
            return False
        writer.transport.abort()
        return True

    async def run(
        self,
        command: Sequence[str],
        *,
        stdin: bytes = b"",
        environment: Mapping[str, str] | None = None,
        directory: str | None = None,
        timeout_seconds: float | None = None,
    ) -> Finished:
        """Run a command to its end."""
        # Files, not pipes: what a command leaves running would keep a pipe open.
        with TemporaryFile() as given, TemporaryFile() as printed, TemporaryFile() as complained:
            given.write(stdin)
            given.seek(0)
            try:
                process = await asyncio.create_subprocess_exec(
                    *command,
                    cwd=self._project / Path(directory or ".").expanduser(),
                    env={**os.environ, **checked(environment)},
                    stdin=given,
                    stdout=printed,
                    stderr=complained,
                    start_new_session=True,
                )
            except OSError as error:
                raise ProviderError(f"{error.filename or command[0]}: {error.strerror}") from error
            with _WATCHMAN.watching(process.pid):
                try:
                    async with asyncio.timeout(timeout_seconds):
                        code = await process.wait()
                finally:
                    await _stopped(process)
            return Finished(code, _whole(printed), _whole(complained))

    async def home(self) -> str:
        """Give the person's home folder."""
        return str(Path.home())

    async def look(self, path: str) -> Entry | None:
        """Tell what stands at a path."""
        try:
            found = os.lstat(path)
        except (FileNotFoundError, NotADirectoryError):
            return None
        return Entry(kind_of(found.st_mode), stat.S_IMODE(found.st_mode), found.st_size)

    async def read(self, path: str, *, size: int | None = None) -> bytes | None:
        """Read a file."""
        try:
            if (Path(path).stat().st_size if size is None else size) > _QUICK:
                return await asyncio.to_thread(Path(path).read_bytes)
            return Path(path).read_bytes()
        except (FileNotFoundError, NotADirectoryError, IsADirectoryError):
            return None

    async def read_link(self, path: str) -> str:
        """Tell where a symbolic link leads."""
        return str(Path(path).readlink())

    async def is_folder(self, path: str) -> bool:
        """Tell whether a path leads to a folder."""
        return Path(path).is_dir()

    async def may_write(self, folder: str) -> bool:
        """Tell whether files can be made in a folder."""
        return os.access(folder, os.W_OK | os.X_OK)

    async def write(self, path: str, content: bytes, mode: int, *, through: str) -> None:
        """Write a file in one step."""
        if len(content) > _QUICK:
            await asyncio.to_thread(_write, path, content, mode, through)
        else:
            _write(path, content, mode, through)

    async def make_folder(self, path: str) -> None:
        """Make a folder."""
        Path(path).mkdir(exist_ok=True)

    async def remove(self, path: str) -> None:
        """Remove a file or a link."""
        with contextlib.suppress(FileNotFoundError, NotADirectoryError):
            Path(path).unlink()

    async def remove_folder(self, path: str) -> bool:
        """Remove a folder if it is there and empty."""
        try:
            Path(path).rmdir()
        except OSError:
            return False
        return True


def kind_of(mode: int) -> Kind:
    """Tell what an entry of a folder is.

    Args:
        mode: Its mode, with the bits of its kind.
    """
    if stat.S_ISREG(mode):
        return Kind.FILE
    if stat.S_ISDIR(mode):
        return Kind.FOLDER
    return Kind.LINK if stat.S_ISLNK(mode) else Kind.OTHER


def _write(path: str, content: bytes, mode: int, through: str) -> None:
    fresh = Path(through)
    fresh.unlink(missing_ok=True)
    descriptor = os.open(fresh, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_NOFOLLOW, 0o600)
    try:
        with os.fdopen(descriptor, "wb") as stream:
            stream.write(content)
            os.fchmod(stream.fileno(), mode)
        fresh.replace(path)
    except BaseException:
        fresh.unlink(missing_ok=True)
        raise


def _whole(file: IO[bytes]) -> bytes:
    file.seek(0)
    return file.read()


async def _stopped(process: asyncio.subprocess.Process) -> None:
    """Have a process and what it started end, if it has not: asked first, then made to."""
    if process.returncode is not None:
        return
    with contextlib.suppress(ProcessLookupError):
        os.killpg(process.pid, signal.SIGTERM)
        with contextlib.suppress(TimeoutError):
            await asyncio.wait_for(process.wait(), _GRACE)
        os.killpg(process.pid, signal.SIGKILL)
    await process.wait()
