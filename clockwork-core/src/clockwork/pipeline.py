"""The stages of one run on one file: load, complete, deploy; and assert beside it."""

from __future__ import annotations

import time
from collections.abc import Awaitable, Callable, Collection, Iterator
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
        locked: Refuse to ask a model.
        refresh_completions: Addresses to ask again about; empty for all, ``None`` for none.
        force: Allow what providers otherwise refuse.
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
    resources: list[Resource] = field(default_factory=list)

    @cached_property
    def completer(self) -> ResourceCompleter:
        """What completes the resources.

        Raises:
            LockError: The project's lock cannot be read.
        """
        from clockwork.lock import Lock
        from clockwork.resource_completer import ResourceCompleter

        return ResourceCompleter(
            self.settings,
            Lock.read(self.project.lock_file),
            self.plugins,
            locked=self.locked,
            refresh=self.refresh_completions,
            observe=self.observe,
        )

    @cached_property
    def compiler(self) -> PulumiCompiler:
        """What deploys them."""
        from clockwork.pulumi_compiler import PulumiCompiler

        return PulumiCompiler(
            self.project, self.settings, plugins=self.plugins, observe=self.observe, force=self.force
        )

    def load(self) -> list[Resource]:
        """Load the resources; outside our event loop, because the user's file may run one of its own.

        Raises:
            LoadError: The file cannot be loaded, or declares something impossible.
        """
        from clockwork.loading.loader import check_claims, load_resources

        with self._timed("load") as found:
            self.resources = load_resources(self.project, self.plugins)
            check_claims(self.resources)
            found["resources"] = len(self.resources)
        self.observe(Event("load.done", data={"resources": len(self.resources)}))
        return self.resources

    async def complete(self) -> None:
        """Complete the resources, from the lock first.

        Raises:
            CompletionError: Fields are missing and could not be completed.
            LockError: The lock cannot be read, or does not allow what was asked.
        """
        from clockwork.loading.loader import check_claims

        with self._timed("complete") as found:
            completer = self.completer
            try:
                self.resources = await completer.complete(self.resources)
            finally:
                self.result.completion = completer.report
                found.update(asdict(completer.report))
            check_claims(self.resources)

    async def complete_only(self, addresses: Collection[str] = ()) -> None:
        """Complete the resources and describe them; the engine is not needed.

        Args:
            addresses: The resources that go on from here, or what holds them; all when there is none.

        Raises:
            UsageError: There is no resource at one of the addresses; nothing was asked.
            CompletionError: Fields are missing and could not be completed.
            LockError: The lock cannot be read, or does not allow what was asked.
        """
        from clockwork.report import described
        from clockwork.selection import chosen

        chosen(self.resources, addresses)
        await self.complete()
        self.resources = chosen(self.resources, addresses)
        self.result.resources = [described(resource) for resource in self.resources]

    async def plan(self) -> None:
        """Complete the resources and preview what would change.

        Raises:
            ClockworkError: A completion or the engine failed.
        """
        await self.complete()
        await self._deploy(self.result, lambda compiler: compiler.preview(self.resources))

    async def apply(self) -> None:
        """Complete the resources and deploy them, once the plan is confirmed.

        Raises:
            ClockworkError: A completion or a resource failed.
            Cancelled: The plan was not confirmed.
        """
        await self.complete()
        planned = None
        if self.confirm is not None:
            planned = replace(self.result, command="plan")
            await self._deploy(planned, lambda compiler: compiler.preview(self.resources))
            self._ask(planned)
        await self._deploy(
            self.result,
            lambda compiler: compiler.apply(self.resources, plan_first=planned is None),
            planned,
        )

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
        if not keep_files:
            from clockwork.state.local import remove_traces

            remove_traces(self.project, self.settings.stack)

    async def verify(self, addresses: Collection[str] = ()) -> None:
        """Complete the resources and run their assertions; the engine is not needed.

        Args:
            addresses: The resources to check, or what holds them; all when there is none.

        Raises:
            AssertionsFailed: At least one did not pass.
            UsageError: There is no resource at one of the addresses.
            ClockworkError: A completion failed.
        """
        await self.complete_only(addresses)
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
    ) -> None:
        """Have the engine work and put what it says in the result, also when it fails.

        What it then did not get to is known from the plan that was confirmed, if one was.
        """
        from clockwork.report import report

        with self._timed("engine") as found:
            try:
                outcome = await work(self.compiler)
            except ClockworkError as error:
                if error.engine_result is not None:
                    report(result, error.engine_result, self.resources, planned)
                    found.update(asdict(result.summary))
                raise
            found.update(asdict(outcome.summary))
        report(result, outcome, self.resources)

    def _ask(self, planned: RunResult) -> None:
        if self.confirm is not None and not self.confirm(planned):
            raise Cancelled("stopped: the plan was not confirmed; nothing was changed")

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
