"""Runs the assertions of completed resources, all at once."""

from __future__ import annotations

import asyncio
import inspect
from collections.abc import Callable
from typing import TYPE_CHECKING

from clockwork.errors import ClockworkError, PluginError
from clockwork.hook_types import Assertion, Event
from clockwork.results import AssertionResult

if TYPE_CHECKING:
    from clockwork.plugins.manager import PluginManager
    from clockwork.resources.base import Resource


async def run_assertions(
    resources: list[Resource], plugins: PluginManager, observe: Callable[[Event], None]
) -> list[AssertionResult]:
    """Run every assertion that plugins give for the resources.

    Args:
        resources: Completed resources.
        plugins: Asked for each resource's assertions.
        observe: Told of each one that ended.

    Returns:
        The results, by resource and then by name. One that raises has failed, with what it raised.
    """

    async def run(address: str, assertion: Assertion) -> AssertionResult:
        wrong = await _what_is_wrong(assertion)
        result = AssertionResult(address, assertion.name, wrong is None, wrong or "")
        observe(Event("assertion.done", address, {"name": assertion.name, "passed": result.passed}))
        return result

    return await asyncio.gather(
        *(
            run(resource.address, assertion)
            for resource in resources
            for assertion in plugins.results("clockwork_assertions", resource=resource)
        )
    )


async def _what_is_wrong(assertion: Assertion) -> str | None:
    try:
        if inspect.iscoroutinefunction(assertion.check):
            found = await assertion.check()
        else:
            found = await asyncio.to_thread(assertion.check)
            if inspect.isawaitable(found):
                found = await found
    except ClockworkError as error:
        return str(error)
    except Exception as error:  # noqa: BLE001 a check that raises has failed, and says how
        return f"the check raised {type(error).__name__}: {error}"
    if found is not None and not isinstance(found, str):
        raise PluginError(
            f"the assertion {assertion.name!r} returned {type(found).__name__}, not text or None"
        )
    return found
