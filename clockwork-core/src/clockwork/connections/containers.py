"""What a container needs others for: their addresses, their files, a network with them."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Optional

from pydantic import Field

from clockwork.connections.base import (
    Connection,
    add_gate,
    add_to_list,
    add_to_mapping,
    add_variable,
    address_of,
    host_of,
)
from clockwork.errors import LoadError
from clockwork.placeholders import Placeholder
from clockwork.resources.base import Resource

_CONTENT_OF = "content-of:"
_PLACES = ("file", "path")
"""The properties that say where something stands on the host; what has none is a volume, and has a name."""


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
    health: Optional[str] = Field(default=None, pattern="^/")

    def join(self, resource: Resource) -> Iterable[Resource]:
        """Write the variable, and let the resource wait for the health path."""
        address = f"{self.scheme}://{host_of(self.other)}:{self.port}{self.path}"
        add_variable(resource, self.env, address)
        if self.health is not None:
            from clockwork.assertions import ServiceReadyAssert

            scheme = "https" if self.scheme == "https" else "http"
            add_gate(
                self.other, ServiceReadyAssert(port=self.port, path=self.health, scheme=scheme, gate=True)
            )
        return ()


class File(Connection):
    """A file, a checkout, or a volume, mounted in the container.

    A file is mounted as it was when the container was made, so other content makes a new container: a label
    with the digest of the content tells it.

    Attributes:
        at: The path in the container.
        read_only: Whether the container may only read it.
    """

    at: str
    read_only: bool = True

    def join(self, resource: Resource) -> Iterable[Resource]:
        """Write the mount."""
        source = self.other.ref(next((one for one in _PLACES if hasattr(type(self.other), one)), "name"))
        add_to_list(resource, "volumes", f"{source}:{self.at}{':ro' if self.read_only else ''}")
        if hasattr(type(self.other), "digest") and hasattr(resource, "labels"):
            add_to_mapping(resource, "labels", f"{_CONTENT_OF}{self.at}", self.other.ref("digest"))
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
