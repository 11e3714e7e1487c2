"""Lets what depends on a resource wait until the resource is ready."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Container, Sequence
from dataclasses import dataclass, field
from typing import Any

import pulumi

from clockwork.assertions.readiness import gates, not_ready, wait_until_ready
from clockwork.errors import AssertionsFailed
from clockwork.hook_types import Event
from clockwork.placeholders import placeholders
from clockwork.plugins.manager import PluginManager
from clockwork.resources.base import Resource
from clockwork.resources.references import filled
from clockwork.results import AssertionResult


@dataclass
class Gate:
    """Waits for resources to pass the assertions that others wait for.

    Attributes:
        plugins: Asked for each resource's assertions and for what they look at.
        observe: Told of each assertion.
        asked: Whether the user asked to wait for every resource, not only where one says so.
        failed: The URNs of resources that could not be made; nobody waits for them.
        results: What came of the assertions so far.
    """

    plugins: PluginManager
    observe: Callable[[Event], None]
    asked: bool = False
    failed: Container[str] = ()
    results: list[AssertionResult] = field(default_factory=list)
    _is_stopped: bool = False
    _waiting: list[tuple[asyncio.AbstractEventLoop, asyncio.Future[list[AssertionResult]]]] = field(
        default_factory=list
    )

    def concerns(self, resources: Sequence[Resource]) -> set[str]:
        """Give the addresses of the resources that have to be waited for."""
        return {one.address for one in resources if gates(one, self.plugins, asked=self.asked)}

    async def passed(self, resource: Resource, made: pulumi.Resource, resolve: Callable[[Any], Any]) -> None:
        """Wait until a resource is made and ready.

        Args:
            resource: The completed resource.
            made: What was registered for it.
            resolve: Puts outputs and secrets where a text of an assertion names them.

        Raises:
            AssertionsFailed: It did not get ready in time; told with the end of its log.
        """
        if await made.urn.future() in self.failed:
            return
        subject = await _with_outputs(resource, resolve)
        found = await self._waited(subject)
        self.results += found
        if error := not_ready(resource.address, found):
            raise error

    def stop(self) -> None:
        """Wait no longer, for whatever is waited for in any thread."""
        self._is_stopped = True
        for loop, waiting in [*self._waiting]:
            loop.call_soon_threadsafe(waiting.cancel)

    async def _waited(self, subject: Resource) -> list[AssertionResult]:
        work = wait_until_ready(subject, self.plugins, self.observe, asked=self.asked)
        waiting = asyncio.ensure_future(work)
        mine = (asyncio.get_running_loop(), waiting)
        self._waiting.append(mine)
        if self._is_stopped:
            waiting.cancel()
        try:
            return await waiting
        except asyncio.CancelledError:
            if not self._is_stopped:
                raise
            raise AssertionsFailed(
                "the run was stopped before it was ready", address=subject.address
            ) from None
        finally:
            self._waiting.remove(mine)


async def _with_outputs(resource: Resource, resolve: Callable[[Any], Any]) -> Resource:
    """Give a copy whose assertions hold the outputs that they name; the same where they name none."""
    named = {str(one): resolve(str(one)) for one in placeholders(resource.assertions)}
    if not named:
        return resource
    known = {name: str(await output.future()) for name, output in named.items()}
    copied = resource.at_same_place()
    copied.__dict__["assertions"] = filled(resource.assertions, known)
    return copied
