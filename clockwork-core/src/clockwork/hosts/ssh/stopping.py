"""Stopping what runs on a host, over a session of its own: a server passes signals on for few accounts."""

from __future__ import annotations

import asyncio
from functools import partial

import asyncssh

from clockwork.hosts.ssh.sessions import opened


class Stopper:
    """Sends signals to commands of one host; commands that are stopped together need one session together."""

    def __init__(self) -> None:
        """Start with nothing to stop."""
        self._waiting: dict[str, set[str]] = {}
        self._sending = asyncio.Lock()

    async def send(self, connection: asyncssh.SSHClientConnection, sign: str, process: str) -> None:
        """Send a signal to a process and all that it started.

        Args:
            connection: The way to the host.
            sign: The signal's name without ``SIG``.
            process: The number of the process, which leads a group of its own.

        Raises:
            asyncssh.Error: The connection was lost, or has no room for a session.
        """
        waiting = self._waiting.setdefault(sign, set())
        waiting.add(process)
        async with self._sending:
            if process not in waiting:
                return
            groups = " ".join(f"-{one}" for one in sorted(waiting))
            waiting.clear()
            kill = f"exec /bin/sh -c 'kill -s {sign} -- {groups}'"
            await opened(connection, partial(connection.run, kill, stdin=asyncssh.DEVNULL))
