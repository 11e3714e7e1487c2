"""Completes resources: from the lock where it holds the answer, else by asking a model."""

from __future__ import annotations

import asyncio
import functools
from collections.abc import Callable, Collection, Mapping, Sequence
from pathlib import Path

from pydantic import ValidationError

from clockwork.completion.default_backend import is_local
from clockwork.completion.report import Failure, together
from clockwork.completion.work import Work
from clockwork.errors import ClockworkError, LockError, UsageError
from clockwork.guard.policy import Guard
from clockwork.guard.rules import FOREIGN_VALUE
from clockwork.hook_types import CompletionContext, Event
from clockwork.loading.placing import placed
from clockwork.lock import Lock
from clockwork.plugins.manager import PluginManager
from clockwork.plugins.manager import get as installed_plugins
from clockwork.project import Project
from clockwork.resources.base import Resource
from clockwork.resources.references import resolved
from clockwork.results import CompletionReport, LockedResource
from clockwork.settings import Settings


def _unobserved(event: Event) -> None:
    """Let an event pass."""


class ResourceCompleter:
    """Fills in the missing fields of resources.

    Attributes:
        report: What the last :meth:`complete` cost.
        reached: The resources as far as it got with them, also when it failed or was stopped.
        failed: Why it could not complete resources, by address.
    """

    def __init__(
        self,
        settings: Settings | None = None,
        lock: Lock | None = None,
        plugins: PluginManager | None = None,
        *,
        locked: bool = False,
        refresh: Collection[str] | None = None,
        keep: Collection[str] | None = None,
        partial: bool = False,
        observe: Callable[[Event], None] = _unobserved,
    ) -> None:
        """Prepare a completion; nothing is asked yet.

        Args:
            settings: The model, its endpoint and the limits; read from the working folder when ``None``.
            lock: The project's lock, written as soon as values were obtained; that of ``main.py`` in the
                working folder when ``None``.
            plugins: The plugins that word questions, check values and reach models; all that are
                installed when ``None``.
            locked: Refuse to ask a model: the lock must answer everything.
            refresh: Addresses to ask about again; empty for all, ``None`` for none.
            keep: Addresses whose values from before their question changed stay, as the person's own; empty
                for all, ``None`` for none.
            partial: Only some of the project's resources are completed; the lock keeps the others' values.
            observe: Told about each event.

        Raises:
            UsageError: ``locked``, ``refresh`` and ``keep`` exclude each other, or a setting is wrong.
            LockError: The lock cannot be read.
        """
        if locked + (refresh is not None) + (keep is not None) > 1:
            raise UsageError("--locked, --refresh-completions and --keep exclude each other")
        self.report = CompletionReport()
        self.reached: list[Resource] = []
        self.failed: dict[str, str] = {}
        self._project = project = Project.of(Path("main.py"))
        self._settings = settings or Settings.load(project.root)
        self._lock = lock or Lock.read(project.lock_file)
        self._plugins = plugins or installed_plugins()
        self._guard = Guard.of_project(self._plugins, self._settings.guard.allow, self._lock.path.parent)
        self._locked = locked
        self._refresh, self._keep = refresh, keep
        self._partial = partial
        self._observe = observe

    async def complete(self, resources: list[Resource], others: Sequence[Resource] = ()) -> list[Resource]:
        """Complete the resources that need it.

        Args:
            resources: All resources of the project. Those that no file declares get their places here,
                and keep them.
            others: Resources of the project that are not worked on now.

        Returns:
            The resources in the same order, completed; those that need nothing are the same objects.
            What is in their groups or connects them, and was not given, comes last.

        Raises:
            CompletionError: Fields could not be completed; a ``ModelError`` or ``GuardError``
                where that is the reason for all of them.
            LockError: The lock is not valid, or lacks answers while nothing may be asked.
            UsageError: ``refresh`` names an address that does not exist.
            LoadError: Two different resources have one address, or a field names what is not there.
        """
        self.report = CompletionReport()
        self.reached, self.failed = resources, {}
        resources = placed(resources, self._project, self._plugins)
        self._check_named(resources)
        works = {id(work.resource): work for work in self.works(resources, others)}
        done: dict[int, Resource] = {}
        try:
            failures = await self._take_held(works, done)
            if not (self._locked and failures):
                failures += await self._ask_for_rest(works, done)
            if failures:
                self.failed = {failure.address: failure.error.message for failure in failures}
                raise together(failures)
            if not self._partial:
                self._lock.keep_only([work.address for work in works.values()])
        finally:
            self.reached = [done.get(id(resource), resource) for resource in resources]
            if not self._locked:
                self._lock.write()
        return resolved(self.reached)

    def recall(self, resources: Sequence[Resource]) -> list[Resource]:
        """Give the resources as they were deployed last, as far as file and lock tell it; nothing is asked.

        Args:
            resources: Resources that are not worked on now.

        Returns:
            Those that are complete so, in their order.
        """
        return [resource for resource in self.as_held(resources) if not resource.missing_fields()]

    def held(self, resources: Sequence[Resource]) -> list[LockedResource]:
        """Tell what the lock holds for resources, and what it lacks; nothing is asked or checked.

        Args:
            resources: All resources of the project, placed at their addresses.

        Returns:
            Those that are not complete without the lock, in their order.
        """
        return [
            LockedResource(
                work.address,
                type(work.draft.resource).__name__,
                work.held_values(),
                work.asked,
                work.why_asked if work.asked else "",
            )
            for work in self.works(resources)
        ]

    def works(self, resources: Sequence[Resource], others: Sequence[Resource] = ()) -> list[Work]:
        """Find out what has to be done for each resource that is not complete by itself; nothing is asked.

        Args:
            resources: Resources, placed at their addresses.
            others: Resources of the project that are not worked on now.
        """
        declared = {one.address for one in (*resources, *others)}
        return [
            self._work(one, resources, declared)
            for one in resources
            if one.needs_completion() and one.missing_fields()
        ]

    def as_held(self, resources: Sequence[Resource]) -> list[Resource]:
        """Give the resources with the values that the lock has for them, in their order; nothing is asked."""
        return [self._remembered(resource) for resource in resources]

    def _remembered(self, resource: Resource) -> Resource:
        entry = self._lock.entry(resource.address)
        missing = resource.missing_fields()
        if entry is None or not missing:
            return resource
        held = {name: value for name, value in entry.values.items() if name in missing}
        try:
            whole = resource.completed(held, {})
        except ValidationError:
            return resource
        context = CompletionContext(resource.project, tuple(missing), (resource,))
        refusals = self._guard.refusals(whole, {name: getattr(whole, name) for name in held}, context)
        # What it is connected to may be none of the resources at hand.
        return resource if any(one.rule != FOREIGN_VALUE for one in refusals) else whole

    def _check_named(self, resources: Sequence[Resource]) -> None:
        addresses = {resource.address for resource in resources}
        for named, purpose in ((self._refresh, "to ask about again"), (self._keep, "whose values are kept")):
            unknown = sorted(set(named or ()) - addresses)
            if unknown:
                raise UsageError(
                    f"there is no resource {unknown[0]!r} {purpose}",
                    hint=f"The resources are: {', '.join(sorted(addresses))}.",
                )

    def _work(self, resource: Resource, resources: Sequence[Resource], declared: Collection[str]) -> Work:
        return Work(
            resource,
            resources,
            self._lock,
            self._plugins,
            self._guard,
            refresh=_is_meant(resource, self._refresh),
            keep=_is_meant(resource, self._keep),
            declared=declared,
        )

    async def _take_held(self, works: dict[int, Work], done: dict[int, Resource]) -> list[Failure]:
        """Use what the lock holds; complete the resources for which that is all."""
        failures = []
        for work in works.values():
            try:
                work.take_held()
            except ClockworkError as error:
                failures.append(Failure(work.address, (), error))
        failures += await self._recheck([work for work in works.values() if work.is_ready])
        wrong = {failure.address for failure in failures}
        for key, work in works.items():
            if work.address in wrong:
                continue
            self.report.from_lock += len(work.held)
            if not work.asked:
                done[key] = work.finished(None)
        return failures

    async def _recheck(self, works: Sequence[Work]) -> list[Failure]:
        """Make the checks of the lock's values that could not be made before, all at once."""
        outcomes = await asyncio.gather(
            *(work.recheck(locked=self._locked) for work in works), return_exceptions=True
        )
        failures = []
        for work, outcome in zip(works, outcomes, strict=True):
            if isinstance(outcome, ClockworkError):
                failures.append(Failure(work.address, (), outcome))
            elif isinstance(outcome, BaseException):
                raise outcome
        return failures

    async def _ask_for_rest(self, works: dict[int, Work], done: dict[int, Resource]) -> list[Failure]:
        """Ask for what the lock does not hold, about independent resources at once."""
        open_works = {key: work for key, work in works.items() if work.asked and work.is_ready}
        if not open_works:
            return []
        if self._locked:
            raise _locked_error(list(open_works.values()), self._lock)
        try:
            # The import of PydanticAI takes most of a second, so it waits until a model is needed.
            from clockwork.completion.conversation import ask
            from clockwork.completion.endpoint import Endpoint
            from clockwork.completion.model import build_model
            from clockwork.completion.tools import Toolbox

            model = build_model(self._settings, self._plugins)
            endpoint = Endpoint(
                model,
                self._settings,
                self.report,
                lambda text: self._observe(Event("completion.waiting", data={"text": text})),
            )
            toolbox = Toolbox(self._plugins, self._settings.mcp, self._lock.path.parent)
        except ClockworkError as error:
            return [self._failed(work, error) for work in open_works.values()]
        at_once = asyncio.Semaphore(_most_at_once(self._settings))

        async def complete_one(key: int, work: Work) -> Failure | None:
            async with at_once:
                self._observe(Event("completion.asking", work.address, {"fields": work.asked}))
                try:
                    await ask(work, endpoint, toolbox, functools.partial(self._tell, work))
                except ClockworkError as error:
                    return self._failed(work, error)
                finally:
                    work.keep(endpoint.model_name)
                finish(key, work)
                return None

        def finish(key: int, work: Work) -> None:
            done[key] = work.finished(endpoint.model_name)
            self._lock.write()
            self._observe(Event("completion.done", work.address, endpoint.known))

        async def complete_alike(alike: Sequence[tuple[int, Work]]) -> list[Failure]:
            (key, first), *rest = alike
            failure = await complete_one(key, first)
            if failure is not None:
                return [failure, *(self._failed(work, failure.error) for _key, work in rest)]
            failures = []
            for key, work in rest:
                if await work.takes_answers_of(first):
                    finish(key, work)
                elif failure := await complete_one(key, work):
                    failures.append(failure)
            return failures

        async with endpoint, toolbox:
            await toolbox.open(work.resource for work in open_works.values())
            outcomes = await asyncio.gather(
                *(complete_alike(alike) for alike in _alike(open_works)), return_exceptions=True
            )
        failures: list[Failure] = []
        for outcome in outcomes:
            if isinstance(outcome, BaseException):
                raise outcome
            failures += outcome
        return failures

    def _tell(self, work: Work, text: str) -> None:
        self._observe(Event("completion.progress", work.address, {"text": text}))

    def _failed(self, work: Work, error: ClockworkError) -> Failure:
        self._observe(Event("completion.failed", work.address, {"message": error.message}))
        return Failure(work.address, work.lacking, error)


