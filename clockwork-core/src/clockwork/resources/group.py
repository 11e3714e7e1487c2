"""Resources that belong together."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any, Self

from pydantic import Field

from clockwork.errors import LoadError
from clockwork.resources.base import Resource


class Group(Resource):
    """Resources that belong together: one node in the plan, one component in the state.

    Children are found by the key they were added with, and stand at ``GROUP.KEY``::

        shop = Group("shop").add(db=DockerResource(...), web=DockerResource(...))
        shop["web"].connect(shop["db"])

    What depends on a group waits for all its children; its children wait for what it depends on.

    Attributes:
        name: What the group is called.
        children: The resources in it, by key.
    """

    children: dict[str, Resource] = Field(default_factory=dict, exclude=True, repr=False)

    def __init__(self, name: str, **fields: Any) -> None:
        """Make a group.

        Args:
            name: What it is called.
            **fields: The other fields of a resource.
        """
        super().__init__(name=name, **fields)

    def add(self, *resources: Resource, **named: Resource) -> Self:
        """Add resources.

        Args:
            *resources: Resources whose key is their name, or the kind of thing they are.
            **named: Resources by key.

        Returns:
            The group itself.

        Raises:
            LoadError: A resource is in a group already, or its key is taken.
        """
        for resource in resources:
            self._put(resource.name or self._free_key(resource), resource)
        for key, resource in named.items():
            self._put(key, resource)
        return self

    def __getitem__(self, key: str) -> Resource:
        """Give a child, to read or edit it before it is deployed.

        Raises:
            LoadError: There is no such child.
        """
        if key not in self.children:
            raise LoadError(
                f"the group {self.name!r} has no {key!r}",
                hint=f"It has: {', '.join(self.children) or 'nothing yet'}.",
            )
        return self.children[key]

    def members(self) -> Iterator[Resource]:
        """The resources in the group and in the groups in it, without the groups themselves."""
        for child in self.children.values():
            if isinstance(child, Group):
                yield from child.members()
            else:
                yield child

    def to_pulumi(self) -> Any:
        """Generate the Pulumi component that its children stand under."""
        from clockwork.providers.component import Component

        return Component(self.address)

    def _put(self, key: str, resource: Resource) -> None:
        if resource.links.group is not None:
            raise LoadError(f"{key!r} is in the group {resource.links.group.name!r} already")
        if key in self.children:
            raise LoadError(f"the group {self.name!r} has a {key!r} already", hint="Add it as another key.")
        if resource is self or any(resource is one for one in _groups_around(self)):
            raise LoadError(f"the group {self.name!r} cannot be in itself")
        self.children[key] = resource
        resource.links.group = self

    def _free_key(self, resource: Resource) -> str:
        kind = re.sub(
            r"(?<=[a-z0-9])(?=[A-Z])", "_", type(resource).__name__.removesuffix("Resource")
        ).lower()
        others = (f"{kind}_{number}" for number in range(2, len(self.children) + 3))
        return next(key for key in (kind, *others) if key not in self.children)


BlankResource = Group


def _groups_around(group: Group) -> list[Resource]:
    return [around, *_groups_around(around)] if (around := group.links.group) else []
