"""What a model should know of the machine and the project when it is asked about a container."""

from __future__ import annotations

import platform
from collections.abc import Iterator

from clockwork.completion.circumstances import circumstances
from clockwork.containers.host_ports import claimed_port
from clockwork.hook_types import CompletionContext, PromptPart
from clockwork.resources.base import Resource

_USUAL = ("x86_64", "AMD64")
_MOST_PORTS = 16


def container_circumstances(
    resource: Resource, context: CompletionContext, *, runs_here: bool = True
) -> Iterator[PromptPart]:
    """Tell which ports of this machine the project uses already, and an architecture that images may lack.

    Args:
        resource: The container as it is known.
        context: The fields that are asked for, and the other resources.
        runs_here: Whether the engine is this machine's, so that its architecture is known.
    """
    return circumstances("machine", _facts(resource, context, runs_here))


def _facts(resource: Resource, context: CompletionContext, runs_here: bool) -> Iterator[str]:
    if "ports" in context.missing and (ports := _used_ports(resource, context)):
        yield f"these ports of this machine are taken: {', '.join(ports)}"
    if "image" in context.missing and runs_here and platform.machine() not in _USUAL:
        yield f"images run on {platform.machine()} here"


def _used_ports(resource: Resource, context: CompletionContext) -> list[str]:
    """Give the ports that other resources publish on this machine."""
    others = (other for other in context.resources if other.address != resource.address)
    claimed = (claimed_port(claim) for other in others for claim in other.claims())
    numbers = sorted({found[0] for found in claimed if found})
    return [str(number) for number in numbers[:_MOST_PORTS]]
