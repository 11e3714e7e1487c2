"""One run on one file, to its end: what was prepared is planned, deployed, removed or verified."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Iterable
from dataclasses import asdict, dataclass, replace
from functools import cached_property
from typing import TYPE_CHECKING

from clockwork.errors import AssertionsFailed, Cancelled, ClockworkError
from clockwork.logs import get_logger
from clockwork.preparation import Preparation
from clockwork.results import Action, RunResult

if TYPE_CHECKING:
    from clockwork.deploy.session import EngineResult
    from clockwork.pulumi_compiler import PulumiCompiler
    from clockwork.resources.base import Resource
    from clockwork.results import AssertionResult

_log = get_logger(__name__)


@dataclass
class Pipeline(Preparation):
    """One run on one file.

    Attributes:
        confirm: Shown the plan before anything changes; ``False`` stops the run.
        force: Allow what providers otherwise refuse.
        wait_for_all: Whether an apply waits until every resource passes its assertions.
        refresh: Whether a plan or an apply looks at the real things first.
    """

    confirm: Callable[[RunResult], bool] | None = None
    force: bool = False
    wait_for_all: bool = False
    refresh: bool = False

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

    async def plan(self) -> None:
        """Complete and pin the resources and preview what would change.

        Raises:
            ClockworkError: A completion or the engine failed.
        """
        await self.complete()
        await self.pin()
        await self._deploy(self.result, lambda compiler: compiler.preview(self._program))
        same = (one for one in self.result.resources if one.action is Action.SAME and not one.changed)
        self._settle(one.address for one in same)

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
            self._ask(planned)
            self._approve(command for change in planned.resources for command in change.unapproved)
        done = await self._deploy(
            self.result,
            lambda compiler: compiler.apply(self._program, plan_first=planned is None),
            planned,
        )
        self._settle(one.address for one in self.result.resources)
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

    def _settle(self, addresses: Iterable[str]) -> None:
        """Forget what answers stood in the lock before: these resources are as it says now."""
        self.lock.settle(addresses)
        if not self.locked:
            self.lock.write()

    @property
    def _program(self) -> list[Resource]:
        """All resources that the engine must know of, also to leave them as they are."""
        return [*self.resources, *self.others]

    def _ask(self, planned: RunResult) -> None:
        """Ask; whoever does not say yes has no stack that was made for the plan."""
        from clockwork.report import report_refused

        is_confirmed = False
        try:
            is_confirmed = self.confirm is None or self.confirm(planned)
        finally:
            if not is_confirmed:
                self.compiler.give_up()
        if not is_confirmed:
            report_refused(self.result, planned)
            raise Cancelled("stopped: the plan was not confirmed; nothing was changed")
