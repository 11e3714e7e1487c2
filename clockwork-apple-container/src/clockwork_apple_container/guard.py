"""What a model may choose for a container, and what it may not."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path
from typing import Any

from clockwork.containers.host_ports import claimed_port, is_free
from clockwork.containers.ports import Port, parse_port
from clockwork.containers.volumes import Mount, parse_mount
from clockwork.errors import ClockworkError
from clockwork.hook_types import CompletionContext, Refusal
from clockwork.paths import inside_project
from clockwork.waiting import run_to_its_end
from clockwork_apple_container.resource import AppleContainerResource
from clockwork_apple_container.values import known


def refusals(
    resource: AppleContainerResource, values: Mapping[str, Any], context: CompletionContext
) -> Iterable[Refusal]:
    """Refuse mounts from outside the project, and ports that another resource or program has.

    Args:
        resource: The completed container.
        values: What did not come from the user.
        context: The project and its other resources.
    """
    for text in known(values.get("volumes")):
        mount = parse_mount(text)
        if mount.is_path:
            yield from _refused_mount(mount, context)
    taken = _ports_of_others(resource, context)
    for text in known(values.get("ports")):
        yield from _refused_port(parse_port(text), resource, taken)


def _refused_mount(mount: Mount, context: CompletionContext) -> Iterator[Refusal]:
    outside = inside_project(mount.source, context.project)
    if outside:
        yield Refusal("volumes", outside)
    elif not (context.project / mount.source).exists() and not _is_declared(mount.source, context):
        yield Refusal(
            "volumes", f"{mount.source} does not exist; mount what is there, or the name of a volume"
        )


def _is_declared(source: str, context: CompletionContext) -> bool:
    """Tell whether a resource of the project makes the path, or something in it."""
    folder = (context.project / source).resolve()
    claims = (claim for other in context.resources for claim in other.claims())
    files = (Path(claim.removeprefix("file ")) for claim in claims if claim.startswith("file "))
    return any(file == folder or folder in file.parents for file in files)


def _ports_of_others(
    resource: AppleContainerResource, context: CompletionContext
) -> dict[tuple[int, str], str]:
    """Tell which resource has which port of this machine, at whatever address."""
    return {
        port: other.address
        for other in context.resources
        if other.address != resource.address
        for port in map(claimed_port, other.claims())
        if port is not None
    }


def _refused_port(
    port: Port, resource: AppleContainerResource, taken: Mapping[tuple[int, str], str]
) -> Iterator[Refusal]:
    owner = None if port.host is None else taken.get((port.host, port.protocol))
    if owner is not None:
        yield Refusal("ports", f"{owner} has port {port.host} of this machine; choose another")
    elif not is_free(port) and not _is_published_by(resource.name, port):
        yield Refusal("ports", f"port {port.host} of this machine is in use; choose another")


def _is_published_by(name: str | None, port: Port) -> bool:
    """Tell whether it is the container itself, deployed before, that listens there."""
    from clockwork_apple_container import client
    from clockwork_apple_container.provider.ownership import GENERATION

    try:
        found = run_to_its_end(client.find_container(name)) if name else None
    except ClockworkError:
        return False
    if found is None or GENERATION not in found.labels:
        return False
    return port.host in {published.host for published in found.ports}
