"""The stages of one run on one file: load, complete, deploy; and assert beside it."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Awaitable, Callable, Collection, Iterable, Iterator
from contextlib import contextmanager
from dataclasses import asdict, dataclass, field, replace
from functools import cached_property
from typing import TYPE_CHECKING, Any

from clockwork.errors import AssertionsFailed, Cancelled, ClockworkError
from clockwork.hook_types import Event
from clockwork.logs import get_logger
from clockwork.plugins.manager import PluginManager
from clockwork.project import Project
from clockwork.results import RunResult
from clockwork.settings import Settings

if TYPE_CHECKING:
    from clockwork.deploy.session import EngineResult
    from clockwork.lock import Lock
    from clockwork.pins import Pinner
    from clockwork.pulumi_compiler import PulumiCompiler
    from clockwork.resource_completer import ResourceCompleter
    from clockwork.resources.base import Resource
    from clockwork.results import AssertionResult

_log = get_logger(__name__)


@dataclass
class Pipeline:
    """One run on one file.

    Attributes:
        project: The user's file and its folder.
        settings: The stack, the model, the limits.
        plugins: The loaded plugins.
        result: What is known and done so far.
        observe: Told what happens.
        confirm: Shown the plan before anything changes; ``False`` stops the run.
        locked: Refuse to ask a model, and to look names up.
        refresh_completions: Addresses to ask again about; empty for all, ``None`` for none.
        force: Allow what providers otherwise refuse.
        targets: The addresses to work on, with what they need; empty for all.
        wait_for_all: Whether an apply waits until every resource passes its assertions.
        refresh: Whether a plan or an apply looks at the real things first.
        resources: The resources to work on, as far as they are known.
        others: The project's other resources, which stay as they are deployed.
    """

    project: Project
    settings: Settings
    plugins: PluginManager
    result: RunResult
    observe: Callable[[Event], None]
    confirm: Callable[[RunResult], bool] | None = None
    locked: bool = False
    refresh_completions: Collection[str] | None = None
    force: bool = False
    targets: Collection[str] = ()
    wait_for_all: bool = False
    refresh: bool = False
    resources: list[Resource] = field(default_factory=list)
    others: list[Resource] = field(default_factory=list)

    @cached_property
    def lock(self) -> Lock:
        """The project's lock.

        Raises:
            LockError: It cannot be read.
        """
        from clockwork.lock import Lock

        return Lock.read(self.project.lock_file)

    @cached_property
    def pinner(self) -> Pinner:
        """What fixes the meaning of names.

        Raises:
            LockError: The project's lock cannot be read.
        """
        from clockwork.pins import Pinner

        return Pinner(self.lock, self.plugins, self.observe, locked=self.locked)

    @cached_property
    def completer(self) -> ResourceCompleter:
        """What completes the resources.

        Raises:
            LockError: The project's lock cannot be read.
        """
        from clockwork.resource_completer import ResourceCompleter

        return ResourceCompleter(
            self.settings,
            self.lock,
            self.plugins,
            locked=self.locked,
            refresh=self.refresh_completions,
            partial=bool(self.targets),
            observe=self.observe,
        )

    @cached_property
    def compiler(self) -> PulumiCompiler:
        """What deploys them."""
        from clockwork.pulumi_compiler import PulumiCompiler

        return PulumiCompiler(
            self.project,
            self.settings,
            plugins=self.plugins,
            observe=self.observe,
            force=self.force,
            targets=self.targets,
            wait_for_all=self.wait_for_all,
            refresh=self.refresh,
            approved=lambda: self.lock.approved,
        )

    def load(self) -> list[Resource]:
        """Load the resources; outside our event loop, because the user's file may run one of its own.

        Raises:
            LoadError: The file cannot be loaded, or declares something impossible.
            UsageError: There is nothing at one of the targets.
        """
        from clockwork.loading.loader import check_claims, load_resources
        from clockwork.report import report_known
        from clockwork.resources.targets import with_needs

        with self._timed("load") as found:
            declared = load_resources(self.project, self.plugins)
            check_claims(declared)
            self.resources = with_needs(declared, self.targets)
            addresses = {resource.address for resource in self.resources}
            self.others = [resource for resource in declared if resource.address not in addresses]
            found["resources"] = len(self.resources)
        report_known(self.result, self.resources)
        self.observe(Event("load.done", data={"resources": len(self.resources)}))
        return self.resources

    async def complete(self) -> None:
        """Complete the resources, from the lock first.

        Raises:
            CompletionError: Fields are missing and could not be completed.
            LockError: The lock cannot be read, or does not allow what was asked.
        """
        from clockwork.loading.loader import check_claims
        from clockwork.report import report_known
        from clockwork.resources.targets import standing

        with self._timed("complete") as found:
            completer = self.completer
            try:
                self.resources = await completer.complete(self.resources)
            finally:
                self.result.completion = completer.report
                report_known(self.result, completer.reached, completer.failed)
                found.update(asdict(completer.report))
            report_known(self.result, self.resources)
            self.others = standing(completer.recall(self.others), self.resources)
            check_claims([*self.resources, *self.others])

    async def pin(self) -> None:
        """Fix what names such as images' tags mean; look up what the lock does not hold.

        Raises:
            LockError: A pin in the lock is wrong, or one is lacking while nothing may be looked up.
        """
        with self._timed("pin") as found:
            found["looked_up"] = await self.pinner.pin(
                self.resources, self.others, partial=bool(self.targets)
            )

    async def complete_only(self) -> None:
        """Complete the resources and describe the chosen ones; the engine is not needed.

        Raises:
            CompletionError: Fields are missing and could not be completed.
            LockError: The lock cannot be read, or does not allow what was asked.
        """
        from clockwork.report import described
        from clockwork.resources.targets import chosen

        await self.complete()
        self.pinner.hold(self.resources)
        self.resources = chosen(self.resources, self.targets)
        self.result.resources = [described(resource) for resource in self.resources]

    async def plan(self) -> None:
        """Complete and pin the resources and preview what would change.

        Raises:
            ClockworkError: A completion or the engine failed.
        """
        await self.complete()
        await self.pin()
        await self._deploy(self.result, lambda compiler: compiler.preview(self._program))

    async def apply(self) -> None:
        """Complete and pin the resources and deploy them, once the plan is confirmed.

        Raises:
            ClockworkError: A completion or a resource failed.
            Cancelled: The plan was not confirmed.
        """
        await self.complete()
        await self.pin()
        planned = None
        if self.confirm is not None:
            planned = replace(self.result, command="plan")
            await self._deploy(planned, lambda compiler: compiler.preview(self._program, for_apply=True))
            self._ask_or_give_up(planned)
            self._approve(command for change in planned.resources for command in change.unapproved)
        done = await self._deploy(
            self.result,
            lambda compiler: compiler.apply(self._program, plan_first=planned is None),
            planned,
        )
        if not self.targets:
            self.lock.keep_only_approved(done.used)
            self._approve(())

    async def destroy(self, *, dry_run: bool, keep_files: bool) -> None:
        """Remove what the state says was made, once that is confirmed, and Clockwork's own folder.

        Args:
            dry_run: Only tell what would be removed.
            keep_files: Keep the ``.clockwork`` folder.

        Raises:
            ClockworkError: Something could not be removed; the state keeps it.
            Cancelled: The plan was not confirmed.
        """
        planned = None
        if dry_run or self.confirm is not None:
            planned = self.result if dry_run else replace(self.result)
            await self._deploy(planned, lambda compiler: compiler.destroy(preview_only=True))
            if dry_run:
                return
            if planned.resources:
                self._ask(planned)
        await self._deploy(
            self.result, lambda compiler: compiler.destroy(plan_first=planned is None), planned
        )
        if not keep_files and not self.targets:
            from clockwork.state.local import remove_traces

            remove_traces(self.project, self.settings.stack)

    async def look(self) -> None:
        """Look at the real things and remember them as they are.

        Raises:
            ClockworkError: A thing cannot be looked at.
        """
        await self._deploy(self.result, lambda compiler: compiler.refresh())

    async def verify(self) -> None:
        """Complete the resources and run the assertions of the chosen ones; the engine is not needed.

        Raises:
            AssertionsFailed: At least one did not pass.
            ClockworkError: A completion failed.
        """
        from clockwork.assertions.later_values import fill_in

        await self.complete_only()
        fill_in(self.resources, lambda: self.compiler)
        with _log.stage("assert") as found:
            self.result.assertions = await self.run_assertions(self.resources)
            failed = [one for one in self.result.assertions if not one.passed]
            found.update(assertions=len(self.result.assertions), failed=len(failed))
        if failed:
            raise AssertionsFailed(
                f"{len(failed)} of {len(self.result.assertions)} assertions failed",
                address=failed[0].address,
            )

    async def run_assertions(self, resources: list[Resource]) -> list[AssertionResult]:
        """Run the assertions of completed resources, all at once."""
        from clockwork.assertions.runner import run_assertions

        return await run_assertions(resources, self.plugins, self.observe)

    async def _deploy(
        self,
        result: RunResult,
        work: Callable[[PulumiCompiler], Awaitable[EngineResult]],
        planned: RunResult | None = None,
    ) -> EngineResult:
        """Have the engine work and put what it says in the result, also when it fails.

        What it then did not get to is known from the plan that was confirmed, if one was.
        """
        from clockwork.report import report

        with self._timed("engine") as found:
            try:
                outcome = await work(self.compiler)
            except asyncio.CancelledError:
                if self.compiler.stopped is not None:
                    report(result, self.compiler.stopped, self.resources, planned)
                raise
            except ClockworkError as error:
                if error.engine_result is not None:
                    report(result, error.engine_result, self.resources, planned)
                    found.update(asdict(result.summary))
                raise
            found.update(asdict(outcome.summary))
        report(result, outcome, self.resources)
        return outcome

    def _approve(self, commands: Iterable[str]) -> None:
        """Keep the person's yes in the lock, for every later run; not where the lock must not change."""
        self.lock.approve(commands)
        if not self.locked:
            self.lock.write()

    @property
    def _program(self) -> list[Resource]:
        """All resources that the engine must know of, also to leave them as they are."""
        return [*self.resources, *self.others]

    def _ask(self, planned: RunResult) -> None:
        from clockwork.report import report_refused

        if self.confirm is not None and not self.confirm(planned):
            report_refused(self.result, planned)
            raise Cancelled("stopped: the plan was not confirmed; nothing was changed")

    def _ask_or_give_up(self, planned: RunResult) -> None:
        """Ask; whoever does not say yes has no stack that was made for the plan."""
        try:
            self._ask(planned)
        except BaseException:
            self.compiler.give_up()
            raise

    @contextmanager
    def _timed(self, stage: str) -> Iterator[dict[str, Any]]:
        """Note the seconds of a stage, and log it with what is found meanwhile."""
        started = time.perf_counter()
        try:
            with _log.stage(stage) as found:
                yield found
        finally:
            spent = getattr(self.result.seconds, stage) + time.perf_counter() - started
            setattr(self.result.seconds, stage, spent)
