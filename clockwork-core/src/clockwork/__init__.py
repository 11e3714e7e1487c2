"""Intelligent infrastructure orchestration in Python: declare, complete, review, deploy, verify.

Everything here is imported when it is first used, so that ``import clockwork`` costs nothing.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from clockwork.assertions.base import Assertion
    from clockwork.core import ClockworkCore
    from clockwork.errors import ClockworkError
    from clockwork.hook_types import (
        Check,
        CompletionContext,
        CompletionTool,
        Event,
        FoundResource,
        GuardRule,
        Health,
        HealthCheck,
        ListedModel,
        LoadedFile,
        Meaning,
        ModelBackend,
        NotChecked,
        Pin,
        PromptPart,
        Refusal,
    )
    from clockwork.hookspecs import hookimpl
    from clockwork.hosts import SSHHost
    from clockwork.loading.stack import get_stack
    from clockwork.providers.embedded import EmbeddedResource
    from clockwork.resources.base import Resource
    from clockwork.resources.fields import completable, long_text, not_completable, optional
    from clockwork.resources.group import BlankResource, Group
    from clockwork.resources.secret import Secret
    from clockwork.settings import Settings

__all__ = [
    "Assertion",
    "BlankResource",
    "Check",
    "ClockworkCore",
    "ClockworkError",
    "CompletionContext",
    "CompletionTool",
    "EmbeddedResource",
    "Event",
    "FoundResource",
    "Group",
    "GuardRule",
    "Health",
    "HealthCheck",
    "ListedModel",
    "LoadedFile",
    "Meaning",
    "ModelBackend",
    "NotChecked",
    "Pin",
    "PromptPart",
    "Refusal",
    "Resource",
    "SSHHost",
    "Secret",
    "Settings",
    "completable",
    "get_stack",
    "hookimpl",
    "long_text",
    "not_completable",
    "optional",
]

_HOME = {
    "Assertion": "clockwork.assertions.base",
    "BlankResource": "clockwork.resources.group",
    "ClockworkCore": "clockwork.core",
    "ClockworkError": "clockwork.errors",
    "EmbeddedResource": "clockwork.providers.embedded",
    "Group": "clockwork.resources.group",
    "Resource": "clockwork.resources.base",
    "SSHHost": "clockwork.hosts",
    "Secret": "clockwork.resources.secret",
    "Settings": "clockwork.settings",
    "completable": "clockwork.resources.fields",
    "get_stack": "clockwork.loading.stack",
    "hookimpl": "clockwork.hookspecs",
    "long_text": "clockwork.resources.fields",
    "not_completable": "clockwork.resources.fields",
    "optional": "clockwork.resources.fields",
}


def __getattr__(name: str) -> Any:
    if name not in __all__:
        raise AttributeError(f"module 'clockwork' has no attribute {name!r}")
    value = getattr(import_module(_HOME.get(name, "clockwork.hook_types")), name)
    globals()[name] = value
    return value


def __dir__() -> list[str]:
    return sorted({*globals(), *__all__})
