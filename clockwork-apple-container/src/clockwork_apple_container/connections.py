"""How Apple's containers share a network."""

from __future__ import annotations

from clockwork.connections import Network, add_to_list
from clockwork.errors import LoadError
from clockwork.resources.base import Resource
from clockwork_apple_container.resource import AppleContainerResource, AppleNetwork


def join_network(resource: AppleContainerResource, connection: Network) -> list[Resource]:
    """Put a container and those it needs into a network of their own.

    Args:
        resource: The container that is connected.
        connection: The network's name, and the others.

    Returns:
        The network.

    Raises:
        LoadError: One of the others is no container of Apple's.
    """
    for member in (resource, *connection.others):
        if not isinstance(member, AppleContainerResource):
            raise LoadError(
                f"a {type(member).__name__} cannot be in a network of Apple's containers",
                address=resource.address,
            )
        add_to_list(member, "networks", connection.made("name"))
    return [AppleNetwork(name=connection.name)]