def _alike(works: Mapping[int, Work]) -> list[list[tuple[int, Work]]]:
    """Put together what is asked in the same words, so that it is asked once."""
    alike: dict[tuple[str, str], list[tuple[int, Work]]] = {}
    for key, work in works.items():
        alike.setdefault((work.question.digest, repr(work.held)), []).append((key, work))
    return [*alike.values()]


def _is_meant(resource: Resource, addresses: Collection[str] | None) -> bool:
    """Tell whether a resource is among the named ones; none named means all, ``None`` nobody."""
    return addresses is not None and (not addresses or resource.address in addresses)


def _most_at_once(settings: Settings) -> int:
    """A local server queues what it cannot serve at once, and a question that waits there times out."""
    local = 2 if settings.is_inside else 4
    return settings.completion_concurrency or (
        local if settings.is_inside or is_local(settings.base_url) else 8
    )


def _locked_error(works: Sequence[Work], lock: Lock) -> LockError:
    lacking = "\n".join(f"  {work.address}: {', '.join(work.asked)} ({work.why_asked})" for work in works)
    return LockError(
        f"--locked forbids asking a model, and the lock lacks values:\n{lacking}",
        address=works[0].address if len(works) == 1 else None,
        file=lock.path,
        hint=f"Run `clockwork plan` without --locked, review {lock.path.name} and commit it.",
    )
