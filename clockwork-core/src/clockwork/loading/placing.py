"""Giving resources their places: addresses of their own, and what their connections and secrets mean."""

from __future__ import annotations

import itertools
from collections.abc import Collection, Iterable, Iterator, Sequence
from typing import TYPE_CHECKING

from clockwork.connections import address_of
from clockwork.errors import LoadError
from clockwork.hook_types import FoundResource, LoadedFile
from clockwork.loading.discovery import outermost, with_children
from clockwork.loading.linking import link
from clockwork.placeholders import written

if TYPE_CHECKING:
    from clockwork.plugins.manager import PluginManager
    from clockwork.project import Project
    from clockwork.resources.base import Resource


def place(
    found: Sequence[FoundResource],
    loaded: LoadedFile,
    project: Project,
    plugins: PluginManager,
    beside: Sequence[Resource] = (),
) -> list[Resource]:
    """Place the resources that a file declares, and connect them.

    Args:
        found: The resources, each with the address it gets.
        loaded: What the file defines, among it its secrets.
        project: The user's file and its folder.
        plugins: Who connects them.
        beside: Resources that have their places already.

    Returns:
        The resources in their order, then those that were made to connect them.

    Raises:
        LoadError: A field names a resource or a secret that is not declared.
    """
    for one in found:
        one.resource.place(one.address, project.root)
    resources = [one.resource for one in found]
    resources += _connected(resources, project, plugins)
    link(resources, loaded, beside)
    return resources


def placed(resources: Sequence[Resource], project: Project, plugins: PluginManager) -> list[Resource]:
    """Give a place to resources that no file declares: they stand at their name, or at what they are.

    Where several would stand at one place, a number follows: ``note``, ``note[1]``. The places do not change
    when the same resources are given again in the same order.

    Args:
        resources: Resources of one project; those that have a place keep it.
        project: Whose resources they are.
        plugins: Who connects them.

    Returns:
        The resources in their order, each object once, then what belongs to them: what is in their
        groups, and what was made to connect them.

    Raises:
        LoadError: Two different resources have one address, or a field names what is not there.
    """
    unique = _each_object_once(resources)
    settled = [one for one in unique if one.is_placed]
    _check_each_place_once(settled)
    loose = [one for one in unique if not one.is_placed]
    if not loose:
        return unique
    roots = _each_object_once([outermost(one) for one in loose])
    names = _names_for(roots, {one.address for one in settled})
    found = [one for name, root in names.items() for one in with_children(name, root)]
    fresh = [one for one in found if not one.resource.is_placed]
    whole = place(fresh, LoadedFile(project.main_file, names), project, plugins, settled)
    return _each_object_once([*unique, *whole])


def _check_each_place_once(resources: Sequence[Resource]) -> None:
    first: dict[str, Resource] = {}
    for resource in resources:
        if first.setdefault(resource.address, resource) is not resource:
            raise LoadError(
                "two different resources have this address",
                address=resource.address,
                hint="Give only one of them, or make each of them anew.",
            )


def _names_for(resources: Sequence[Resource], taken: Collection[str]) -> dict[str, Resource]:
    """Name each resource so that no two share a name; one that has a place is named after it."""
    names: dict[str, Resource] = {}
    for resource in resources:
        own = resource.address
        free = (one for one in _candidates(own) if one not in names and one not in taken)
        names[own if resource.is_placed else next(free)] = resource
    return names


def _candidates(name: str) -> Iterator[str]:
    yield name
    yield from (f"{name}[{number}]" for number in itertools.count(1))


def _each_object_once(resources: Iterable[Resource]) -> list[Resource]:
    return list({id(one): one for one in resources}.values())


def _connected(resources: Sequence[Resource], project: Project, plugins: PluginManager) -> list[Resource]:
    """Connect the resources that say so; give what was made for it, at addresses of their own."""
    made: dict[str, Resource] = {}
    for resource in resources:
        for connection in resource.links.connections:
            for one in plugins.first("clockwork_connect", resource=resource, connection=connection) or ():
                one.place(address_of(connection, one.name), project.root)
                _check_same(made.setdefault(one.address, one), one, resource)
    return list(made.values())


def _check_same(first: Resource, other: Resource, resource: Resource) -> None:
    if type(first) is type(other) and [*written(first)] == [*written(other)]:
        return
    fields = [name for name, value in written(other) if getattr(first, name, None) != value]
    raise LoadError(
        f"another connection makes {first.address} in another way: its {', '.join(fields) or 'kind'} differs",
        address=resource.address,
        hint="Say the same in both, or give what they make different names.",
    )
