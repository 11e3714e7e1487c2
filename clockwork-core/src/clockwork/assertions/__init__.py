"""Checks of deployed resources, given in ``assertions=[...]`` or by a plugin.

Each class is imported when it is first used.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from clockwork.assertions.base import Assertion, Seen, Subject
    from clockwork.assertions.commands import CommandAssert
    from clockwork.assertions.containers import (
        ContainerCommandAssert,
        ContainerRunningAssert,
        LogContainsAssert,
    )
    from clockwork.assertions.databases import DatabaseReadyAssert
    from clockwork.assertions.files import FileContentMatchesAssert, FileExistsAssert
    from clockwork.assertions.http import HealthcheckAssert
    from clockwork.assertions.ports import PortAccessibleAssert
    from clockwork.assertions.predicate import PredicateAssert
    from clockwork.assertions.services import ServiceReadyAssert

__all__ = [
    "Assertion",
    "CommandAssert",
    "ContainerCommandAssert",
    "ContainerRunningAssert",
    "DatabaseReadyAssert",
    "FileContentMatchesAssert",
    "FileExistsAssert",
    "HealthcheckAssert",
    "LogContainsAssert",
    "PortAccessibleAssert",
    "PredicateAssert",
    "Seen",
    "ServiceReadyAssert",
    "Subject",
]

_HOME = {
    "Assertion": "base",
    "CommandAssert": "commands",
    "ContainerCommandAssert": "containers",
    "ContainerRunningAssert": "containers",
    "DatabaseReadyAssert": "databases",
    "FileContentMatchesAssert": "files",
    "FileExistsAssert": "files",
    "HealthcheckAssert": "http",
    "LogContainsAssert": "containers",
    "PortAccessibleAssert": "ports",
    "PredicateAssert": "predicate",
    "Seen": "base",
    "ServiceReadyAssert": "services",
    "Subject": "base",
}


def __getattr__(name: str) -> Any:
    if name not in _HOME:
        raise AttributeError(f"module 'clockwork.assertions' has no attribute {name!r}")
    value = getattr(import_module(f"clockwork.assertions.{_HOME[name]}"), name)
    globals()[name] = value
    return value


def __dir__() -> list[str]:
    return sorted({*globals(), *__all__})
