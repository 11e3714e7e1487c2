"""The one connection to a host, made when it is first needed."""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import Callable
from functools import partial

import asyncssh

from clockwork.hosts.host import SSHHost
from clockwork.hosts.machine import HostError
from clockwork.hosts.ssh.access import Access
from clockwork.hosts.ssh.refusals import no_files, no_way, refused
from clockwork.hosts.ssh.sessions import opened
from clockwork.hosts.ssh.watchman import Watchman

_FAREWELL = 0.5
_KEEPALIVE_SECONDS = 15


class Line:
    """The connection to a host, shared by all that is done there.

    Attributes:
        host: The host.
        slots: Room for operations at the same time.
    """

    def __init__(self, host: SSHHost, to: Callable[[SSHHost], Line]) -> None:
        """Prepare a line; nothing is connected yet.

        Args:
            host: The host.
            to: Gives the line to another host, which the way leads through.
        """
        self.host = host
        self.slots = asyncio.Semaphore(host.at_once)
        self._to = to
        self._connecting, self._opening = asyncio.Lock(), asyncio.Lock()
        self._connection: asyncssh.SSHClientConnection | None = None
        self._files: asyncssh.SFTPClient | None = None
        self._watchman: Watchman | None = None
        self._failure: HostError | None = None
        self._identity: tuple[int, frozenset[int]] | None = None

    async def connection(self) -> asyncssh.SSHClientConnection:
        """Give the connection; a lost one is made anew, a host that could not be reached stays so.

        Raises:
            HostError: The host cannot be reached, is not the one that it should be, or lets nobody in.
        """
        async with self._connecting:
            if self._failure is not None:
                raise HostError(self._failure.message, hint=self._failure.hint)
            if self._connection is None or self._connection.is_closed():
                self._files = self._watchman = None
                try:
                    self._connection = await self._connected()
                except HostError as error:
                    self._failure = error
                    raise
            return self._connection

    async def watchman(self) -> Watchman:
        """Give what stops the commands of the connection.

        Raises:
            HostError: The host cannot be reached.
        """
        connection = await self.connection()
        if self._watchman is None:
            self._watchman = Watchman(connection)
        return self._watchman

    async def files(self) -> asyncssh.SFTPClient:
        """Give the channel for files.

        Raises:
            HostError: The host cannot be reached, or offers no SFTP.
        """
        connection = await self.connection()
        async with self._opening:
            if self._files is None:
                try:
                    start = partial(connection.start_sftp_client, path_encoding="utf-8", sftp_version=3)
                    self._files = await opened(connection, start)
                except (asyncssh.Error, OSError) as error:
                    raise no_files(self.host, error) from None
            return self._files

    def forget_files(self) -> None:
        """Have the channel for files opened anew: it is broken."""
        self._files = None

    async def identity(self) -> tuple[int, frozenset[int]] | None:
        """Tell the numbers of the account and its groups there; ``None`` where no command tells them.

        Raises:
            HostError: The host cannot be reached.
        """
        if self._identity is None:
            connection = await self.connection()
            try:
                ask = partial(connection.run, "id -u; id -G", stdin=asyncssh.DEVNULL)
                told = await opened(connection, ask)
                user, *groups = [int(word) for word in str(told.stdout).split()]
            except (asyncssh.Error, OSError, ValueError):
                return None
            self._identity = user, frozenset(groups)
        return self._identity

    async def close(self) -> None:
        """End the connection in good order, or soon."""
        if self._connection is None:
            return
        self._connection.close()
        with contextlib.suppress(TimeoutError, asyncssh.Error, OSError):
            await asyncio.wait_for(self._connection.wait_closed(), _FAREWELL)

    async def _connected(self) -> asyncssh.SSHClientConnection:
        access = await Access.of(self.host)
        through = None
        if access.jump is not None:
            try:
                through = await self._to(access.jump).connection()
            except HostError as error:
                raise no_way(self.host, access.jump, error) from None
        try:
            async with asyncio.timeout(self.host.connect_timeout_seconds):
                return await asyncssh.connect(
                    access.options.orig_host,
                    options=access.options,
                    tunnel=through,
                    known_hosts=access.known_hosts,
                    client_factory=lambda: access,
                    encryption_algs=access.ciphers,
                    keepalive_interval=_KEEPALIVE_SECONDS,
                    connect_timeout=None,
                    login_timeout=self.host.connect_timeout_seconds,
                )
        except (asyncssh.Error, OSError, ValueError) as error:
            raise await refused(access, error) from None
