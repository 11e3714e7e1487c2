"""Ways to connect a resource to others: what each needs of the other is filled in by itself.

``web.connect(db)`` alone is order. A connection is more: it says what the other is good for::

    web.connect(Database(to=db, password=password), File(to=site, at="/www"), Network(to=db, name="shop"))

Each puts references and secrets into the resource's own fields: all that it does stands in the plan.
"""

from __future__ import annotations

from abc import abstractmethod
from collections.abc import Iterable
from typing import ClassVar, Optional
from urllib.parse import quote

from pydantic import BaseModel, ConfigDict, Field, InstanceOf

from clockwork.errors import LoadError
from clockwork.placeholders import Placeholder
from clockwork.resources.base import Resource


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


class Service(Connection):
    """The address of another container, in an environment variable.

    Attributes:
        port: The port that it listens on.
        env: The variable.
        scheme: What stands before ``://``.
        path: What stands behind the port.
        health: A path that answers with 200 when the service is ready; the resource is deployed then.
    """

    port: int = Field(ge=1, le=65535)
    env: str
    scheme: str = "http"
    path: str = ""
    health: Optional[str] = None

    def join(self, resource: Resource) -> Iterable[Resource]:
        """Write the variable, and let the resource wait for the health path."""
        address = f"{self.scheme}://{host_of(self.other)}:{self.port}{self.path}"
        add_variable(resource, self.env, address)
        if self.health is not None:
            from clockwork.assertions import HealthcheckAssert

            url = f"{self.other.ref(f'urls[{self.port}]')}{self.health}"
            self.other.assertions = [*self.other.assertions, HealthcheckAssert(url=url, gate=True)]
        return ()


class Database(Connection):
    """The address of a database with user and password, in an environment variable.

    Attributes:
        env: The variable.
        scheme: What stands before ``://``.
        user: The user.
        password: The password; a :class:`~clockwork.Secret` as a rule.
        port: The port that it listens on; the usual one of the scheme when ``None``.
        database: The database's name; the user's when ``None``.
    """

    ports: ClassVar = {"postgresql": 5432, "postgres": 5432, "mysql": 3306, "redis": 6379, "mongodb": 27017}

    env: str = "DATABASE_URL"
    scheme: str = "postgresql"
    user: str = ""
    password: str = ""
    port: Optional[int] = Field(default=None, ge=1, le=65535)
    database: Optional[str] = None

    def join(self, resource: Resource) -> Iterable[Resource]:
        """Write the variable, and let the resource wait until the database runs and is healthy."""
        from clockwork.assertions import ContainerRunningAssert

        port = self.port or self.ports.get(self.scheme)
        if port is None:
            raise LoadError(
                f"the usual port of {self.scheme} is not known",
                address=resource.address,
                hint="Write port=...",
            )
        login = quote(self.user, safe="") + (f":{self.password}" if self.password else "")
        place = f"{host_of(self.other)}:{port}/{self.database or self.user}"
        add_variable(resource, self.env, f"{self.scheme}://{login}{'@' if login else ''}{place}")
        gate = ContainerRunningAssert(name=f"ready for {resource.address}", gate=True, timeout_seconds=60)
        self.other.assertions = [*self.other.assertions, gate]
        return ()


class File(Connection):
    """A file, or a volume, mounted in the container.

    Attributes:
        at: The path in the container.
        read_only: Whether the container may only read it.
    """

    at: str
    read_only: bool = True

    def join(self, resource: Resource) -> Iterable[Resource]:
        """Write the mount."""
        source = self.other.ref("file" if hasattr(type(self.other), "file") else "name")
        add_to_list(resource, "volumes", f"{source}:{self.at}{':ro' if self.read_only else ''}")
        return ()


class Network(Connection):
    """A network that the container shares with others, in which they reach each other by their names.

    Attributes:
        name: The network's name.
    """

    name: str

    def made(self, path: str) -> str:
        """Stand for a field or an output of the network that a plugin makes.

        Args:
            path: As for :meth:`~clockwork.Resource.ref`.
        """
        return str(Placeholder("ref", f"{address_of(self, self.name)}.{path}"))

    def shared(self, resource: Resource, *, among: type[Resource], network: Resource) -> list[Resource]:
        """Put a resource and those that it needs into a network, for a plugin that can make one.

        Args:
            resource: The resource that is connected.
            among: What the plugin can put into its networks; it has a field ``networks``.
            network: The network that the plugin makes.

        Returns:
            The network, as ``clockwork_connect`` gives it.

        Raises:
            LoadError: One of the others is something else.
        """
        for member in (resource, *self.others):
            if not isinstance(member, among):
                raise LoadError(
                    f"a {type(member).__name__} cannot be in a network of {among.__name__}",
                    address=resource.address,
                    hint=f"Only a {among.__name__} can be in it.",
                )
            add_to_list(member, "networks", self.made("name"))
        return [network]

    def join(self, resource: Resource) -> Iterable[Resource]:
        """Put all of them into the network; making it is a plugin's work."""
        raise LoadError(
            f"no installed plugin makes a network for a {type(resource).__name__}",
            address=resource.address,
            hint="`clockwork plugins` lists what is installed.",
        )


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
    _check_has(resource, "env_vars")
    given = getattr(resource, "env_vars") or {}  # noqa: B009 the field is another class's
    if name not in given:
        setattr(resource, "env_vars", {**given, name: value})  # noqa: B010


def add_to_list(resource: Resource, field: str, value: str) -> None:
    """Add an item to a field that holds a list, once.

    Raises:
        LoadError: The resource has no such field.
    """
    _check_has(resource, field)
    given = getattr(resource, field) or []
    if value not in given:
        setattr(resource, field, [*given, value])


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
