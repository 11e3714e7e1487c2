"""Turns completed resources into a Pulumi program and has the engine run it."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pulumi
from pulumi import automation as auto
from pulumi.runtime import register_stack_transformation

from clockwork.deploy.changes import EventLog
from clockwork.deploy.command import EngineCommand, EngineStack
from clockwork.deploy.engine_log import keep_engine_log_quiet
from clockwork.deploy.failures import failure_of
from clockwork.deploy.order import in_order
from clockwork.deploy.run import NO_DOWNLOADS, EngineRun
from clockwork.engine.install import ensure_engine
from clockwork.errors import ClockworkError, DeployError
from clockwork.hook_types import Event
from clockwork.plugins.manager import PluginManager
from clockwork.plugins.manager import get as installed_plugins
from clockwork.project import Project
from clockwork.providers.host import ProviderHost
from clockwork.providers.registration import Program
from clockwork.providers.wire import split_urn
from clockwork.resources.base import Resource
from clockwork.results import ChangeSummary, ResourceChange
from clockwork.settings import Settings
from clockwork.state.journal import Journal
from clockwork.state.recovery import exclusive
from clockwork.state.stack import foreign_packages, open_stack


@dataclass(frozen=True)
class EngineResult:
    """What one engine run planned or did.

    Attributes:
        summary: The counts of actions.
        changes: What happens, or happened, to each resource.
        outputs: The stack's outputs; secrets are redacted.
        notes: What providers told the person, by address.
        success: Always true; a failure raises.
    """

    summary: ChangeSummary
    changes: list[ResourceChange] = field(default_factory=list)
    outputs: Mapping[str, Any] = field(default_factory=dict)
    notes: Mapping[str, Sequence[str]] = field(default_factory=dict)
    success: bool = True


class PulumiCompiler:
    """Compiles resources to a Pulumi program and applies, previews or destroys it."""

    def __init__(
        self,
        project: Project | None = None,
        settings: Settings | None = None,
        *,
        plugins: PluginManager | None = None,
        observe: Callable[[Event], None] | None = None,
        force: bool = False,
    ) -> None:
        """Prepare a compiler; the engine is not touched yet.

        Args:
            project: Whose state is used; that of ``main.py`` in the working folder when ``None``.
            settings: Stack, backend, parallelism; read from the project when ``None``.
            plugins: The loaded plugins; all that are installed when ``None``.
            observe: Told what happens.
            force: Allow what providers otherwise refuse, such as deleting an edited file.
        """
        project = project or Project.of(Path("main.py"))
        self.settings = settings or Settings.load(project.root)
        self.project = project
        self.plugins = plugins or installed_plugins()
        self.force = force
        self._observe = observe or (lambda _event: None)
        self._program = Program()
        self._error: BaseException | None = None

    def create_program(self, resources: list[Resource]) -> Callable[[], Awaitable[None]]:
        """Create a Pulumi program function from resources.

        Args:
            resources: Completed resources.

        Returns:
            The inline program; it may run more than once.
        """

        async def pulumi_program() -> None:
            self._program.registrations.clear()
            keep_engine_log_quiet()
            try:
                with self._program.running():
                    register_stack_transformation(self._program.transform)
                    compiled: dict[str, pulumi.Resource] = {}
                    for resource in in_order(resources):
                        compiled[resource.address] = self._compile(resource, compiled)
                await self._program.finish()
            except BaseException as error:
                self._error = error
                raise

        return pulumi_program

    async def apply(
        self, resources: list[Resource], project_name: str | None = None, *, plan_first: bool = True
    ) -> EngineResult:
        """Apply infrastructure changes using Pulumi.

        Args:
            resources: Completed resources.
            project_name: The Pulumi project's name; the project's own when ``None``.
            plan_first: Plan before anything is changed, so that a refused resource stops the run
                in time; pass ``False`` when a plan was just made.

        Raises:
            DeployError: A resource failed; what was done stays done and is in the state.
            StateError: The stack is in use, or cannot be opened.
            EngineError: There is no engine.
        """
        self._rename(project_name)
        return await self._run(
            lambda stack, log: stack.up(
                parallel=self.settings.parallel, on_event=log, continue_on_error=True, **_PLAIN
            ),
            resources,
            plan_first=plan_first,
        )

    async def preview(self, resources: list[Resource], project_name: str | None = None) -> EngineResult:
        """Plan the changes without making any.

        Args:
            resources: Completed resources.
            project_name: The Pulumi project's name; the project's own when ``None``.

        Raises:
            DeployError: A resource cannot be planned.
            StateError: The stack is in use, or cannot be opened.
            EngineError: There is no engine.
        """
        self._rename(project_name)
        return await self._run(
            lambda stack, log: stack.preview(parallel=self.settings.parallel, on_event=log, **_PLAIN),
            resources,
            planned=True,
        )

    async def destroy(self, *, preview_only: bool = False) -> EngineResult:
        """Remove what the state says was made; needs neither resources nor a model.

        Args:
            preview_only: Only tell what would be removed.

        Raises:
            DeployError: A resource could not be removed; it stays in the state.
            StateError: The stack is in use, or cannot be opened.
            EngineError: There is no engine.
        """
        return await self._run(
            lambda stack, log: stack.destroy(
                parallel=self.settings.parallel,
                on_event=log,
                preview_only=preview_only or None,
                color="never",
                suppress_outputs=True,
                suppress_progress=True,
            ),
            planned=preview_only,
        )

    def _rename(self, project_name: str | None) -> None:
        if project_name is not None:
            self.project = Project(self.project.main_file, project_name)

    def _compile(self, resource: Resource, compiled: Mapping[str, pulumi.Resource]) -> pulumi.Resource:
        waits_for = [compiled[other.address] for other in resource.depends_on]
        with self._program.compiling(resource.address, waits_for):
            try:
                made = self.plugins.first("clockwork_compile", resource=resource)
            except ClockworkError as error:
                error.address = error.address or resource.address
                raise
        if not isinstance(made, pulumi.Resource):
            kind = type(resource).__name__
            raise DeployError(
                f"{kind}.to_pulumi() returned {type(made).__name__}, not a Pulumi resource",
                address=resource.address,
                hint="It must return the resource that it makes.",
            )
        return made

    async def _run(
        self,
        command: Callable[[EngineStack, EventLog], object],
        resources: list[Resource] | None = None,
        *,
        planned: bool = False,
        plan_first: bool = False,
    ) -> EngineResult:
        """Run one engine command with everything it needs around it."""
        engine = ensure_engine(lambda text, part: self._tell_progress(text, part))
        journal = Journal(self.project.folder / f"journal-{self.settings.stack.replace('/', '_')}.jsonl")
        runner = EngineCommand(engine, plan_first=plan_first)
        with (
            exclusive(self.project.folder, self.settings.stack),
            ProviderHost(
                self._providers(), project=self.project.root, journal=journal, force=self.force
            ) as host,
        ):
            log = EventLog(self._observe, self._program.owners)
            program = None if resources is None else self.create_program(resources)
            stack = open_stack(
                self.project,
                self.settings,
                runner,
                self._environment(host),
                program,
                create=resources is not None,
            )
            if stack is None:
                return EngineResult(ChangeSummary())
            self._observe(Event("engine.start", data={"stack": self.settings.stack}))
            try:
                await EngineRun(runner, stack, log, lambda: command(stack, log), self._observe).finish()
            except auto.CommandError as error:
                raise self._failure(error, log, host, resources, planned) from (self._error or error)
            finally:
                self._observe(Event("engine.done"))
            if not planned:
                await self._discard_leftovers(host, log, nothing_is_left=resources is None)
                journal.clear()
            return self._result(log, host, resources, planned=planned)

    async def _discard_leftovers(self, host: ProviderHost, log: EventLog, *, nothing_is_left: bool) -> None:
        """Remove what a killed run made and neither the state nor the program knows.

        What resources share, and may still use, goes only when nothing of the stack is left.
        """
        unknown = [claim for claim in host.journal.recovered if claim.urn not in log.done]
        shared = [claim for claim in host.journal.recovered if claim.lasting] if nothing_is_left else []
        leftovers = {claim for claim in unknown if not claim.lasting}.union(shared)
        for claim in sorted(leftovers, key=lambda claim: claim.key, reverse=True):
            if split_urn(claim.urn)[0] in host.providers:
                await host.serve_call(claim.urn).discard(claim)

    def _environment(self, host: ProviderHost) -> dict[str, str]:
        """Attach the providers; keep the engine from looking for their programs on the network."""
        if foreign_packages(self.project, self.settings, host.packages) is False:
            return {**host.environment, NO_DOWNLOADS: "true"}
        return host.environment

    def _providers(self) -> list[Any]:
        found = self.plugins.results("clockwork_providers")
        if self.settings.providers == "official":
            return [kind for kind in found if kind.type_token.startswith("clockwork:")]
        return found

    def _result(
        self, log: EventLog, host: ProviderHost, resources: list[Resource] | None, *, planned: bool
    ) -> EngineResult:
        types = {resource.address: type(resource).__name__ for resource in resources or []}
        changes = log.changes(planned=planned, types=types)
        notes = {log.address_of(urn): texts for urn, texts in host.notes.items()}
        return EngineResult(ChangeSummary.of(changes), changes, log.outputs, notes)

    def _failure(
        self,
        error: auto.CommandError,
        log: EventLog,
        host: ProviderHost,
        resources: list[Resource] | None,
        planned: bool,
    ) -> ClockworkError:
        failure = failure_of(error, log, host, self._error)
        if isinstance(failure, DeployError):
            failure.engine_result = self._result(log, host, resources, planned=planned)
        return failure

    def _tell_progress(self, text: str, part: float | None) -> None:
        self._observe(Event("engine.progress", data={"text": text, "part": part}))


_PLAIN: dict[str, Any] = {"color": "never", "suppress_outputs": True, "suppress_progress": True}
