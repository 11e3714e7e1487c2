"""How containers of Docker share a network."""

from __future__ import annotations

from clockwork.connections import Network, add_to_list
from clockwork.errors import LoadError
from clockwork.resources.base import Resource
from clockwork_docker.resource import DockerNetwork, DockerResource


def join_network(resource: DockerResource, connection: Network) -> list[Resource]:
    """Put a container and those it needs into a network of their own.

    Args:
        resource: The container that is connected.
        connection: The network's name, and the others.

    Returns:
        The network.

    Raises:
        LoadError: One of the others is no container of Docker.
    """
    for member in (resource, *connection.others):
        if not isinstance(member, DockerResource):
            raise LoadError(
                f"a {type(member).__name__} cannot be in a network of Docker", address=resource.address
            )
        add_to_list(member, "networks", connection.made("name"))
    return [DockerNetwork(name=connection.name)]
