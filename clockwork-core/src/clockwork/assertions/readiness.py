"""Waiting until a resource is ready for those that depend on it."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from clockwork.assertions.choice import Checks, checks_of
from clockwork.assertions.runner import Observe, run_checks
from clockwork.errors import AssertionsFailed
from clockwork.results import AssertionResult

if TYPE_CHECKING:
    from clockwork.assertions.base import Assertion
    from clockwork.plugins.manager import PluginManager
    from clockwork.resources.base import Resource


async def wait_until_ready(
    resource: Resource, plugins: PluginManager, observe: Observe, *, asked: bool = True
) -> list[AssertionResult]:
    """Wait until a deployed resource passes those of its assertions that others wait for.

    May be called from any event loop, and for several resources at once.

    Args:
        resource: The completed resource, after it was made.
        plugins: Asked for its assertions and for what they look at.
        observe: Told of each one that starts, waits and ends.
        asked: Whether the user asked to wait for everything, not only where a resource says so.

    Returns:
        The results, by name; empty when nobody waits for this resource. A plugin that fails to give
        its assertions is a failed one.

    Raises:
        LoadError: Two assertions of the resource have one name.
    """
    return await run_checks([_gating(resource, plugins, asked)], plugins, observe)


def gates(resource: Resource, plugins: PluginManager, *, asked: bool) -> bool:
    """Tell whether anything about a resource has to be waited for.

    Args:
        resource: The completed resource.
        plugins: Asked for its assertions.
        asked: Whether the user asked to wait for everything, not only where a resource says so.
    """
    found = _gating(resource, plugins, asked)
    return bool(found.checks or found.problems)


def not_ready(address: str, results: Sequence[AssertionResult]) -> AssertionsFailed | None:
    """Make the error that says why a resource is not ready; ``None`` when it is.

    Args:
        address: The resource that was waited for.
        results: What :func:`wait_until_ready` returned for it.
    """
    failed = [one for one in results if not one.passed]
    if not failed:
        return None
    log = ["The last lines of its log:", *(f"  {row}" for row in failed[0].log)] if failed[0].log else []
    return AssertionsFailed("\n".join([*_told(failed), *log]), address=address)


def _told(failed: Sequence[AssertionResult]) -> list[str]:
    """Say what failed: one alone in a line, each of several in its own."""
    each = [f"{one.name} ({one.message})" for one in failed]
    if len(each) == 1:
        return [f"it is not ready: {each[0]}"]
    return [f"it is not ready, {len(each)} assertions failed:", *(f"  {text}" for text in each)]


def _gating(resource: Resource, plugins: PluginManager, asked: bool) -> Checks:
    def is_gate(assertion: Assertion) -> bool:
        return asked if assertion.gate is None else assertion.gate

    return checks_of(resource, plugins).only(is_gate)
