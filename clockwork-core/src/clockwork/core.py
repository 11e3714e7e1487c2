"""The pipeline: load, complete, compile, deploy; and assert beside it."""

from __future__ import annotations

import shutil
import time
from collections.abc import Callable, Collection, Coroutine, Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

from clockwork.errors import AssertionsFailed, Cancelled, ClockworkError, DeployError
from clockwork.hook_types import Event
from clockwork.plugins.manager import PluginManager
from clockwork.plugins.manager import get as installed_plugins
from clockwork.project import Project
from clockwork.results import FieldValue, ResourceChange, RunResult
from clockwork.settings import Settings
from clockwork.waiting import run_to_its_end

if TYPE_CHECKING:
    from clockwork.pulumi_compiler import EngineResult, PulumiCompiler
    from clockwork.resources.base import Resource


class ClockworkCore:
    """Plans, applies, asserts and destroys what a file declares.

    Every method works from synchronous code and from inside a running event loop, returns a
    :class:`~clockwork.results.RunResult`, and raises a :class:`~clockwork.errors.ClockworkError`
    whose ``result`` holds what was known and done before the failure.
    """

    def __init__(
        self,
        settings: Settings | None = None,
        *,
        plugins: PluginManager | None = None,
        observe: Callable[[Event], None] | None = None,
        confirm: Callable[[RunResult], bool] | None = None,
        locked: bool = False,
        refresh_completions: Collection[str] | None = None,
    ) -> None:
        """Prepare a pipeline.

        Args:
            settings: The settings; read from the folder of the file when ``None``.
            plugins: The loaded plugins; all that are installed when ``None``.
            observe: Told what happens, beside the plugins that observe.
            confirm: Shown the plan before anything changes; ``False`` stops the run. ``None``: no
                plan is made first, and nobody is asked.
            locked: Refuse to ask a model: every value must be in the lock.
            refresh_completions: Addresses to ask again about although the lock has their values;
                empty means all, ``None`` means none.
        """
        self.settings = settings
        self.plugins = plugins or installed_plugins()
        self._told = observe or (lambda _event: None)
        self._confirm = confirm
        self._locked = locked
        self._refresh = refresh_completions

    def plan(self, main_file: Path) -> RunResult:
        """Complete the resources and preview what would change, without deploying.

        Args:
            main_file: The file that declares the resources.

        Raises:
            ClockworkError: The file, a completion or the engine failed.
        """
        return self._run("plan", main_file, self._plan)

    def apply(self, main_file: Path, dry_run: bool = False) -> RunResult:
        """Complete the resources and deploy them.

        Args:
            main_file: The file that declares the resources.
            dry_run: Complete and validate alone; the engine is not started.

        Raises:
            ClockworkError: The file, a completion or a resource failed.
            Cancelled: The plan was not confirmed.
        """
        return self._run("apply", main_file, self._complete_only if dry_run else self._apply)

    def destroy(
        self, main_file: Path, dry_run: bool = False, *, keep_files: bool = False, force: bool = False
    ) -> RunResult:
        """Remove everything the state says was made, then Clockwork's own folder.

        Needs neither a model nor a complete or even existing ``main_file``: its folder is enough.

        Args:
            main_file: The file that declared the resources.
            dry_run: Only tell what would be removed.
            keep_files: Keep the ``.clockwork`` folder.
            force: Also delete what was edited by hand since.

        Raises:
            ClockworkError: Something could not be removed; the state keeps it.
            Cancelled: The plan was not confirmed.
        """

        async def work(
            result: RunResult, project: Project, settings: Settings, _resources: list[Resource]
        ) -> None:
            await self._destroy(
                result, project, settings, dry_run=dry_run, keep_files=keep_files, force=force
            )

        return self._run("destroy", main_file, work, loads=False)

    def assert_resources(
        self, main_file: Path, dry_run: bool = False, *, addresses: Collection[str] = ()
    ) -> RunResult:
        """Validate the deployed resources; the engine is not needed.

        Args:
            main_file: The file that declares the resources.
            dry_run: Complete alone; no assertion runs.
            addresses: The resources to validate, or what holds them; all when there is none.

        Raises:
            AssertionsFailed: At least one assertion failed.
            UsageError: There is no resource at one of the addresses.
            ClockworkError: The file or a completion failed.
        """

        async def work(
            result: RunResult, project: Project, settings: Settings, loaded: list[Resource]
        ) -> None:
            await self._assert(result, project, settings, loaded, addresses, dry_run=dry_run)

        return self._run("assert", main_file, work)

    def _run(
        self,
        command: str,
        main_file: Path,
        work: Callable[[RunResult, Project, Settings, list[Resource]], Coroutine[Any, Any, None]],
        *,
        loads: bool = True,
    ) -> RunResult:
        started = time.perf_counter()
        file = Path(main_file).expanduser().absolute()
        settings = self.settings or Settings.load(file.parent)
        project = Project.of(file, settings.project_name)
        result = RunResult(command, settings.stack)
        try:
            resources = self._loaded(result, project) if loads else []
            run_to_its_end(work(result, project, settings, resources))
        except ClockworkError as error:
            error.result = result
            raise
        finally:
            result.seconds.total = time.perf_counter() - started
        return result

    async def _plan(
        self, result: RunResult, project: Project, settings: Settings, loaded: list[Resource]
    ) -> None:
        resources = await self._completed(result, project, settings, loaded)
        await self._engine(result, resources, lambda c: c.preview(resources), project, settings)

    async def _apply(
        self, result: RunResult, project: Project, settings: Settings, loaded: list[Resource]
    ) -> None:
        resources = await self._completed(result, project, settings, loaded)
        if self._confirm is not None:
            planned = replace(result, command="plan")
            await self._engine(planned, resources, lambda c: c.preview(resources), project, settings)
            self._ask(planned)
        asked = self._confirm is not None
        await self._engine(
            result, resources, lambda c: c.apply(resources, plan_first=not asked), project, settings
        )

    async def _destroy(
        self,
        result: RunResult,
        project: Project,
        settings: Settings,
        *,
        dry_run: bool,
        keep_files: bool,
        force: bool,
    ) -> None:
        if dry_run or self._confirm is not None:
            planned = result if dry_run else replace(result)
            await self._engine(planned, [], lambda c: c.destroy(preview_only=True), project, settings)
            if dry_run:
                return
            if planned.resources:
                self._ask(planned)
        await self._engine(result, [], lambda c: c.destroy(), project, settings, force=force)
        if not keep_files:
            _remove_folder(project, settings)

    async def _complete_only(
        self, result: RunResult, project: Project, settings: Settings, loaded: list[Resource]
    ) -> None:
        resources = await self._completed(result, project, settings, loaded)
        result.resources = [_described(resource) for resource in resources]

    async def _assert(
        self,
        result: RunResult,
        project: Project,
        settings: Settings,
        loaded: list[Resource],
        addresses: Collection[str],
        *,
        dry_run: bool,
    ) -> None:
        from clockwork.assertions.runner import run_assertions
        from clockwork.assertions.selection import chosen

        chosen(loaded, addresses)
        resources = chosen(await self._completed(result, project, settings, loaded), addresses)
        result.resources = [_described(resource) for resource in resources]
        if dry_run:
            return
        result.assertions = await run_assertions(resources, self.plugins, self._observe)
        failed = [one for one in result.assertions if not one.passed]
        if failed:
            raise AssertionsFailed(
                f"{len(failed)} of {len(result.assertions)} assertions failed",
                address=failed[0].address,
            )

    def _loaded(self, result: RunResult, project: Project) -> list[Resource]:
        """Load the resources, outside our event loop: the user's file may run one of its own."""
        from clockwork.loading.loader import check_claims, load_resources

        with _timed(result, "load"):
            resources = load_resources(project, self.plugins)
            check_claims(resources)
        self._observe(Event("load.done", data={"resources": len(resources)}))
        return resources

    async def _completed(
        self, result: RunResult, project: Project, settings: Settings, resources: list[Resource]
    ) -> list[Resource]:
        """Complete the resources, from the lock first."""
        from clockwork.loading.loader import check_claims
        from clockwork.lock import Lock
        from clockwork.resource_completer import ResourceCompleter

        with _timed(result, "complete"):
            completer = ResourceCompleter(
                settings,
                Lock.read(project.lock_file),
                self.plugins,
                locked=self._locked,
                refresh=self._refresh,
                observe=self._observe,
            )
            try:
                completed = await completer.complete(resources)
            finally:
                result.completion = completer.report
            check_claims(completed)
        return completed

    async def _engine(
        self,
        result: RunResult,
        resources: list[Resource],
        work: Callable[[PulumiCompiler], Coroutine[Any, Any, EngineResult]],
        project: Project,
        settings: Settings,
        *,
        force: bool = False,
    ) -> None:
        """Have the engine work and put what it says, with who decided each value, in the result."""
        with _timed(result, "engine"):
            from clockwork.pulumi_compiler import PulumiCompiler

            compiler = PulumiCompiler(
                project, settings, plugins=self.plugins, observe=self._observe, force=force
            )
            try:
                outcome = await work(compiler)
            except DeployError as error:
                if error.engine_result is not None:
                    _take(result, error.engine_result, resources)
                raise
        _take(result, outcome, resources)

    def _ask(self, planned: RunResult) -> None:
        if self._confirm is not None and not self._confirm(planned):
            raise Cancelled("stopped: the plan was not confirmed; nothing was changed")

    def _observe(self, event: Event) -> None:
        self._told(event)
        self.plugins.notify(event)


