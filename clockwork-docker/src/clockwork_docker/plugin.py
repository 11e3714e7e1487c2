"""What this plugin adds to Clockwork; light to import."""

from __future__ import annotations

import os
from collections.abc import Iterable, Mapping, Sequence
from typing import TYPE_CHECKING, Any

from clockwork.hookspecs import hookimpl

if TYPE_CHECKING:
    from clockwork.assertions import Assertion
    from clockwork.connections import Connection
    from clockwork.containers.readiness import Container
    from clockwork.hook_types import (
        Check,
        CompletionContext,
        GuardRule,
        HealthCheck,
        Pin,
        PromptPart,
        Refusal,
    )
    from clockwork.providers.embedded import EmbeddedResource
    from clockwork.resources.base import Resource


@hookimpl
def clockwork_resource_types() -> Iterable[type[Resource]]:
    """Give containers, networks, volumes and images."""
    from clockwork_docker.resource import DockerImage, DockerNetwork, DockerResource, DockerVolume

    yield from (DockerResource, DockerNetwork, DockerVolume, DockerImage)


@hookimpl
def clockwork_providers() -> Iterable[type[EmbeddedResource]]:
    """Give the providers of the types of ``pulumi_docker`` that are served, and what runs SQL."""
    from clockwork_docker.provider import Container, Network, RemoteImage, Sql, Volume

    yield from (Container, Network, Volume, RemoteImage, Sql)


@hookimpl
def clockwork_assertions(resource: Resource) -> Iterable[Assertion]:
    """Check that a container runs, is healthy, and answers at its ports."""
    from clockwork_docker.resource import DockerResource

    if isinstance(resource, DockerResource):
        from clockwork_docker.assertions import container_assertions

        yield from container_assertions(resource)


@hookimpl
def clockwork_container(resource: Resource) -> Container | None:
    """Give a view of the real container, for assertions and their failures."""
    from clockwork_docker.resource import DockerResource

    if not isinstance(resource, DockerResource):
        return None
    from clockwork_docker.view import ContainerView

    return ContainerView(resource.name or resource.address)


@hookimpl
def clockwork_completion_prompt(resource: Resource, context: CompletionContext) -> Iterable[PromptPart]:
    """Say which ports are taken, and on what architecture images run."""
    from clockwork_docker.resource import DockerResource

    if isinstance(resource, DockerResource):
        from clockwork.containers.circumstances import container_circumstances

        # The SDK, which knows more of where the engine is, is not imported for a hint.
        is_here = os.environ.get("DOCKER_HOST", "unix:").startswith(("unix:", "npipe:"))
        yield from container_circumstances(resource, context, runs_here=is_here)


@hookimpl
def clockwork_check_completion(
    resource: Resource, values: Mapping[str, Any], context: CompletionContext
) -> Iterable[Refusal]:
    """Keep what a model chose harmless, and possible on this machine."""
    from clockwork_docker.resource import DockerImage, DockerResource

    if isinstance(resource, (DockerResource, DockerImage)):
        from clockwork_docker.guard import refusals

        yield from refusals(resource, values, context)


@hookimpl
def clockwork_verify_completion(
    resource: Resource, values: Mapping[str, Any], context: CompletionContext
) -> Iterable[Check]:
    """Find out whether images exist and ports are free."""
    from clockwork_docker.resource import DockerImage, DockerResource

    if isinstance(resource, (DockerResource, DockerImage)):
        from clockwork_docker.guard import checks

        yield from checks(resource, values, context)


@hookimpl
def clockwork_guard_rules() -> Iterable[GuardRule]:
    """Name the rule about rights over the host."""
    from clockwork_docker.guard import RULES

    yield from RULES


@hookimpl
def clockwork_connect(resource: Resource, connection: Connection) -> list[Resource] | None:
    """Make the network that containers share, and what runs SQL in them."""
    from clockwork.connections import Database, Network
    from clockwork_docker.resource import DockerNetwork, DockerResource, DockerSql

    if isinstance(connection, Database) and isinstance(connection.other, DockerResource):
        return connection.prepared(resource, by=DockerSql)
    if not isinstance(resource, DockerResource) or not isinstance(connection, Network):
        return None
    return connection.shared(resource, among=DockerResource, network=DockerNetwork(name=connection.name))


@hookimpl
def clockwork_pins(resource: Resource, resources: Sequence[Resource]) -> Iterable[Pin]:
    """Fix the tags of images that come from a registry."""
    from clockwork_docker.resource import DockerImage, DockerResource

    if isinstance(resource, (DockerResource, DockerImage)) and resource.build is None:
        from clockwork_docker.pins import image_pins

        yield from image_pins(resource, resources)


@hookimpl
def clockwork_health_checks() -> Iterable[HealthCheck]:
    """Say whether a Docker engine answers."""
    from clockwork.hook_types import HealthCheck
    from clockwork_docker.health import docker_health

    yield HealthCheck("docker", docker_health)
