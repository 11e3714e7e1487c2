"""Completes resources: from the lock where it holds the answer, else by asking a model."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Collection, Sequence
from pathlib import Path

from clockwork.completion.remembered import remembered
from clockwork.completion.report import Failure, together
from clockwork.completion.work import Work
from clockwork.completion.workload import Workload
from clockwork.errors import ClockworkError, LockError, UsageError
from clockwork.guard.policy import Guard
from clockwork.hook_types import Event
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
        workload = self._workload(resources, others)
        done: dict[str, Resource] = {}

        def finish(work: Work, model: str | None) -> None:
            done[work.address] = work.finished(model)
            workload.know(done[work.address])
            if model is not None:
                self._lock.write()

        try:
            failures = await self._take_held(workload, finish)
            if not (self._locked and failures):
                failures += await self._ask_for_rest(workload, done, failures, finish)
            if failures:
                self.failed = {failure.address: failure.error.message for failure in failures}
                raise together(failures)
            if not self._partial:
                self._lock.keep_only([*workload.works])
        finally:
            self.reached = [done.get(resource.address, resource) for resource in resources]
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

        Raises:
            LoadError: Resources wait for each other, or for one that is not among them.
        """
        return [*self._workload(resources, others).works.values()]

    def as_held(self, resources: Sequence[Resource]) -> list[Resource]:
        """Give the resources with the values that the lock has for them, in their order; nothing is asked."""
        return [remembered(one, self._lock.entry(one.address), self._guard) for one in resources]

    def _workload(self, resources: Sequence[Resource], others: Sequence[Resource]) -> Workload:
        return Workload(
            resources,
            self._lock,
            self._plugins,
            self._guard,
            others=others,
            refresh=self._refresh,
            keep=self._keep,
        )

    def _check_named(self, resources: Sequence[Resource]) -> None:
        addresses = {resource.address for resource in resources}
        for named, purpose in ((self._refresh, "to ask about again"), (self._keep, "whose values are kept")):
            unknown = sorted(set(named or ()) - addresses)
            if unknown:
                raise UsageError(
                    f"there is no resource {unknown[0]!r} {purpose}",
                    hint=f"The resources are: {', '.join(sorted(addresses))}.",
                )

    async def _take_held(
        self, workload: Workload, finish: Callable[[Work, str | None], None]
    ) -> list[Failure]:
        """Use what the lock holds, where the question is known; complete what needs nothing else."""
        settled = [work for address, work in workload.works.items() if workload.is_settled(address)]
        outcomes = await asyncio.gather(*map(self._take, settled), return_exceptions=True)
        failures = []
        for work, outcome in zip(settled, outcomes, strict=True):
            if isinstance(outcome, ClockworkError):
                failures.append(Failure(work.address, (), outcome))
            elif isinstance(outcome, BaseException):
                raise outcome
            elif not work.asked:
                finish(work, None)
        return failures

    async def _take(self, work: Work) -> None:
        """Take the lock's values into a work, and make the checks that could not be made before."""
        work.take_held()
        await work.recheck(locked=self._locked)
        self.report.from_lock += len(work.held)

    async def _ask_for_rest(
        self,
        workload: Workload,
        done: Collection[str],
        failures: Sequence[Failure],
        finish: Callable[[Work, str | None], None],
    ) -> list[Failure]:
        """Ask for what the lock does not hold."""
        failed = {failure.address: failure for failure in failures}
        rest = [address for address in workload.works if address not in done and address not in failed]
        if not rest:
            return []
        if self._locked:
            raise _locked_error(workload, rest, self._lock)
        try:
            # The import of PydanticAI takes most of a second, so it waits until a model is needed.
            from clockwork.completion.asking import Asking

            asking = Asking(self._settings, self._plugins, self._lock.path.parent, self.report, self._observe)
        except ClockworkError as error:
            works = [workload.works[address] for address in rest]
            return [Failure(work.address, work.lacking, error) for work in works]
        return await asking.complete(workload, rest, failed, self._take, finish)


def _locked_error(workload: Workload, rest: Sequence[str], lock: Lock) -> LockError:
    works = [workload.works[address] for address in rest if workload.is_settled(address)]
    lacking = "\n".join(f"  {work.address}: {', '.join(work.asked)} ({work.why_asked})" for work in works)
    return LockError(
        f"--locked forbids asking a model, and the lock lacks values:\n{lacking}",
        address=works[0].address if len(works) == 1 else None,
        file=lock.path,
        hint=f"Run `clockwork plan` without --locked, review {lock.path.name} and commit it.",
    )
