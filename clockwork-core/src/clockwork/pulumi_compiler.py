"""Turns completed resources into a Pulumi program and has the engine run it."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Collection, Iterator, Sequence
from contextlib import contextmanager, suppress
from functools import partial
from pathlib import Path
from typing import Any

from pulumi import automation as auto

from clockwork.approvals import Approvals
from clockwork.deploy.changes import EventLog
from clockwork.deploy.command import EngineCommand, EngineStack
from clockwork.deploy.gate import Gate
from clockwork.deploy.handover import refuse_to_look
from clockwork.deploy.loopback import keep_loopback_direct
from clockwork.deploy.program import PulumiProgram
from clockwork.deploy.recording import killed_run, recorded
from clockwork.deploy.run import NO_DOWNLOADS, EngineRun
from clockwork.deploy.session import EngineResult, EngineSession, Kind
from clockwork.engine.install import ensure_engine
from clockwork.errors import StateError
from clockwork.hook_types import Event
from clockwork.hosts.pool import in_use
from clockwork.loading.placing import placed
from clockwork.plugins.manager import PluginManager
from clockwork.plugins.manager import get as installed_plugins
from clockwork.project import Project
from clockwork.providers.embedded import EmbeddedResource
from clockwork.providers.host import ProviderHost, package_of
from clockwork.resources.base import Resource
from clockwork.resources.targets import registered_names, with_needs
from clockwork.results import ChangeSummary
from clockwork.settings import Settings
from clockwork.state.backend import backend_url, is_local
from clockwork.state.deployed import Deployed, at, deployed
from clockwork.state.footprint import Footprint
from clockwork.state.journal import Journal
from clockwork.state.local import packages_in_state
from clockwork.state.names import file_name
from clockwork.state.record import check_not_of_another_stack
from clockwork.state.recovery import exclusive
from clockwork.state.stack import open_stack


class PulumiCompiler:
    """Compiles resources to a Pulumi program and applies, previews or destroys it.

    Attributes:
        stopped: What the last run planned or did until it was stopped, if it was.
    """

    def __init__(
        self,
        project: Project | None = None,
        settings: Settings | None = None,
        *,
        plugins: PluginManager | None = None,
        observe: Callable[[Event], None] | None = None,
        force: bool = False,
        targets: Collection[str] = (),
        wait_for_all: bool = False,
        refresh: bool = False,
        approved: Callable[[], Collection[str]] = tuple,
    ) -> None:
        """Prepare a compiler; the engine is not touched yet.

        Args:
            project: Whose state is used; that of ``main.py`` in the working folder when ``None``.
            settings: Stack, backend, parallelism; read from the project when ``None``.
            plugins: The loaded plugins; all that are installed when ``None``.
            observe: Told what happens.
            force: Allow what providers otherwise refuse, such as deleting an edited file.
            targets: The addresses to work on, with all that they need; nothing else in the stack is
                touched. Empty for the whole stack.
            wait_for_all: Whether dependents wait until every resource passes its assertions, and not
                only those whose assertions say so.
            refresh: Whether a plan or an apply looks at the real things first.
            approved: Gives the commands of a model that a person said yes to.
        """
        project = project or Project.of(Path("main.py"))
        self.settings = settings or Settings.load(project.root)
        self.project = project
        self.plugins = plugins or installed_plugins()
        self.force = force
        self.targets = targets
        self.wait_for_all = wait_for_all
        self.reads_first = refresh
        self._approved = approved
        self.stopped: EngineResult | None = None
        self._for_apply: Footprint | None = None
        self._observe = observe or (lambda _event: None)

    def create_program(self, resources: list[Resource]) -> Callable[[], Awaitable[None]]:
        """Create a Pulumi program function from resources.

        Args:
            resources: Completed resources.

        Returns:
            The inline program; it may run more than once.
        """
        return self._program(self._placed(resources), refuses=True)

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
        resources = self._placed(resources)
        return await self._run(
            lambda stack, log: stack.up(
                parallel=self.settings.parallel,
                on_event=log,
                continue_on_error=True,
                refresh=self.reads_first or None,
                target=self._urns_of(resources),
                **_PLAIN,
            ),
            resources,
            kind=Kind.APPLY,
            plan_first=plan_first,
        )

    async def preview(
        self, resources: list[Resource], project_name: str | None = None, *, for_apply: bool = False
    ) -> EngineResult:
        """Plan the changes without making any; a stack that is not there is made for the plan alone.

        Args:
            resources: Completed resources.
            project_name: The Pulumi project's name; the project's own when ``None``.
            for_apply: Whether an apply follows. Such a stack is kept for it, until :meth:`give_up`, and hosts
                that cannot be reached fail their own resources alone; a plan for its own sake fails for them.

        Raises:
            DeployError: A resource cannot be planned.
            StateError: The stack is in use, or cannot be opened.
            EngineError: There is no engine.
        """
        self._rename(project_name)
        resources = self._placed(resources)
        return await self._run(
            lambda stack, log: stack.preview(
                parallel=self.settings.parallel,
                on_event=log,
                refresh=self.reads_first or None,
                target=self._urns_of(resources),
                **_PLAIN,
            ),
            resources,
            kind=Kind.PLAN,
            for_apply=for_apply,
        )

    def give_up(self) -> None:
        """Remove the stack that the last plan made for an apply, if it made one: no apply follows.

        A stack that another run works on meanwhile is that run's.
        """
        if self._for_apply is not None:
            with suppress(StateError), exclusive(self.project.folder, self.settings.stack):
                self._for_apply.restore()
            self._for_apply = None

    async def destroy(
        self, project_name: str | None = None, *, preview_only: bool = False, plan_first: bool = True
    ) -> EngineResult:
        """Remove what the state says was made; needs neither resources nor a model.

        Args:
            project_name: The Pulumi project's name; the project's own when ``None``.
            preview_only: Only tell what would be removed.
            plan_first: Plan before anything is removed, so that a failure can tell what was not
                reached; pass ``False`` when a plan was just made.

        Raises:
            DeployError: A resource could not be removed; it stays in the state.
            StateError: The stack is in use, or cannot be opened.
            EngineError: There is no engine.
        """
        self._rename(project_name)
        return await self._run(
            lambda stack, log: stack.destroy(
                parallel=self.settings.parallel,
                on_event=log,
                preview_only=preview_only or None,
                target=self._urns_at_targets(),
                target_dependents=bool(self.targets) or None,
                **_PLAIN,
            ),
            kind=Kind.PLAN if preview_only else Kind.DESTROY,
            plan_first=plan_first,
        )

    async def refresh(self) -> EngineResult:
        """Look at the real things and remember them as they are; nothing real is changed.

        Returns:
            What is gone, and what was changed by hand.

        Raises:
            DeployError: A thing cannot be looked at.
            StateError: The stack is in use, or cannot be opened.
            EngineError: There is no engine.
        """
        return await self._run(
            lambda stack, log: stack.refresh(
                parallel=self.settings.parallel,
                on_event=log,
                target=self._urns_at_targets(),
                **_PLAIN,
            ),
            kind=Kind.REFRESH,
        )

    def deployed(self) -> list[Deployed]:
        """Tell what the stack's state holds; empty when there is no such stack.

        Raises:
            StateError: The stack cannot be opened.
            EngineError: There is no engine.
        """
        runner = EngineCommand(ensure_engine(self._tell_progress))
        stack = open_stack(self.project, self.settings, runner, {}, create=False)
        return [] if stack is None else deployed(stack)

    def _urns_of(self, resources: Sequence[Resource]) -> list[str] | None:
        """Name the chosen resources, with all that they need, to the engine."""
        return self._urns(registered_names(with_needs(resources, self.targets)))

    def _urns_at_targets(self) -> list[str] | None:
        """Name what is deployed at the targets, and inside them, to the engine."""
        return self._urns([*self.targets, *(f"{name}[*" for name in self.targets)])

    def configured(self, key: str) -> str | None:
        """Read a value of the stack's configuration; ``None`` when there is no such value.

        Args:
            key: The key.

        Raises:
            StateError: The stack cannot be opened.
            EngineError: There is no engine.
        """
        runner = EngineCommand(ensure_engine(self._tell_progress))
        stack = open_stack(self.project, self.settings, runner, {}, create=False)
        found = None if stack is None else stack.get_all_config().get(f"{self.project.name}:{key}")
        return None if found is None else found.value

    def _urns(self, names: Collection[str]) -> list[str] | None:
        """Name resources to the engine, whatever their type; ``None`` for the whole stack."""
        return [f"**::{name}" for name in names] if self.targets else None

    def _program(
        self, resources: list[Resource], gate: Gate | None = None, *, refuses: bool
    ) -> PulumiProgram:
        return PulumiProgram(
            resources,
            self.plugins,
            self.project.root,
            gate,
            approvals=Approvals(self.settings.allow_commands, self._approved()),
            refuses=refuses,
            elsewhere={kind.type_token: kind for kind in self._left_out()},
        )

    def _placed(self, resources: list[Resource]) -> list[Resource]:
        return placed(resources, self.project, self.plugins)

    def _rename(self, project_name: str | None) -> None:
        if project_name is not None:
            self.project = Project(self.project.main_file, project_name, is_named=True)

    async def _run(
        self,
        command: Callable[[EngineStack, EventLog], object],
        resources: list[Resource] | None = None,
        *,
        kind: Kind,
        plan_first: bool = False,
        for_apply: bool = False,
    ) -> EngineResult:
        """Run one engine command with everything it needs around it."""
        self.stopped = None
        footprint = Footprint(self.project, self.settings)
        self._for_apply = footprint if for_apply else None
        keep_loopback_direct()
        runner = EngineCommand(ensure_engine(self._tell_progress), plan_first=plan_first)
        stays = for_apply or kind.changes_things
        with in_use(), self._exclusive_host() as host, footprint.left(stays):
            self._tell_killed(kind)
            log = EventLog(self._observe, kept=host.kept)
            host.progress = partial(self._tell_resource_progress, log)
            gate = Gate(self.plugins, self._observe, self.wait_for_all, log.failed)
            program = None
            if resources is not None:
                program = self._program(resources, gate, refuses=kind is not Kind.PLAN)
                log.owners = program.owners
            session = EngineSession(host, log, resources or (), program, kind, self.targets, gate)
            check_not_of_another_stack(self.project, self.settings.stack, session.resources)
            stack = footprint.stack = open_stack(
                self.project,
                self.settings,
                runner,
                self._environment(host),
                program,
                create=program is not None,
            )
            if stack is None:
                return EngineResult(ChangeSummary())
            if program is None and self.targets:
                at(self.targets, deployed(stack))
            if host.left_out and (kind is Kind.REFRESH or self.reads_first):
                refuse_to_look(deployed(stack), host.left_out)
            with recorded(self.project, self.settings, session, runner):
                await self._finish(session, EngineRun(runner, stack, log, command, self._observe))
            if kind is Kind.PLAN and host.unreachable and not for_apply:
                raise session.unreached()
            return session.result()

    async def _finish(self, session: EngineSession, run: EngineRun) -> None:
        """Run the command to its end, and leave nothing that a killed run made."""
        self._observe(Event("engine.start", data={"stack": self.settings.stack}))
        try:
            await run.finish()
        except asyncio.CancelledError:
            self.stopped = session.cut_off()
            raise
        except auto.CommandError as error:
            raise session.failure(error, self.settings.stack) from (session.raised or error)
        finally:
            self._observe(Event("engine.done"))
        if session.kind.changes_things:
            await session.discard_leftovers()
            session.host.journal.clear(session.log.worked_on if self.targets else None)

    @contextmanager
    def _exclusive_host(self) -> Iterator[ProviderHost]:
        """Serve the providers while no other run has the stack."""
        journal = Journal(self.project.folder / f"journal-{file_name(self.settings.stack)}.jsonl")
        with (
            exclusive(self.project.folder, self.settings.stack),
            self._host(journal) as host,
        ):
            yield host

    def _tell_killed(self, kind: Kind) -> None:
        """Say that an earlier run was killed, where nothing is done about it."""
        process = None if kind.changes_things else killed_run(self.project, self.settings.stack)
        if process is not None:
            self._observe(Event("engine.unfinished", data={"pid": process}))

    def _environment(self, host: ProviderHost) -> dict[str, str]:
        """Attach the providers; keep the engine from looking for their programs on the network."""
        at_hand = is_local(self.project, backend_url(self.project, self.settings))
        if at_hand and packages_in_state(self.project, self.settings.stack) <= set(host.packages):
            return {**host.environment, NO_DOWNLOADS: "true"}
        return host.environment

    def _host(self, journal: Journal) -> ProviderHost:
        """Choose the providers: all, or those alone of which Pulumi has no program."""
        left_out = self._left_out()
        return ProviderHost(
            [kind for kind in self.plugins.results("clockwork_providers") if kind not in left_out],
            project=self.project.root,
            journal=journal,
            force=self.force,
            left_out=left_out,
        )

    def _left_out(self) -> list[type[EmbeddedResource]]:
        """Name what is left to Pulumi's own programs."""
        is_official = self.settings.providers == "official"
        found = self.plugins.results("clockwork_providers") if is_official else ()
        return [kind for kind in found if package_of(kind) != "clockwork"]

    def _tell_resource_progress(self, log: EventLog, urn: str, text: str, part: float | None) -> None:
        self._observe(Event("resource.progress", log.address_of(urn), {"text": text, "part": part}))

    def _tell_progress(self, text: str, part: float | None) -> None:
        self._observe(Event("engine.progress", data={"text": text, "part": part}))


_PLAIN: dict[str, Any] = {"color": "never", "suppress_outputs": True, "suppress_progress": True}
