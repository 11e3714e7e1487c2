"""What stops commands on a host: when it is told to, and when the connection to it ends."""

from __future__ import annotations

import asyncio
import contextlib
from functools import partial

import asyncssh

from clockwork.hosts.shell import WATCHMAN
from clockwork.hosts.ssh.sessions import opened


class Watchman:
    """A session of a connection that knows which commands run on it.

    Servers pass signals on for few accounts, and let commands run on when a connection ends.
    """

    def __init__(self, connection: asyncssh.SSHClientConnection) -> None:
        """Watch over nothing yet; the session begins with the first command.

        Args:
            connection: The way to the host.
        """
        self._connection = connection
        self._opening = asyncio.Lock()
        self._channel: asyncssh.SSHClientChannel[bytes] | None = None
        self._is_refused = False

    async def come(self) -> None:
        """Begin, unless it has; a server without room for the session goes without."""
        async with self._opening:
            if self._is_refused or (self._channel is not None and not self._channel.is_closing()):
                return
            begin = partial(
                self._connection.create_session,
                asyncssh.SSHClientSession,
                f"exec /bin/sh -c '{WATCHMAN}'",
                encoding=None,
            )
            try:
                self._channel, _ = await opened(self._connection, begin)
            except asyncssh.ChannelOpenError:
                self._is_refused = True

    def watch(self, process: str) -> None:
        """Have a process and what it started stopped, should the connection end before it is forgotten.

        Args:
            process: Its number there; it leads a group of its own.
        """
        self._tell("watch", process)

    def forget(self, process: str) -> None:
        """Leave a process alone: it has ended."""
        self._tell("forget", process)

    def send(self, sign: str, process: str) -> None:
        """Send a signal to a process and all that it started.

        Args:
            sign: The signal's name without ``SIG``.
            process: The number of the process.
        """
        self._tell(sign, process)

    def _tell(self, word: str, process: str) -> None:
        """Tell it something, as long as it can hear: with the connection its work is done anyway."""
        if self._channel is not None:
            with contextlib.suppress(OSError):
                self._channel.write(f"{word} {process}\n".encode())
