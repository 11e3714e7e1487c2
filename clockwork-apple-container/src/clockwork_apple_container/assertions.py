"""What a deployed container should pass."""

from __future__ import annotations

from collections.abc import Iterator
from typing import ClassVar

from pydantic import Field

from clockwork.assertions import Assertion, ContainerRunningAssert, Seen, Subject
from clockwork.assertions.ports import what_is_wrong_at
from clockwork.containers.ports import Port, parse_port
from clockwork_apple_container import client
from clockwork_apple_container.resource import AppleContainerResource
from clockwork_apple_container.values import known, reachable


def container_assertions(resource: AppleContainerResource) -> Iterator[Assertion]:
    """Give the assertions of a container: it runs, and what listens in it can be reached.

    Args:
        resource: The completed container.
    """
    if resource.name is None or not resource.present:
        return
    if not resource.start:
        yield StoppedAssert(container=resource.name)
        return
    yield ContainerRunningAssert(name="running")
    for port in map(parse_port, known(resource.ports)):
        if port.protocol == "tcp":
            yield PublishedPortAssert(
                name=f"port {port} answers",
                container=resource.name,
                inside=port.container,
                port=port.host or 0,
                host=reachable(port).strip("[]"),
            )


class StoppedAssert(Assertion):
    """A container that should only be there, and does not run.

    Attributes:
        container: Its name.
    """

    container: str
    timeout_seconds: float = Field(default=0, ge=0, allow_inf_nan=False)

    def title(self) -> str:
        """Say that it should not run."""
        return "not running"

    async def check(self, subject: Subject) -> Seen:
        """Look at the container once."""
        found = await client.find_container(self.container)
        if found is None:
            return Seen(False, f"there is no container {self.container}")
        return Seen(not found.running, "running" if found.running else "stopped")


class PublishedPortAssert(Assertion):
    """What listens in a container can be reached at the port that is published for it.

    Apple's program accepts connections itself, before anything listens in the container, and closes
    them then. A connection counts when it stays open, or brings something.

    Attributes:
        container: The container's name.
        inside: The port in it.
        port: The port of this machine.
        host: The address of this machine.
    """

    longest_try: ClassVar[float] = 10.0

    container: str
    inside: int
    port: int
    host: str = "127.0.0.1"
    timeout_seconds: float = Field(default=30, ge=0, allow_inf_nan=False)

    def title(self) -> str:
        """Say which port should be reached."""
        return f"port {Port(self.inside, self.port)} answers"

    async def check(self, subject: Subject) -> Seen:
        """Connect once; when nobody is there, try the container's own address."""
        problem = await what_is_wrong_at(self.host, self.port)
        if problem is None:
            return Seen(True, "open")
        found = await client.find_container(self.container)
        if found is not None and found.running and found.address:
            direct = await what_is_wrong_at(found.address, self.inside)
            if direct is None:
                return Seen(
                    False,
                    f"{problem}, although {found.address}:{self.inside} answers: allow "
                    "container-runtime-linux the local network in System Settings, Privacy & Security",
                )
        return Seen(False, problem)
