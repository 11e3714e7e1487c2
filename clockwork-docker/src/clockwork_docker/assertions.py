"""What a deployed container should pass."""

from __future__ import annotations

from collections.abc import Iterable

from clockwork.assertions import Assertion, ContainerRunningAssert, PortAccessibleAssert
from clockwork.containers.ports import Port, parse_port
from clockwork_docker.client import find_endpoint
from clockwork_docker.resource import DockerResource

_EVERYWHERE = ("", "0.0.0.0", "::")


def container_assertions(resource: DockerResource) -> Iterable[Assertion]:
    """Give the assertions of a container: it runs, is healthy if it can tell, and its ports answer.

    Args:
        resource: The completed container.
    """
    if not resource.present or not resource.start:
        return
    yield ContainerRunningAssert(name="running")
    for port in map(parse_port, resource.ports or []):
        if port.host is not None and port.protocol == "tcp":
            yield PortAccessibleAssert(name=f"port {port.host}", port=port.host, host=_host(port))


def _host(port: Port) -> str:
    """Where the port is reached from here: the engine may run on another machine."""
    return port.address if port.address not in _EVERYWHERE else find_endpoint().machine
