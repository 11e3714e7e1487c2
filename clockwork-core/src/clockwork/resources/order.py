"""What each resource waits for, and the order that follows from it."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from graphlib import CycleError, TopologicalSorter

from clockwork.errors import LoadError
from clockwork.placeholders import placeholders_in, split_reference
from clockwork.resources.base import Resource
from clockwork.resources.group import Group


def in_order(resources: Sequence[Resource]) -> list[Resource]:
    """Sort resources so that each stands after those it waits for; otherwise their order stays.

    Args:
        resources: All resources of a program.

    Raises:
        LoadError: A resource depends on one that is not among them, or, by some way round, on itself.
    """
    by_address = {resource.address: resource for resource in resources}
    for resource in resources:
        _check_declared(resource, by_address)
    graph = {address: _before(resource, by_address) for address, resource in by_address.items()}
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


def dependencies(resource: Resource, known: Mapping[str, Resource]) -> list[str]:
    """Give the addresses of what must be deployed before a resource, its groups' dependencies included.

    A group stands for all that is in it.

    Args:
        resource: The resource.
        known: All resources by address.
    """
    single = [
        one for address in direct(resource, known) if address in known for one in _members(known[address])
    ]
    return list(dict.fromkeys(single))


def direct(resource: Resource, known: Collection[str], *, around: bool = True) -> list[str]:
    """Give the addresses that a resource names, in ``depends_on`` and in its fields.

    Args:
        resource: The resource.
        known: The addresses that references can mean.
        around: Whether what the groups around it name counts too.
    """
    named = [other.address for other in resource.depends_on]
    bodies = [one.body for one in placeholders_in(resource) if one.kind == "ref"]
    referred = [found[0] for body in bodies if (found := split_reference(body, known))]
    group = resource.links.group
    outer = direct(group, known) if group is not None and around else []
    return list(dict.fromkeys([*named, *referred, *resource.links.resolved, *outer]))


def _before(resource: Resource, known: Mapping[str, Resource]) -> list[str]:
    group = resource.links.group
    return [*dependencies(resource, known), *([group.address] if group else [])]


def _check_declared(resource: Resource, known: Collection[str]) -> None:
    for other in resource.depends_on:
        if other.address not in known:
            raise LoadError(
                f"it depends on a {type(other).__name__} that is not declared",
                address=resource.address,
                field="depends_on",
                hint="Give that resource a name of its own in the file.",
            )


def _members(resource: Resource) -> list[str]:
    return [one.address for one in resource.members()] if isinstance(resource, Group) else [resource.address]
