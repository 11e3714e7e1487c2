"""Finding resources in what a file defines, with their addresses."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator
from typing import Any

from clockwork.errors import LoadError
from clockwork.hook_types import FoundResource, LoadedFile
from clockwork.resources.base import Resource
from clockwork.resources.group import Group


def discover(loaded: LoadedFile) -> Iterator[FoundResource]:
    """Find the resources in a file's variables, and in lists, tuples and dicts of them.

    What is in a group stands at the group's address, whatever other names it has.

    Names that start with an underscore are left out: what they hold counts only where another
    name leads to it.

    Args:
        loaded: The file's names and values, in order of definition.

    Raises:
        LoadError: A dict that holds resources has a key that cannot be written in an address.
    """
    for name, value in loaded.names.items():
        if not name.startswith("_"):
            yield from _inside(name, value, frozenset())


def _inside(address: str, value: Any, around: frozenset[int]) -> Iterator[FoundResource]:
    if isinstance(value, Resource) and value.links.group is not None:
        root = outermost(value)
        yield from with_children(root.name, root)
    elif isinstance(value, Resource):
        yield from with_children(address, value)
    elif isinstance(value, (list, tuple, dict)) and id(value) not in around:
        for key, item in _items(value):
            for found in _inside("", item, around | {id(value)}):
                yield FoundResource(f"{address}[{_written(address, key)}]{found.address}", found.resource)


def with_children(address: str, resource: Resource) -> Iterator[FoundResource]:
    """Give a resource at its address, and what is in it when it is a group.

    Args:
        address: Where it stands.
        resource: The resource.
    """
    yield FoundResource(address, resource)
    if isinstance(resource, Group):
        for key, child in resource.children.items():
            step = f".{key}" if key.isidentifier() else f"[{_written(address, key)}]"
            for found in with_children("", child):
                yield FoundResource(f"{address}{step}{found.address}", found.resource)


def outermost(resource: Resource) -> Resource:
    """Give the group around all groups that a resource is in; the resource itself when it is in none.

    Args:
        resource: The resource.
    """
    return resource if resource.links.group is None else outermost(resource.links.group)


def _items(container: list[Any] | tuple[Any, ...] | dict[Any, Any]) -> Iterable[tuple[Any, Any]]:
    return container.items() if isinstance(container, dict) else enumerate(container)


def _written(address: str, key: object) -> str:
    if isinstance(key, (str, int)):
        return json.dumps(key, ensure_ascii=False)
    raise LoadError(
        f"its key {key!r} cannot stand in an address",
        address=address or None,
        hint="Use text or whole numbers as the keys of a dict that holds resources.",
    )
