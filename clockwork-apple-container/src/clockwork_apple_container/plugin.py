"""What this plugin adds to Clockwork; light to import."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import TYPE_CHECKING, Any

from clockwork.hookspecs import hookimpl

if TYPE_CHECKING:
    from clockwork.assertions import Assertion
    from clockwork.connections import Connection
    from clockwork.containers.readiness import Container
    from clockwork.hook_types import Check, CompletionContext, HealthCheck, PromptPart, Refusal
    from clockwork.providers.embedded import EmbeddedResource
    from clockwork.resources.base import Resource


@hookimpl
def clockwork_resource_types() -> Iterable[type[Resource]]:
    """Give containers, networks and volumes."""
    from clockwork_apple_container.resource import AppleContainerResource, AppleNetwork, AppleVolume

    yield from (AppleContainerResource, AppleNetwork, AppleVolume)


@hookimpl
def clockwork_providers() -> Iterable[type[EmbeddedResource]]:
    """Give the providers that drive Apple's ``container`` program."""
    from clockwork_apple_container.provider import Container, Network, Sql, Volume

    yield from (Container, Network, Volume, Sql)


@hookimpl
def clockwork_assertions(resource: Resource) -> Iterable[Assertion]:
    """Check that a deployed container runs and that its ports answer."""
    from clockwork_apple_container.resource import AppleContainerResource

    if isinstance(resource, AppleContainerResource):
        from clockwork_apple_container.assertions import container_assertions

        yield from container_assertions(resource)


@hookimpl
def clockwork_container(resource: Resource) -> Container | None:
    """Let core look at a container and its log."""
    from clockwork_apple_container.resource import AppleContainerResource

    if not isinstance(resource, AppleContainerResource) or resource.name is None:
        return None
    from clockwork_apple_container.view import AppleContainer

    return AppleContainer(resource.name)


@hookimpl
def clockwork_connect(resource: Resource, connection: Connection) -> list[Resource] | None:
    """Make the network that containers are to share, and what runs SQL in them."""
    from clockwork.connections import Database, Network
    from clockwork_apple_container.resource import AppleContainerResource, AppleNetwork, AppleSql

    if isinstance(connection, Database) and isinstance(connection.other, AppleContainerResource):
        return connection.prepared(resource, by=AppleSql)
    if not isinstance(resource, AppleContainerResource) or not isinstance(connection, Network):
        return None
    network = AppleNetwork(name=connection.name)
    return connection.shared(resource, among=AppleContainerResource, network=network)


@hookimpl
def clockwork_completion_prompt(resource: Resource, context: CompletionContext) -> Iterable[PromptPart]:
    """Say which ports are taken, and on what architecture images run."""
    from clockwork_apple_container.resource import AppleContainerResource

    if isinstance(resource, AppleContainerResource):
        from clockwork.containers.circumstances import container_circumstances

        yield from container_circumstances(resource, context)


@hookimpl
def clockwork_check_completion(
    resource: Resource, values: Mapping[str, Any], context: CompletionContext
) -> Iterable[Refusal]:
    """Keep what a model chose inside the project, and its ports apart."""
    from clockwork_apple_container.resource import AppleContainerResource

    if isinstance(resource, AppleContainerResource):
        from clockwork_apple_container.guard import refusals

        yield from refusals(resource, values, context)


@hookimpl
def clockwork_verify_completion(
    resource: Resource, values: Mapping[str, Any], context: CompletionContext
) -> Iterable[Check]:
    """Find out whether images exist, mounted paths are there, and ports are free."""
    from clockwork_apple_container.resource import AppleContainerResource

    if isinstance(resource, AppleContainerResource):
        from clockwork_apple_container.guard import checks

        yield from checks(resource, values, context)


@hookimpl
def clockwork_health_checks() -> Iterable[HealthCheck]:
    """Check that the program is there and its service runs."""
    from clockwork.hook_types import HealthCheck
    from clockwork_apple_container.health import apple_container_health

    yield HealthCheck("apple-container", apple_container_health)
