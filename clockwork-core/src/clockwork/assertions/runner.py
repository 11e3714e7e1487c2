"""Runs the assertions of completed resources, all at once."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Iterable, Sequence
from typing import TYPE_CHECKING

from clockwork.assertions.base import Assertion, Seen, Subject, repeated_name
from clockwork.assertions.polling import Outcome, poll
from clockwork.errors import ClockworkError, LoadError, PluginError
from clockwork.hook_types import Event
from clockwork.results import AssertionResult

if TYPE_CHECKING:
    from clockwork.plugins.manager import PluginManager
    from clockwork.resources.base import Resource

AT_ONCE = 32
LOG_LINES = 20
LOG_SECONDS = 10.0
Observe = Callable[[Event], None]


async def run_assertions(
    resources: Iterable[Resource], plugins: PluginManager, observe: Observe
) -> list[AssertionResult]:
    """Run the assertions of resources until each has passed or its time is over.

    Args:
        resources: Completed resources.
        plugins: Asked for each resource's assertions and for what they look at.
        observe: Told of each one that starts, waits and ends.

    Returns:
        The results, by resource and then by name. One that raises has failed, with what it raised.

    Raises:
        LoadError: Two assertions of a resource have one name.
        PluginError: A plugin failed to give its assertions.
    """
    chosen = [(resource, assertions_of(resource, plugins)) for resource in resources]
    run = _Run(plugins, observe)
    found = await asyncio.gather(*(run.of(resource, assertions) for resource, assertions in chosen))
    return [result for of_resource in found for result in of_resource]


def assertions_of(resource: Resource, plugins: PluginManager) -> list[Assertion]:
    """Give a resource's own assertions and those of the plugins, by name.

    Args:
        resource: A completed resource.
        plugins: Asked for their assertions; the resource's own replace those of the same name.

    Raises:
        LoadError: Two of the resource's own have one name.
        PluginError: A plugin failed, gave what is no assertion, or two gave one name.
    """
    if twice := repeated_name(resource.assertions):
        raise LoadError(
            f"two of its assertions are named {twice!r}",
            address=resource.address,
            field="assertions",
            hint="Give one of them another name=.",
        )
    given = plugins.results("clockwork_assertions", resource=resource)
    for one in given:
        if not isinstance(one, Assertion):
            raise PluginError(
                f"clockwork_assertions gave {one!r}, which is no assertion", address=resource.address
            )
    by_name = {one.name: one for one in [*given, *resource.assertions]}
    return [by_name[name] for name in sorted(by_name)]


async def run_some(
    resource: Resource, assertions: Sequence[Assertion], plugins: PluginManager, observe: Observe
) -> list[AssertionResult]:
    """Run some assertions of one resource.

    Args:
        resource: The completed resource.
        assertions: Those to run.
        plugins: Asked for what they look at.
        observe: Told of each one that starts, waits and ends.
    """
    return await _Run(plugins, observe).of(resource, assertions)


class _Run:
    """Assertions that share a number of looks at the same moment."""

    def __init__(self, plugins: PluginManager, observe: Observe) -> None:
        self._plugins = plugins
        self._observe = observe
        self._slots = asyncio.Semaphore(AT_ONCE)

    async def of(self, resource: Resource, assertions: Sequence[Assertion]) -> list[AssertionResult]:
        for assertion in assertions:
            assertion.prepare()
        subject = Subject(resource, self._plugins)
        outcomes = await asyncio.gather(*(self._outcome(assertion, subject) for assertion in assertions))
        log = () if all(one.seen.passed for one in outcomes) else await _last_log_lines(subject)
        return [
            AssertionResult(
                resource.address,
                assertion.name,
                outcome.seen.passed,
                outcome.said,
                seconds=outcome.seconds,
                tries=outcome.tries,
                log=() if outcome.seen.passed else log,
            )
            for assertion, outcome in zip(assertions, outcomes, strict=True)
        ]

    async def _outcome(self, assertion: Assertion, subject: Subject) -> Outcome:
        def tell(kind: str, **data: object) -> None:
            self._observe(Event(kind, subject.resource.address, {"name": assertion.name, **data}))

        tell("assertion.start")
        outcome = await poll(
            lambda: _seen(assertion, subject),
            seconds=assertion.timeout_seconds,
            longest_try=assertion.longest_try,
            slots=self._slots,
            waiting=lambda seen: tell("assertion.waiting", seen=seen.what),
        )
        tell("assertion.done", passed=outcome.seen.passed, seen=outcome.seen.what)
        return outcome


async def _seen(assertion: Assertion, subject: Subject) -> Seen:
    try:
        return await assertion.check(subject)
    except ClockworkError as error:
        return Seen(False, error.message)
    except Exception as error:  # noqa: BLE001 a check that raises has not passed, and says how
        return Seen(False, f"the check raised {type(error).__name__}: {error}")


async def _last_log_lines(subject: Subject) -> tuple[str, ...]:
    """Read the end of the container's log; why it cannot be read is told in its place."""
    try:
        container = subject.container()
        if container is None:
            return ()
        async with asyncio.timeout(LOG_SECONDS):
            return tuple(await container.last_log_lines(LOG_LINES))
    except ClockworkError as error:
        return (f"(its log cannot be read: {error.message})",)
    except Exception as error:  # noqa: BLE001 told in place of the log; the failure itself is told anyway
        return (f"(its log cannot be read: {type(error).__name__}: {error})",)
