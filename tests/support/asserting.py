"""Assertions run on a resource, in one line."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

from clockwork.assertions import Assertion
from clockwork.assertions.runner import run_assertions
from clockwork.containers.readiness import ContainerState
from clockwork.hook_types import Event
from clockwork.hookspecs import hookimpl
from clockwork.plugins.manager import PluginManager
from clockwork.resources.base import Resource
from clockwork.results import AssertionResult


class Box:
    """A container that is what a test makes it."""

    def __init__(self, *states: ContainerState, log: Sequence[str] = ()) -> None:
        self._states = list(states)
        self._log = log

    async def state(self) -> ContainerState:
        return self._states.pop(0) if len(self._states) > 1 else self._states[0]

    async def last_log_lines(self, lines: int) -> Sequence[str]:
        return self._log[-lines:]


class Boxes:
    """A plugin that knows containers by the names of resources."""

    def __init__(self, **boxes: Any) -> None:
        self._boxes = boxes

    @hookimpl
    def clockwork_container(self, resource: Resource) -> Any:
        return self._boxes.get(resource.name)


def knowing(**boxes: Any) -> PluginManager:
    """A manager whose one plugin knows these containers."""
    manager = PluginManager()
    manager.register(Boxes(**boxes), name="boxes")
    return manager


def web(*assertions: Assertion, project: Path | None = None) -> Resource:
    """A resource at the address ``web``."""
    resource = Resource(name="web", assertions=list(assertions))
    resource.place("web", project or Path.cwd())
    return resource


def result_of(
    assertion: Assertion,
    *,
    project: Path | None = None,
    plugins: PluginManager | None = None,
    observe: Callable[[Event], None] = lambda _event: None,
) -> AssertionResult:
    """Run one assertion on a resource and give how it ended."""
    results = asyncio.run(
        run_assertions([web(assertion, project=project)], plugins or PluginManager(), observe)
    )
    return next(one for one in results if one.name == assertion.name)
