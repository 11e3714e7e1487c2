"""Whether a database accepts connections."""

from __future__ import annotations

from typing import ClassVar
from urllib.parse import urlsplit

from pydantic import Field

from clockwork.assertions.base import Assertion, Seen, Subject
from clockwork.assertions.containers import NO_CONTAINER
from clockwork.assertions.ports import what_is_wrong_at
from clockwork.assertions.text import excerpt
from clockwork.databases.servers import server_for


class DatabaseReadyAssert(Assertion):
    """The database in the resource's container accepts connections.

    The server's own program in the container is asked: ``pg_isready``, ``mysqladmin`` or ``mariadb-admin``,
    ``redis-cli``. Where there is none, a published port is tried; and where the port is not published
    either, a running container is all that can be seen.

    Attributes:
        scheme: The kind of database, as its address begins, such as ``postgresql``.
        port: The port that the server listens on in the container.
    """

    longest_try: ClassVar[float] = 10.0

    scheme: str
    port: int = Field(ge=1, le=65535)
    timeout_seconds: float = Field(default=120, ge=0, allow_inf_nan=False)

    def title(self) -> str:
        """Say who should accept connections."""
        return f"{self.scheme} accepts connections on {self.port}"

    async def check(self, subject: Subject) -> Seen:
        """Ask once."""
        container = subject.container()
        if container is None:
            return NO_CONTAINER
        state = await container.state()
        if not state.is_ready:
            return Seen(False, state.what, final=state.ended)
        server = server_for(self.scheme)
        if server is not None:
            ended = await container.run(server.ready(self.port))
            if not ended.is_missing:
                return Seen(server.accepts(ended), excerpt(ended.printed))
        url = getattr(subject.resource, "urls", {}).get(self.port)
        if url is None:
            return Seen(True, f"{state.what}; port {self.port} is not published and was not tried")
        place = urlsplit(url)
        problem = await what_is_wrong_at(str(place.hostname), int(place.port or self.port))
        return Seen(problem is None, problem or "open")
