"""Runs the assertions of completed resources, all at once."""

from __future__ import annotations

import asyncio
import inspect
from collections.abc import Callable
from typing import TYPE_CHECKING

from clockwork.errors import ClockworkError
from clockwork.hook_types import Assertion, Event
from clockwork.results import AssertionResult

if TYPE_CHECKING:
    from clockwork.plugins.info import Failure, Given
    from clockwork.plugins.manager import PluginManager
    from clockwork.resources.base import Resource

HOOK = "clockwork_assertions"


async def run_assertions(
    resources: list[Resource], plugins: PluginManager, observe: Callable[[Event], None]
) -> list[AssertionResult]:
    """Run every assertion that plugins give for the resources.

    Args:
        resources: Completed resources.
        plugins: Asked for each resource's assertions.
        observe: Told of each one that ended.

    Returns:
        The results, by resource and then by name. An assertion that raises has failed, with what it
        raised; and a plugin that fails to give its assertions for a resource is a failed one.
    """

    def ended(result: AssertionResult) -> AssertionResult:
        data = {"name": result.name, "passed": result.passed}
        observe(Event("assertion.done", result.address, data))
        return result

    async def run(resource: Resource, given: Given) -> AssertionResult:
        wrong = await _what_is_wrong(given)
        return ended(AssertionResult(resource.address, given.name, wrong is None, wrong or ""))

    async def run_all(resource: Resource) -> list[AssertionResult]:
        collected = plugins.collect(HOOK, resource=resource)
        unknown = [ended(_unknown(resource, problem)) for problem in collected.problems()]
        return unknown + await asyncio.gather(*(run(resource, given) for given in collected.usable()))

    by_resource = await asyncio.gather(*(run_all(resource) for resource in resources))
    return [result for results in by_resource for result in results]


def _unknown(resource: Resource, problem: Failure) -> AssertionResult:
    """What cannot be checked counts as failed: nobody may take it for checked."""
    return AssertionResult(
        resource.address, f"assertions of {problem.origin.name}", passed=False, message=problem.message
    )


async def _what_is_wrong(given: Given) -> str | None:
    assertion: Assertion = given.result
    try:
        if inspect.iscoroutinefunction(assertion.check):
            found = await assertion.check()
        else:
            found = await asyncio.to_thread(assertion.check)
            if inspect.isawaitable(found):
                found = await found
    except ClockworkError as error:
        return str(error)
    except (Exception, SystemExit) as error:  # noqa: BLE001 a check that raises has failed, and says how
        return f"plugin {given.origin}: the check raised {type(error).__name__}: {error}"
    if found is not None and not isinstance(found, str):
        return f"plugin {given.origin}: the check returned {type(found).__name__}, not text or None"
    return found
