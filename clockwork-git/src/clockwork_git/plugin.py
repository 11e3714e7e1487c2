"""What this plugin adds to Clockwork; light to import."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import TYPE_CHECKING, Any

from clockwork.hookspecs import hookimpl

if TYPE_CHECKING:
    from clockwork.assertions import Assertion
    from clockwork.hook_types import Check, CompletionContext, GuardRule, HealthCheck, Refusal
    from clockwork.providers.embedded import EmbeddedResource
    from clockwork.resources.base import Resource


@hookimpl
def clockwork_resource_types() -> Iterable[type[Resource]]:
    """Give :class:`~clockwork_git.resource.GitRepoResource`."""
    from clockwork_git.resource import GitRepoResource

    yield GitRepoResource


@hookimpl
def clockwork_providers() -> Iterable[type[EmbeddedResource]]:
    """Give the provider that clones repositories."""
    from clockwork_git.provider import Repository

    yield Repository


@hookimpl
def clockwork_assertions(resource: Resource) -> Iterable[Assertion]:
    """Check that a checkout exists, is where it should be, and is clean."""
    from clockwork_git.resource import GitRepoResource

    if isinstance(resource, GitRepoResource):
        from clockwork_git.assertions import checkout_assertions

        yield from checkout_assertions(resource)


@hookimpl
def clockwork_check_completion(
    resource: Resource, values: Mapping[str, Any], context: CompletionContext
) -> Iterable[Refusal]:
    """Keep what a model chose inside the project, and only repositories that exist."""
    from clockwork_git.resource import GitRepoResource

    if isinstance(resource, GitRepoResource):
        from clockwork_git.guard import refusals

        yield from refusals(resource, values, context)


@hookimpl
def clockwork_verify_completion(
    resource: Resource, values: Mapping[str, Any], context: CompletionContext
) -> Iterable[Check]:
    """Find out whether the repository that a model chose is there."""
    from clockwork_git.resource import GitRepoResource

    if isinstance(resource, GitRepoResource):
        from clockwork_git.guard import checks

        yield from checks(resource, values, context)


@hookimpl
def clockwork_guard_rules() -> Iterable[GuardRule]:
    """Name the rule about repositories."""
    from clockwork_git.guard import RULES

    yield from RULES


@hookimpl
def clockwork_health_checks() -> Iterable[HealthCheck]:
    """Say which git there is."""
    from clockwork.hook_types import HealthCheck
    from clockwork_git.health import git_health

    yield HealthCheck("git", git_health)
