"""Whether a service in a container answers, published or not."""

from __future__ import annotations

from typing import ClassVar, Literal

from pydantic import Field

from clockwork.assertions.base import Assertion, Seen, Subject
from clockwork.assertions.containers import running_container
from clockwork.assertions.http import HealthcheckAssert
from clockwork.assertions.text import excerpt
from clockwork.containers.readiness import Container, Program

_ASKING = (
    ("wget", "-q", "-T", "5", "-O", "/dev/null"),
    ("curl", "-fsS", "-m", "5", "-o", "/dev/null"),
)
"""Programs that images have for it, with the words in front of the address; both fail for an error status."""


_CRASHED = 126
"""From this exit code on a program was not there, could not be run, or was ended by a signal."""


class ServiceReadyAssert(Assertion):
    """A path of the service in the resource's container answers with 200.

    A published port is asked from this machine. One that is not is asked inside the container, by its own
    ``wget`` or ``curl``.

    Attributes:
        port: The port that the service listens on in the container.
        path: The path, which starts with ``/``.
        scheme: ``http`` or ``https``.
    """

    longest_try: ClassVar[float] = 10.0

    port: int = Field(ge=1, le=65535)
    path: str = Field(default="/", pattern="^/")
    scheme: Literal["http", "https"] = "http"
    timeout_seconds: float = Field(default=60, ge=0, allow_inf_nan=False)

    def title(self) -> str:
        """Say which path should answer."""
        return f"port {self.port} answers at {self.path}"

    def prepare(self) -> None:
        """Import what asks published ports."""
        HealthcheckAssert(url="http://localhost").prepare()

    async def check(self, subject: Subject) -> Seen:
        """Ask once."""
        container = await running_container(subject)
        if isinstance(container, Seen):
            return container
        published = getattr(subject.resource, "urls", {}).get(self.port)
        if published is None:
            return await self._ask_inside(container)
        url = f"{self.scheme}{published.removeprefix('http')}{self.path}"
        return await HealthcheckAssert(url=url).check(subject)

    async def _ask_inside(self, container: Container) -> Seen:
        url = f"{self.scheme}://127.0.0.1:{self.port}{self.path}"
        for words in _ASKING:
            ended = await container.run(Program([*words, url]))
            if ended.code == 0:
                return Seen(True, f"{words[0]} in the container had an answer")
            if ended.code < _CRASHED:
                return Seen(False, f"{words[0]} ended with {ended.code}, printed {excerpt(ended.printed)}")
        told = f"port {self.port} is not published, and no wget or curl in the container can ask it"
        return Seen(False, told, final=True)
