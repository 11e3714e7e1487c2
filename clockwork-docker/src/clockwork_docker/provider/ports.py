"""Whose a port of the host is, when a container cannot have it."""

from __future__ import annotations

import re
from pathlib import Path
from typing import TYPE_CHECKING

from clockwork.errors import ProviderError
from clockwork.providers.embedded import Call
from clockwork_docker.client import find_endpoint
from clockwork_docker.provider.models import ContainerInputs

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


def _container_with(api: APIClient, port: int) -> str | None:
    for container in api.containers():
        if any(published.get("PublicPort") == port for published in container.get("Ports") or []):
            name = str((container.get("Names") or [container["Id"]])[0]).lstrip("/")
            return f"the container {name!r}"
    return None


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
