"""What every connection is, and how one fills in fields."""

from __future__ import annotations

from abc import abstractmethod
from collections.abc import Iterable
from typing import TYPE_CHECKING

from pydantic import BaseModel, ConfigDict, InstanceOf

from clockwork.errors import LoadError
from clockwork.resources.base import Resource

if TYPE_CHECKING:
    from clockwork.assertions import Assertion


class Connection(BaseModel):
    """What a resource needs another one for; derive from it to make a kind of one's own.

    Attributes:
        to: The resource that is needed, or several.
    """

    model_config = ConfigDict(extra="forbid", frozen=True)

    to: InstanceOf[Resource] | list[InstanceOf[Resource]]

    @property
    def others(self) -> list[Resource]:
        """The resources that are needed."""
        return [self.to] if isinstance(self.to, Resource) else [*self.to]

    @property
    def other(self) -> Resource:
        """The one resource that is needed.

        Raises:
            LoadError: There is none, or more than one.
        """
        if len(self.others) != 1:
            raise LoadError(f"a {type(self).__name__} connects to one resource, not {len(self.others)}")
        return self.others[0]

    @abstractmethod
    def join(self, resource: Resource) -> Iterable[Resource]:
        """Fill in what the resource needs to reach the others.

        Called once, after the file was loaded and before anything is completed; a plugin may do it in its
        own way, by ``clockwork_connect``.

        Args:
            resource: The resource that is connected; its fields may be changed.

        Returns:
            More resources that the connection needs, such as a network.

        Raises:
            LoadError: The resource cannot be connected in this way.
        """


def host_of(resource: Resource) -> str:
    """Stand for the host by which other containers reach one: its name, unless its class says otherwise.

    Args:
        resource: The container; its class may name another field or output in ``reached_by``.
    """
    return str(resource.ref(getattr(type(resource), "reached_by", "name")))


def add_variable(resource: Resource, name: str, value: str) -> None:
    """Give a container an environment variable, unless the user wrote it himself.

    Raises:
        LoadError: The resource takes none.
    """
    add_to_mapping(resource, "env_vars", name, value)


def add_to_mapping(resource: Resource, field: str, name: str, value: str) -> None:
    """Add a name with its value to a field that holds such, unless the user wrote it himself.

    Raises:
        LoadError: The resource has no such field.
    """
    _check_has(resource, field)
    given = getattr(resource, field) or {}
    if name not in given:
        setattr(resource, field, {**given, name: value})


def add_to_list(resource: Resource, field: str, value: str) -> None:
    """Add an item to a field that holds a list, once.

    Raises:
        LoadError: The resource has no such field.
    """
    _check_has(resource, field)
    given = getattr(resource, field) or []
    if value not in given:
        setattr(resource, field, [*given, value])


def add_gate(resource: Resource, gate: Assertion) -> None:
    """Let what depends on a resource wait until it passes an assertion; one of the same name is there once.

    Args:
        resource: The resource that is waited for.
        gate: The assertion.
    """
    if gate.name not in {one.name for one in resource.assertions}:
        resource.assertions = [*resource.assertions, gate]


def address_of(connection: Connection, name: str) -> str:
    """Say where a resource stands that was made for a connection; two of one kind and name are one.

    Args:
        connection: The connection.
        name: The resource's name.
    """
    return f"{type(connection).__name__.lower()}.{name}"


def _check_has(resource: Resource, field: str) -> None:
    if field not in type(resource).model_fields:
        raise LoadError(
            f"a {type(resource).__name__} has no {field}, so it cannot be connected like this",
            address=resource.address,
        )
