"""Opening sessions of a connection: servers allow so many at once, and take a moment to let go of one."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from typing import TypeVar

import asyncssh

T = TypeVar("T")
_WAITS = (0.01, 0.02, 0.04, 0.08, 0.16, 0.32, 0.64)
"""Seconds between tries; more than a second in all."""


async def opened(connection: asyncssh.SSHClientConnection, begin: Callable[[], Awaitable[T]]) -> T:
    """Open a session; once more when there was no room, for a session may be ending just now.

    Args:
        connection: The connection.
        begin: Opens the session.

    Raises:
        asyncssh.Error: There is no room for it, or the connection was lost.
    """
    for seconds in _WAITS:
        try:
            return await begin()
        except asyncssh.ChannelOpenError:
            if connection.is_closed():
                raise
            await asyncio.sleep(seconds)
    return await begin()
