"""A machine over SSH: commands in sessions of their own, files over one SFTP channel."""

from __future__ import annotations

import asyncio
import errno
import os
import stat
from collections.abc import Awaitable, Callable, Mapping, Sequence
from typing import Any, Protocol, TypeVar

import asyncssh

from clockwork.hosts.host import SSHHost
from clockwork.hosts.local import kind_of
from clockwork.hosts.machine import Entry, Finished, Kind, Machine
from clockwork.hosts.shell import checked
from clockwork.hosts.ssh.commands import run_there
from clockwork.hosts.ssh.line import Line
from clockwork.hosts.ssh.refusals import lost, no_ports

T = TypeVar("T")
_ERRNO = {asyncssh.SFTPNoSuchFile: errno.ENOENT, asyncssh.SFTPPermissionDenied: errno.EACCES}
_LOST = (
    asyncssh.ConnectionLost,
    asyncssh.SFTPConnectionLost,
    asyncssh.SFTPNoConnection,
    asyncssh.DisconnectError,
    ConnectionError,
)


class Caller(Protocol):
    """Does something with the host's line, when the host has room for it."""

    async def __call__(self, work: Callable[[Line], Awaitable[T]]) -> T:
        """Do it."""


class SSHMachine(Machine):
    """A machine over SSH."""

    def __init__(self, host: SSHHost, call: Caller) -> None:
        """Prepare a machine; nothing is connected yet.

        Args:
            host: Which one.
            call: Does something with the line to it.
        """
        self.host, self.name = host, host.name
        self._call = call

    async def reach(self) -> None:
        """Connect, unless somebody has."""
        await self._call(_connected)

    async def answers(self, port: int) -> bool:
        """Tell whether a port accepts connections, by way of the host's SSH server."""

        async def connect(line: Line) -> bool:
            connection = await line.connection()
            try:
                _reader, writer = await connection.open_connection("localhost", port)
            except asyncssh.ChannelOpenError as error:
                if error.code == asyncssh.OPEN_ADMINISTRATIVELY_PROHIBITED:
                    raise no_ports(self.host) from None
                return False
            except (asyncssh.Error, ConnectionError) as error:
                raise lost(self.host, error) from None
            writer.close()
            return True

        return await self._call(connect)

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
        variables = checked(environment)

        async def work(line: Line) -> Finished:
            connection, watchman = await line.connection(), await line.watchman()
            try:
                return await run_there(
                    connection, watchman, self.host, command, stdin, variables, directory, timeout_seconds
                )
            except (asyncssh.Error, ConnectionError) as error:
                raise lost(self.host, error) from None

        return await self._call(work)

    async def home(self) -> str:
        """Give the folder that a login starts in."""
        return await self._on_files(".", lambda files: files.realpath("."))

    async def look(self, path: str) -> Entry | None:
        """Tell what stands at a path."""
        try:
            found = await self._on_files(path, lambda files: files.lstat(path))
        except FileNotFoundError:
            return None
        mode = found.permissions or 0
        return Entry(kind_of(mode), stat.S_IMODE(mode), found.size or 0)

    async def read(self, path: str, *, size: int | None = None) -> bytes | None:
        """Read a file."""

        async def read(files: asyncssh.SFTPClient) -> bytes | None:
            expected = size
            if expected is None:
                found = await files.stat(path)
                if kind_of(found.permissions or 0) is not Kind.FILE:
                    return None
                expected = found.size or 0
            async with files.open(path, "rb") as file:
                content: bytes = await file.read(expected + 1, 0)
            return content

        try:
            return await self._on_files(path, read)
        except FileNotFoundError:
            return None

    async def read_link(self, path: str) -> str:
        """Tell where a symbolic link leads."""
        return str(await self._on_files(path, lambda files: files.readlink(path)))

    async def is_folder(self, path: str) -> bool:
        """Tell whether a path leads to a folder."""
        try:
            found = await self._on_files(path, lambda files: files.stat(path))
        except OSError:
            return False
        return kind_of(found.permissions or 0) is Kind.FOLDER

    async def may_write(self, folder: str) -> bool:
        """Tell whether files can be made in a folder, where the account's numbers can be asked."""

        async def work(line: Line) -> bool:
            identity = await line.identity()
            if identity is None:
                return True
            found = await (await line.files()).stat(folder)
            user, groups = identity
            place = 6 if found.uid == user else 3 if found.gid in groups else 0
            return user == 0 or ((found.permissions or 0) >> place) & 0o3 == 0o3

        return await self._there(folder, work)

    async def write(self, path: str, content: bytes, mode: int, *, through: str) -> None:
        """Write a file in one step."""

        async def write(files: asyncssh.SFTPClient) -> None:
            await _removed(files, through)
            try:
                private = asyncssh.SFTPAttrs(permissions=0o600)
                async with files.open(through, "xb", private) as file:
                    await file.write(content)
                    await file.chmod(mode)
                await files.posix_rename(through, path)
            except asyncssh.SFTPOpUnsupported:
                await _removed(files, through)
                raise OSError(errno.ENOTSUP, "its SFTP cannot replace a file in one step", path) from None
            except (asyncssh.SFTPError, asyncio.CancelledError):
                await _removed(files, through)
                raise

        await self._on_files(path, write)

    async def make_folder(self, path: str) -> None:
        """Make a folder."""
        try:
            await self._on_files(path, lambda files: files.mkdir(path))
        except OSError:
            if not await self.is_folder(path):
                raise

    async def remove(self, path: str) -> None:
        """Remove a file or a link."""
        await self._on_files(path, lambda files: _removed(files, path))

    async def remove_folder(self, path: str) -> bool:
        """Remove a folder if it is there and empty."""
        try:
            await self._on_files(path, lambda files: files.rmdir(path))
        except OSError:
            return False
        return True

    async def _on_files(self, path: str, work: Callable[[asyncssh.SFTPClient], Awaitable[T]]) -> T:
        async def on_files(line: Line) -> T:
            return await work(await line.files())

        return await self._there(path, on_files)

    async def _there(self, path: str, work: Callable[[Line], Awaitable[T]]) -> T:
        """Do something there; what its SFTP refuses is told as the system would."""

        async def told(line: Line) -> T:
            try:
                return await work(line)
            except _LOST as error:
                line.forget_files()
                raise lost(self.host, error) from None
            except asyncssh.SFTPError as error:
                code = _ERRNO.get(type(error))
                words = os.strerror(code) if code else error.reason
                raise OSError(code or errno.EIO, words, self.named(path)) from None

        return await self._call(told)


async def _connected(line: Line) -> None:
    await line.connection()


async def _removed(files: asyncssh.SFTPClient, path: str) -> Any:
    try:
        await files.remove(path)
    except asyncssh.SFTPNoSuchFile:
        return
