"""Working on some of a project's resources alone."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence

from clockwork.errors import UsageError
from clockwork.placeholders import placeholders_in
from clockwork.resources.base import Resource
from clockwork.resources.order import dependencies, direct
from clockwork.suggestions import did_you_mean


def chosen(resources: Sequence[Resource], targets: Collection[str]) -> list[Resource]:
    """Choose the resources at some addresses, in their own order.

    Args:
        resources: All resources of the project.
        targets: Such as ``web``; also what holds resources, such as ``servers`` for ``servers[0]`` or
            ``shop`` for ``shop.db``. None at all chooses everything.

    Raises:
        UsageError: There is nothing at an address; the error names those that are alike.
    """
    addresses = [resource.address for resource in resources]
    for target in targets:
        if not any(is_at(address, target) for address in addresses):
            raise no_resource(target, addresses)
    return [one for one in resources if not targets or any(is_at(one.address, t) for t in targets)]


def with_needs(resources: Sequence[Resource], targets: Collection[str]) -> list[Resource]:
    """Choose the resources at some addresses, with all that they depend on and the groups around them.

    Args:
        resources: All resources of the project.
        targets: As for :func:`chosen`.

    Raises:
        UsageError: There is nothing at an address.
    """
    known = {resource.address: resource for resource in resources}
    wanted: set[str] = set()
    waiting = chosen(resources, targets)
    while waiting:
        resource = waiting.pop()
        if resource.address in wanted:
            continue
        wanted.add(resource.address)
        waiting += [known[address] for address in dependencies(resource, known)]
        if resource.links.group is not None:
            waiting.append(resource.links.group)
    return [resource for resource in resources if resource.address in wanted]


def is_at(address: str, target: str) -> bool:
    """Tell whether an address is a target, or inside one."""
    return address == target or address.startswith((f"{target}[", f"{target}."))


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


def no_resource(address: str, known: Sequence[str]) -> UsageError:
    """Say that nothing stands at an address, and what may have been meant.

    Args:
        address: What the person named.
        known: The addresses there are.
    """
    hint = did_you_mean(address, known, most=3) or f"The resources are: {', '.join(known)}."
    return UsageError(f"there is no resource {address!r}", hint=hint)


def registered_names(resources: Iterable[Resource]) -> list[str]:
    """Give the Pulumi names of what resources register: their addresses, and the secrets they use."""
    secrets = [
        one.body for resource in resources for one in placeholders_in(resource) if one.kind == "secret"
    ]
    return [*(resource.address for resource in resources), *dict.fromkeys(secrets)]
