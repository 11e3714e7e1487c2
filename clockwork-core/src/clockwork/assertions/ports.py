"""Whether a port can be reached."""

from __future__ import annotations

import asyncio
import socket
from typing import ClassVar, Literal

from pydantic import Field

from clockwork.assertions.base import Assertion, Seen, Subject
from clockwork.assertions.text import reason

SILENCE = 0.5
"""Seconds in which a refusal of a datagram, or the end of a connection, arrives, if one comes at all."""

_PATIENCE = 2


class PortAccessibleAssert(Assertion):
    """A port accepts connections, and keeps them.

    One that closes each connection at once without a word has nobody behind it: container engines accept at
    published ports before anything listens in the container. With UDP nothing tells an open port from one
    whose packets are lost: it passes when an empty datagram is not refused.

    Attributes:
        port: The port's number.
        host: The name or address of the machine.
        protocol: ``tcp`` or ``udp``.
    """

    longest_try: ClassVar[float] = 5.0

    port: int = Field(ge=1, le=65535)
    host: str = Field(default="127.0.0.1", min_length=1)
    protocol: Literal["tcp", "udp"] = "tcp"
    timeout_seconds: float = Field(default=30, ge=0, allow_inf_nan=False)

    def title(self) -> str:
        """Say which port should be open."""
        host = f"[{self.host}]" if ":" in self.host else self.host
        return f"{self.protocol} port {host}:{self.port} is open"

    async def check(self, subject: Subject) -> Seen:
        """Connect once."""
        is_tcp = self.protocol == "tcp"
        problem = await (what_is_wrong_at(self.host, self.port) if is_tcp else self._refusal())
        return Seen(problem is None, problem or "open")

    async def _refusal(self) -> str | None:
        try:
            await self._send()
        except OSError as error:
            return reason(error)
        return None

    async def _send(self) -> None:
        loop = asyncio.get_running_loop()
        found = await loop.getaddrinfo(self.host, self.port, type=socket.SOCK_DGRAM)
        family, kind, number, _name, address = found[0]
        with socket.socket(family, kind, number) as client:
            client.setblocking(False)
            await loop.sock_connect(client, address)
            client.send(b"")
            try:
                async with asyncio.timeout(SILENCE):
                    await loop.sock_recv(client, 1)
            except TimeoutError:
                return


async def what_is_wrong_at(host: str, port: int) -> str | None:
    """Connect, and see whether the other side keeps the connection; ``None`` when it does.

    Container engines accept connections to published ports themselves, before anything listens in the
    container, and close them then. A connection counts when it stays open, or brings something.

    Args:
        host: The name or address of the machine.
        port: The port's number.
    """
    try:
        async with asyncio.timeout(_PATIENCE):
            reader, writer = await asyncio.open_connection(host, port)
    except TimeoutError:
        return "no answer"
    except OSError as error:
        return reason(error)
    try:
        async with asyncio.timeout(SILENCE):
            said = await reader.read(1)
    except TimeoutError:
        return None
    except OSError:
        return "the connection was reset: nothing listens behind it yet"
    finally:
        writer.transport.abort()
    return None if said else "the connection was closed: nothing listens behind it yet"
