"""What this plugin adds to Clockwork; light to import."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import TYPE_CHECKING, Any

from clockwork.hookspecs import hookimpl

if TYPE_CHECKING:
    from clockwork.assertions import Assertion
    from clockwork.hook_types import Check, CompletionContext, GuardRule, PromptPart, Refusal
    from clockwork.providers.embedded import EmbeddedResource
    from clockwork.resources.base import Resource


@hookimpl
def clockwork_resource_types() -> Iterable[type[Resource]]:
    """Give :class:`~clockwork_file.resource.FileResource`."""
    from clockwork_file.resource import FileResource

    yield FileResource


@hookimpl
def clockwork_providers() -> Iterable[type[EmbeddedResource]]:
    """Give the provider that writes files."""
    from clockwork_file.provider import File

    yield File


@hookimpl
def clockwork_assertions(resource: Resource) -> Iterable[Assertion]:
    """Check that a deployed file exists with its content and mode."""
    from clockwork_file.resource import FileResource

    if isinstance(resource, FileResource):
        from clockwork_file.assertions import file_assertions

        yield from file_assertions(resource)


@hookimpl
def clockwork_completion_prompt(resource: Resource, context: CompletionContext) -> Iterable[PromptPart]:
    """Say how files are called, or which file a content goes into, and where that is."""
    from clockwork_file.resource import FileResource

    if isinstance(resource, FileResource):
        from clockwork_file.circumstances import file_circumstances
        from clockwork_file.prompt import file_prompt

        yield from file_prompt(resource, context.missing)
        yield from file_circumstances(resource, context)


@hookimpl
def clockwork_check_completion(
    resource: Resource, values: Mapping[str, Any], context: CompletionContext
) -> Iterable[Refusal]:
    """Keep what a model chose inside the project and harmless."""
    from clockwork_file.resource import FileResource

    if isinstance(resource, FileResource):
        from clockwork_file.guard import refusals

        yield from refusals(resource, values, context)


@hookimpl
def clockwork_verify_completion(
    resource: Resource, values: Mapping[str, Any], context: CompletionContext
) -> Iterable[Check]:
    """Find out whether the path that a model chose is free."""
    from clockwork_file.resource import FileResource

    if isinstance(resource, FileResource):
        from clockwork_file.guard import checks

        yield from checks(resource, values, context)


@hookimpl
def clockwork_guard_rules() -> Iterable[GuardRule]:
    """Name the rules about modes."""
    from clockwork_file.guard import RULES

    yield from RULES
