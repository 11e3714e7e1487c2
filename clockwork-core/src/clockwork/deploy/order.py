"""The order in which resources are compiled: each after what it depends on."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from graphlib import CycleError, TopologicalSorter

from clockwork.errors import LoadError
from clockwork.resources.base import Resource


def in_order(resources: Sequence[Resource]) -> list[Resource]:
    """Sort resources so that each stands after those it depends on; otherwise their order stays.

    Args:
        resources: All resources of a program.

    Raises:
        LoadError: A resource depends on one that is not among them, or, by some way round, on itself.
    """
    by_address = {resource.address: resource for resource in resources}
    graph = {resource.address: _dependencies(resource, by_address) for resource in resources}
    try:
        order = [*TopologicalSorter(graph).static_order()]
    except CycleError as error:
        way = list(reversed(error.args[1]))
        raise LoadError(
            f"these resources wait for each other: {' -> '.join(way)}",
            address=way[0],
            hint="Remove one of these dependencies.",
        ) from None
    return [by_address[address] for address in order]


def _dependencies(resource: Resource, known: Mapping[str, Resource]) -> list[str]:
    for other in resource.depends_on:
        if other.address not in known:
            raise LoadError(
                f"it depends on a {type(other).__name__} that is not declared",
                address=resource.address,
                field="depends_on",
                hint="Give that resource a name of its own in the file.",
            )
    return [other.address for other in resource.depends_on]
