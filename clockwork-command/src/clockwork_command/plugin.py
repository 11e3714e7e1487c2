"""What this plugin adds to Clockwork; light to import."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import TYPE_CHECKING, Any

from clockwork.hookspecs import hookimpl

if TYPE_CHECKING:
    from clockwork.assertions import Assertion
    from clockwork.providers.embedded import EmbeddedResource
    from clockwork.resources.base import Resource


@hookimpl
def clockwork_resource_types() -> Iterable[type[Resource]]:
    """Give commands and services."""
    from clockwork_command.resource import CommandResource, ServiceResource

    yield from (CommandResource, ServiceResource)


@hookimpl
def clockwork_providers() -> Iterable[type[EmbeddedResource]]:
    """Give the providers of the types of ``pulumi_command`` that are served."""
    from clockwork_command.provider import LocalCommand, RemoteCommand

    yield from (LocalCommand, RemoteCommand)


@hookimpl
def clockwork_commands(type_token: str, inputs: Mapping[str, Any]) -> Iterable[str]:
    """Name what the resources of ``pulumi_command`` have run."""
    if type_token.startswith("command:"):
        from clockwork_command.commands import commands_in

        yield from commands_in(inputs)


@hookimpl
def clockwork_assertions(resource: Resource) -> Iterable[Assertion]:
    """Check that a command's own check passes, and that a service is active."""
    from clockwork_command.resource import CommandResource, ServiceResource

    if isinstance(resource, (CommandResource, ServiceResource)):
        from clockwork_command.assertions import assertions_of

        yield from assertions_of(resource)
