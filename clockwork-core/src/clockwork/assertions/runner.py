"""Runs the assertions of completed resources, all at once."""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import Callable, Iterable, Sequence
from typing import TYPE_CHECKING

from clockwork.assertions.base import Seen, Subject
from clockwork.assertions.choice import Check, Checks, checks_of
from clockwork.assertions.polling import Outcome, poll
from clockwork.assertions.threads import in_thread
from clockwork.errors import ClockworkError
from clockwork.hook_types import Event
from clockwork.results import AssertionResult

if TYPE_CHECKING:
    from clockwork.plugins.info import Failure
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
        The results, by resource and then by name. An assertion that raises has failed, with what it
        raised; and a plugin that fails to give its assertions for a resource is a failed one.

    Raises:
        LoadError: Two assertions of a resource have one name.
    """
    return await run_checks([checks_of(resource, plugins) for resource in resources], plugins, observe)


async def run_checks(
    checks: Sequence[Checks], plugins: PluginManager, observe: Observe
) -> list[AssertionResult]:
    """Run chosen assertions, all at once.

    Args:
        checks: Those to run.
        plugins: Asked for what they look at.
        observe: Told of each one that starts, waits and ends.
    """
    run = _Run(plugins, observe)
    unprepared = await in_thread(lambda: [_prepared(one, plugins) for one in checks])
    found = await asyncio.gather(*(run.of(*one) for one in zip(checks, unprepared, strict=True)))
    return [result for of_resource in found for result in of_resource]


class _Run:
    """Assertions that share a number of looks at the same moment."""

    def __init__(self, plugins: PluginManager, observe: Observe) -> None:
        self._plugins = plugins
        self._observe = observe
        self._slots = asyncio.Semaphore(AT_ONCE)

    async def of(self, checks: Checks, unprepared: Sequence[Seen | None]) -> list[AssertionResult]:
        subject = Subject(checks.resource, self._plugins)
        outcomes = await asyncio.gather(
            *(self._outcome(*one, subject) for one in zip(checks.checks, unprepared, strict=True))
        )
        log = () if all(one.seen.passed for one in outcomes) else await _last_log_lines(subject)
        unknown = [self._unknown(checks.resource, problem) for problem in checks.problems]
        return unknown + [
            AssertionResult(
                checks.resource.address,
                check.assertion.name,
                outcome.seen.passed,
                outcome.said,
                seconds=outcome.seconds,
                tries=outcome.tries,
                log=() if outcome.seen.passed else log,
            )
            for check, outcome in zip(checks.checks, outcomes, strict=True)
        ]

    async def _outcome(self, check: Check, unprepared: Seen | None, subject: Subject) -> Outcome:
        address, assertion = subject.resource.address, check.assertion
        self._tell("assertion.start", address, assertion.name)
        outcome = await poll(
            lambda: _seen(check, unprepared, subject),
            seconds=assertion.timeout_seconds,
            longest_try=assertion.longest_try,
            slots=self._slots,
            waiting=lambda seen: self._tell("assertion.waiting", address, assertion.name, seen=seen.what),
        )
        self._ended(address, assertion.name, outcome.seen)
        return outcome

    def _unknown(self, resource: Resource, problem: Failure) -> AssertionResult:
        """What cannot be checked counts as failed: nobody may take it for checked."""
        name = f"assertions of {problem.origin.name}"
        self._ended(resource.address, name, Seen(False, problem.message))
        return AssertionResult(resource.address, name, passed=False, message=problem.message)

    def _ended(self, address: str, name: str, seen: Seen) -> None:
        self._tell("assertion.done", address, name, passed=seen.passed, seen=seen.what)

    def _tell(self, kind: str, address: str, name: str, **data: object) -> None:
        self._observe(Event(kind, address, {"name": name, **data}))


def _prepared(checks: Checks, plugins: PluginManager) -> list[Seen | None]:
    """Import what the checks of a resource need, before any time begins; give what stands in the way."""
    with contextlib.suppress(Exception, SystemExit):  # told by the check that looks at the container
        Subject(checks.resource, plugins).container()
    return [_in_the_way(check) for check in checks.checks]


def _in_the_way(check: Check) -> Seen | None:
    """Prepare an assertion; give what stands in the way, if something does."""
    try:
        check.assertion.prepare()
    except ClockworkError as error:
        return Seen(False, error.message, final=True)
    except (Exception, SystemExit) as error:  # noqa: BLE001 a check that raises has not passed, and says how
        return Seen(False, _raised(check, error), final=True)
    return None


async def _seen(check: Check, unprepared: Seen | None, subject: Subject) -> Seen:
    if unprepared is not None:
        return unprepared
    try:
        seen = await check.assertion.check(subject)
    except ClockworkError as error:
        return Seen(False, error.message)
    except (Exception, SystemExit) as error:  # noqa: BLE001 a check that raises has not passed, and says how
        return Seen(False, _raised(check, error))
    if not isinstance(seen, Seen):
        return Seen(False, f"{_by(check)}the check returned {type(seen).__name__}, not Seen", final=True)
    return seen


def _raised(check: Check, error: BaseException) -> str:
    return f"{_by(check)}the check raised {type(error).__name__}: {error}"


def _by(check: Check) -> str:
    return "" if check.origin is None else f"plugin {check.origin}: "


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
    except (Exception, SystemExit) as error:  # noqa: BLE001 told in place of the log; the failure itself is told anyway
        return (f"(its log cannot be read: {type(error).__name__}: {error})",)