def _take(result: RunResult, outcome: EngineResult, resources: list[Resource]) -> None:
    by_address = {resource.address: resource for resource in resources}
    result.resources = [
        replace(
            change,
            values=_values(by_address[change.address]) if change.address in by_address else {},
            notes=tuple(outcome.notes.get(change.address, ())),
        )
        for change in outcome.changes
    ]
    order = {address: place for place, address in enumerate(by_address)}
    result.resources.sort(key=lambda change: order.get(change.address, len(order)))
    result.summary = outcome.summary
    result.outputs = dict(outcome.outputs)


def _described(resource: Resource) -> ResourceChange:
    from clockwork.results import Action

    return ResourceChange(resource.address, type(resource).__name__, Action.SAME, values=_values(resource))


def _values(resource: Resource) -> dict[str, FieldValue]:
    return {
        name: FieldValue(getattr(resource, name), resource.provenance(name))
        for name, info in type(resource).model_fields.items()
        if getattr(resource, name) is not None and not info.exclude
    }


def _remove_folder(project: Project, settings: Settings) -> None:
    """Remove ``.clockwork``, and the stack itself, unless other stacks still live there."""
    from clockwork.state.stack import other_stacks, remove_local_stack

    if other_stacks(project, settings.stack):
        remove_local_stack(project, settings.stack)
    elif project.folder.exists():
        shutil.rmtree(project.folder)


@contextmanager
def _timed(result: RunResult, stage: str) -> Iterator[None]:
    started = time.perf_counter()
    try:
        yield
    finally:
        spent = getattr(result.seconds, stage) + time.perf_counter() - started
        setattr(result.seconds, stage, spent)
