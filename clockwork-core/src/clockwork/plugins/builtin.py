"""Core's own behaviour, as a plugin like any other; it is asked last."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

from clockwork.hookspecs import hookimpl

if TYPE_CHECKING:
    from clockwork.assertions.base import Assertion
    from clockwork.connections import Connection
    from clockwork.hook_types import (
        CompletionContext,
        FoundResource,
        GuardRule,
        HealthCheck,
        LoadedFile,
        ModelBackend,
        PromptPart,
        Refusal,
    )
    from clockwork.providers.embedded import EmbeddedResource
    from clockwork.resources.base import Resource


@hookimpl(trylast=True)
def clockwork_load_file(path: Path) -> LoadedFile | None:
    """Run a Python file."""
    from clockwork.loading.python_file import load_python_file

    return load_python_file(path) if path.suffix == ".py" else None


@hookimpl
def clockwork_discover_resources(loaded: LoadedFile) -> Iterable[FoundResource]:
    """Find resources in variables, and in lists, tuples and dicts of them."""
    from clockwork.loading.discovery import discover

    return discover(loaded)


@hookimpl
def clockwork_completion_prompt(resource: Resource, context: CompletionContext) -> Iterable[PromptPart]:
    """Ask the question in core's words, and tell what the project is called."""
    from clockwork.completion.circumstances import circumstances, project_facts
    from clockwork.completion.default_prompt import completion_prompt

    yield from completion_prompt(resource, context)
    yield from circumstances("project", project_facts(resource, context))


@hookimpl
def clockwork_check_completion(
    resource: Resource, values: Mapping[str, Any], context: CompletionContext
) -> Iterable[Refusal]:
    """Hold what a model chose against the project's policy."""
    from clockwork.guard.values import check_completion

    return check_completion(resource, values, context)


@hookimpl
def clockwork_guard_rules() -> Iterable[GuardRule]:
    """Name core's own rules."""
    from clockwork.guard.rules import RULES

    return RULES


@hookimpl(trylast=True)
def clockwork_compile(resource: Resource) -> Any:
    """Ask the resource itself."""
    from clockwork.loading.blame import compiled

    return compiled(resource)


@hookimpl
def clockwork_providers() -> Iterable[type[EmbeddedResource]]:
    """Give the provider that makes secrets."""
    from clockwork.providers.generated_secret import GeneratedSecret

    yield GeneratedSecret


@hookimpl
def clockwork_assertions(resource: Resource) -> Iterable[Assertion]:
    """Check that nothing was left out."""
    from clockwork.assertions.defaults import default_assertions

    return default_assertions(resource)


@hookimpl(trylast=True)
def clockwork_connect(resource: Resource, connection: Connection) -> list[Resource]:
    """Ask the connection itself."""
    return list(connection.join(resource))


@hookimpl
def clockwork_model_backends() -> Iterable[ModelBackend]:
    """Reach any endpoint that speaks OpenAI's protocol."""
    from clockwork.completion.default_backend import model_backends

    return model_backends()


@hookimpl
def clockwork_health_checks() -> Iterable[HealthCheck]:
    """Say whether the engine is there."""
    from clockwork.hook_types import HealthCheck
    from clockwork.plugins.health import engine_health

    yield HealthCheck("engine", engine_health)
