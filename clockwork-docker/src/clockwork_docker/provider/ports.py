"""Whose a port of the host is, when a container cannot have it."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any

from clockwork.containers.host_ports import is_free
from clockwork.containers.ports import Port
from clockwork.errors import ProviderError
from clockwork.providers.embedded import Call
from clockwork_docker.client import find_endpoint
from clockwork_docker.provider.models import ContainerInputs, PortInput
from clockwork_docker.provider.ownership import Owner

if TYPE_CHECKING:
    from docker import APIClient

_TAKEN = ("port is already allocated", "address already in use")
_LISTENING = "0A"


def port_taken(api: APIClient, inputs: ContainerInputs, reason: str, call: Call) -> ProviderError | None:
    """Make a better error of a refusal to publish a port.

    Args:
        api: The engine.
        inputs: What the container should be.
        reason: What the engine said.
        call: The call that failed.

    Returns:
        The error that says who has the port; ``None`` when the refusal is about something else.
    """
    if not any(words in reason for words in _TAKEN):
        return None
    wanted = [port.external for port in inputs.ports or [] if port.external]
    told = [int(found) for found in re.findall(r":(\d+)(?= failed|: bind)", reason)]
    port = next((number for number in told if number in wanted), None) or (wanted or [0])[0]
    holder = _container_with(api, port) or _process_with(port)
    return ProviderError(
        f"the port {port} of the host is taken{f' by {holder}' if holder else ''}",
        address=call.name,
        field="ports",
        hint="Publish another port, or stop what has this one.",
    )


def tell_of_taken_ports(api: APIClient, inputs: ContainerInputs, call: Call, owner: Owner) -> None:
    """Say which wanted ports of the host somebody else has now; they may be free when it is time.

    Args:
        api: The engine.
        inputs: What the container should be.
        call: Told of each port.
        owner: The resource; what its stack has is no obstacle.
    """
    for port in inputs.ports or []:
        if not port.external:
            continue
        holder = _holder_of(api, port, owner)
        if holder is not None:
            call.note(f"the port {port.external} of the host is taken by {holder}")


def _holder_of(api: APIClient, port: PortInput, owner: Owner) -> str | None:
    """Name who has a port, unless it is this stack."""
    for container in _containers_with(api, port.external):
        return None if owner.owns(container.get("Labels")) else _named(container)
    if not find_endpoint().is_local:
        return None
    wanted = Port(port.internal, port.external, port.ip or "", port.protocol or "tcp")
    return None if is_free(wanted) else _process_with(int(port.external or 0)) or "another program"


def _containers_with(api: APIClient, port: int | None) -> Iterator[dict[str, Any]]:
    for container in api.containers():
        if any(published.get("PublicPort") == port for published in container.get("Ports") or []):
            yield container


def _named(container: dict[str, Any]) -> str:
    name = str((container.get("Names") or [container["Id"]])[0]).lstrip("/")
    return f"the container {name!r}"


def _container_with(api: APIClient, port: int) -> str | None:
    return next(map(_named, _containers_with(api, port)), None)


def _process_with(port: int) -> str | None:
    """Name the process of this machine that listens on a port, where that can be seen."""
    if not find_endpoint().is_local:
        return None
    sockets = {f"socket:[{inode}]" for table in ("tcp", "tcp6") for inode in _listeners(table, port)}
    if not sockets:
        return None
    for handle in Path("/proc").glob("[0-9]*/fd/*"):
        try:
            if str(handle.readlink()) in sockets:
                process = handle.parts[2]
                return f"{Path('/proc', process, 'comm').read_text().strip()} (process {process})"
        except OSError:
            continue
    return "another process"


def _listeners(table: str, port: int) -> list[str]:
    try:
        rows = Path("/proc/net", table).read_text().splitlines()[1:]
    except OSError:
        return []
    columns = [row.split() for row in rows]
    return [c[9] for c in columns if c[3] == _LISTENING and int(c[1].rpartition(":")[2], 16) == port]
