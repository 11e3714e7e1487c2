"""Working on some of a project's resources alone."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from difflib import get_close_matches

from clockwork.errors import UsageError
from clockwork.resources.base import Resource
from clockwork.resources.group import Group
from clockwork.resources.order import dependencies, direct
from clockwork.resources.placeholders import placeholders_in


def chosen(resources: Sequence[Resource], targets: Collection[str]) -> list[Resource]:
    """Choose the resources at some addresses, with all that they need.

    That is what they depend on, the groups around them, and for a group all that is in it.

    Args:
        resources: All resources of the project.
        targets: Addresses; none means all resources.

    Returns:
        The chosen resources in their order.

    Raises:
        UsageError: There is no resource at an address.
    """
    if not targets:
        return list(resources)
    known = {resource.address: resource for resource in resources}
    for target in targets:
        if target not in known:
            raise no_resource(target, known)
    wanted: set[str] = set()
    waiting = list(targets)
    while waiting:
        address = waiting.pop()
        if address in wanted:
            continue
        wanted.add(address)
        resource = known[address]
        waiting += dependencies(resource, known)
        if isinstance(resource, Group) and (address in targets or _is_inside(resource, targets)):
            waiting += [child.address for child in resource.children.values()]
        if resource.links.group is not None:
            wanted.add(resource.links.group.address)
            waiting += dependencies(resource.links.group, known)
    return [resource for resource in resources if resource.address in wanted]


def standing(resources: Sequence[Resource], among: Sequence[Resource]) -> list[Resource]:
    """Choose from resources those whose dependencies are there too.

    Args:
        resources: Resources that may stand beside others.
        among: Those others.
    """
    everything = {resource.address: resource for resource in (*among, *resources)}
    kept = dict(everything)
    while fallen := [a for a, one in kept.items() if not set(direct(one, everything)) <= kept.keys()]:
        for address in fallen:
            del kept[address]
    return [resource for resource in resources if resource.address in kept]


def no_resource(address: str, known: Iterable[str]) -> UsageError:
    """Say that nothing stands at an address, and what may have been meant.

    Args:
        address: What the person named.
        known: The addresses there are.
    """
    names = sorted(known)
    near = get_close_matches(address, names, n=1)
    guess = f"Did you mean {near[0]!r}? " if near else ""
    return UsageError(f"there is no resource {address!r}", hint=f"{guess}There are: {', '.join(names)}.")


def registered_names(resources: Iterable[Resource]) -> list[str]:
    """Give the Pulumi names of what resources register: their addresses, and the secrets they use."""
    secrets = [
        one.body for resource in resources for one in placeholders_in(resource) if one.kind == "secret"
    ]
    return [*(resource.address for resource in resources), *dict.fromkeys(secrets)]


def _is_inside(group: Group, targets: Collection[str]) -> bool:
    around = group.links.group
    return around is not None and (around.address in targets or _is_inside(around, targets))
