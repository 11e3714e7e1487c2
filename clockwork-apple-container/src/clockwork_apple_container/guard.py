"""What a model may choose for a container, and what it may not."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from functools import partial
from typing import Any

from clockwork.containers.host_ports import claimed_port, is_free
from clockwork.containers.mounted import missing_path
from clockwork.containers.ports import Port, parse_port
from clockwork.containers.volumes import parse_mount
from clockwork.errors import ClockworkError
from clockwork.guard.paths import refused_path
from clockwork.guard.rules import STRANGE_PATH
from clockwork.hook_types import Check, CompletionContext, Refusal
from clockwork.placeholders import has_placeholder, is_literal
from clockwork.waiting import run_to_its_end
from clockwork_apple_container.resource import AppleContainerResource
from clockwork_apple_container.values import known

_PLATFORM = "linux/arm64"
"""The machines that Apple's program runs on."""


def refusals(
    resource: AppleContainerResource, values: Mapping[str, Any], context: CompletionContext
) -> Iterable[Refusal]:
    """Refuse mounts that are not a model's to choose, and ports that another resource has.

    Args:
        resource: The completed container.
        values: What did not come from the user.
        context: The project and its other resources.
    """
    for text in values.get("volumes") or []:
        yield from _refused_mount(text, context)
    taken = _ports_of_others(resource, context)
    for port in map(parse_port, known(values.get("ports"))):
        owner = None if port.host is None else taken.get((port.host, port.protocol))
        if owner is not None:
            yield Refusal("ports", f"{owner} has port {port.host} of this machine; choose another")


def checks(
    resource: AppleContainerResource, values: Mapping[str, Any], context: CompletionContext
) -> Iterable[Check]:
    """Find out whether an image exists, whether mounted paths are there, and whether ports are free.

    Args:
        resource: The completed container.
        values: The model's values.
        context: The project and its other resources.
    """
    for mount in map(parse_mount, known(values.get("volumes"))):
        if mount.is_path:
            asks = f"whether {mount.source} is there"
            yield Check("volumes", asks, partial(missing_path, mount.source, context))
    for port in map(parse_port, known(values.get("ports"))):
        asks = f"whether port {port.host} is free"
        yield Check("ports", asks, partial(_taken, port, resource.name))
    image = values.get("image")
    if image and not has_placeholder(image):
        yield Check("image", f"whether {image} exists", partial(_wrong_image, str(image)))


def _refused_mount(text: str, context: CompletionContext) -> Iterator[Refusal]:
    if not is_literal(text):
        yield Refusal(
            "volumes", f"{text} holds a value that is known only later; write the whole mount", STRANGE_PATH
        )
    elif (mount := parse_mount(text)).is_path:
        yield from refused_path("volumes", mount.source, context.project)


def _wrong_image(name: str) -> str | None:
    from clockwork.containers.registry import wrong_image

    return wrong_image(name, _PLATFORM)


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


def _taken(port: Port, name: str | None) -> str | None:
    if is_free(port) or _is_published_by(name, port):
        return None
    return f"port {port.host} of this machine is in use; choose another"


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
