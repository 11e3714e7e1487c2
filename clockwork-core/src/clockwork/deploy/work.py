"""One plan, apply, destroy or refresh of a stack, with everything that the engine needs around it."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Collection, Sequence
from contextlib import suppress
from dataclasses import dataclass
from functools import partial

from pulumi import automation as auto

from clockwork.approvals import Approvals
from clockwork.deploy.changes import EventLog
from clockwork.deploy.command import EngineCommand, EngineStack
from clockwork.deploy.early import connect_early
from clockwork.deploy.gate import Gate
from clockwork.deploy.handover import refuse_to_look
from clockwork.deploy.kind import Kind
from clockwork.deploy.loopback import keep_loopback_direct
from clockwork.deploy.program import PulumiProgram
from clockwork.deploy.recording import killed_run, other_file, recorded
from clockwork.deploy.run import EngineRun
from clockwork.deploy.serving import engine_environment, left_to_pulumi, serving
from clockwork.deploy.session import EngineResult, EngineSession
from clockwork.deploy.unchanged import is_as_left, planned_alone
from clockwork.engine.install import ensure_engine
from clockwork.errors import StateError
from clockwork.hook_types import Event
from clockwork.hosts.pool import in_use
from clockwork.plugins.manager import PluginManager
from clockwork.project import Project
from clockwork.providers.host import ProviderHost
from clockwork.providers.siblings import Siblings
from clockwork.resources.base import Resource
from clockwork.results import ChangeSummary
from clockwork.settings import Settings
from clockwork.state.backend import backend_url, is_local
from clockwork.state.deployed import at, deployed, exported
from clockwork.state.footprint import Footprint
from clockwork.state.local import LocalState, read_state
from clockwork.state.record import check_not_of_another_stack
from clockwork.state.recovery import exclusive
from clockwork.state.stack import open_stack


@dataclass(frozen=True)
class Choices:
    """What a person chose for the work on a stack.

    Attributes:
        force: Allow what providers otherwise refuse.
        targets: The addresses to work on; empty for all.
        wait_for_all: Whether dependents wait until every resource passes its assertions.
        refresh: Whether a plan or an apply looks at the real things first.
        approvals: Gives the commands of a model that may run.
    """

    force: bool
    targets: Collection[str]
    wait_for_all: bool
    refresh: bool
    approvals: Callable[[], Approvals]


class StackWork:
    """One plan, apply, destroy or refresh of a stack.

    Attributes:
        stopped: What it planned or did until it was stopped, if it was.
    """

    def __init__(
        self,
        project: Project,
        settings: Settings,
        plugins: PluginManager,
        observe: Callable[[Event], None],
        choices: Choices,
        kind: Kind,
        *,
        for_apply: bool = False,
    ) -> None:
        """Prepare the work; nothing is written yet.

        Args:
            project: The project.
            settings: Which stack, and which backend.
            plugins: Who compiles the resources, and who brings providers.
            observe: Told what happens.
            choices: What a person chose.
            kind: What the work is for.
            for_apply: Whether an apply follows a plan: a stack that is made for it stays.
        """
        self.stopped: EngineResult | None = None
        self._project, self._settings, self._plugins = project, settings, plugins
        self._observe, self._choices, self._kind, self._for_apply = observe, choices, kind, for_apply
        self._footprint = Footprint(project, settings)

    async def run(
        self,
        command: Callable[[EngineStack, EventLog], object],
        resources: Sequence[Resource] | None = None,
        *,
        plan_first: bool = False,
        plan: Callable[[EngineStack, EventLog], object] | None = None,
    ) -> EngineResult:
        """Run the engine's command to its end.

        Args:
            command: Starts it, and returns when it has ended.
            resources: Completed resources; ``None`` for a command that needs the state alone.
            plan_first: Plan before anything is changed.
            plan: Plans what the command would do, and does nothing more; run in its place where that shows
                that there is nothing to do.

        Raises:
            DeployError: A resource failed.
            StateError: The stack is in use, or cannot be opened.
            EngineError: There is no engine.
        """
        keep_loopback_direct()
        runner = engine_command(self._observe, plan_first=plan_first)
        stays = self._for_apply or self._kind.changes_things
        with (
            in_use(),
            serving(self._project, self._settings, self._plugins, force=self._choices.force) as host,
            self._footprint.left(stays),
        ):
            self._tell_killed()
            if resources is not None:
                self._tell_other_file()
            connect_early(resources or ())
            session = self._session(host, resources)
            session.log.stop = runner.interrupt
            stack = self._opened(session, runner)
            if stack is None:
                return EngineResult(ChangeSummary())
            if plan is not None and self._is_as_left(session):
                command = planned_alone(runner, plan, command)
            with recorded(self._project, self._settings, session, runner):
                await self._finish(session, self._run(session, runner, stack, command))
            if self._kind is Kind.PLAN and host.unreachable and not self._for_apply:
                raise session.unreached()
            return session.result()

    def give_up(self) -> None:
        """Remove the stack that was made for an apply, if one was made: no apply follows.

        A stack that another run works on meanwhile is that run's.
        """
        if self._for_apply:
            with suppress(StateError), exclusive(self._project.folder, self._settings.stack):
                self._footprint.restore()

    def _session(self, host: ProviderHost, resources: Sequence[Resource] | None) -> EngineSession:
        """Bring together what the command works with."""
        log = EventLog(self._observe, kept=host.kept)
        host.progress = partial(self._tell_resource_progress, log)
        gate = Gate(self._plugins, self._observe, self._choices.wait_for_all, log.failed)
        program = None
        if resources is not None:
            program = PulumiProgram(
                resources,
                self._plugins,
                self._project.root,
                gate,
                approvals=self._choices.approvals(),
                refuses=self._kind is not Kind.PLAN,
                elsewhere=left_to_pulumi(self._settings, self._plugins),
            )
            log.owners = program.owners
            host.looks.sees_all_changes = partial(host.serves_all, program.types)
        return EngineSession(host, log, resources or (), program, self._kind, self._choices.targets, gate)

    def _is_as_left(self, session: EngineSession) -> bool:
        """Tell whether a plan is likely to be all: nothing more was asked for, and nothing looks changed."""
        asked_for_more = session.targets or self._choices.refresh
        if asked_for_more or not is_local(self._project, backend_url(self._project, self._settings)):
            return False
        wanted = [one for one in session.resources if one.is_wanted()]
        waits = session.gate is not None and session.gate.concerns(wanted)
        return not waits and is_as_left(self._project, self._settings.stack, session.resources)

    def _run(
        self,
        session: EngineSession,
        runner: EngineCommand,
        stack: EngineStack,
        command: Callable[[EngineStack, EventLog], object],
    ) -> EngineRun:
        return EngineRun(runner, stack, session.log, command, self._observe, session.stop)

    def _opened(self, session: EngineSession, runner: EngineCommand) -> EngineStack | None:
        """Open the stack, if the command can work on it; ``None`` when it is not there."""
        check_not_of_another_stack(self._project, self._settings.stack, session.resources)
        held = self._state_at_hand()
        stack = self._footprint.stack = open_stack(
            self._project,
            self._settings,
            runner,
            engine_environment(session.host, held),
            session.program,
            create=session.program is not None,
        )
        if stack is None:
            return None
        read = partial(exported, stack, runner) if held is None else lambda: held.deployed
        session.host.siblings = Siblings(read, {one.address for one in session.resources if one.is_wanted()})
        if session.program is None and session.targets:
            at(session.targets, deployed(stack))
        if session.host.left_out and (self._kind is Kind.REFRESH or self._choices.refresh):
            refuse_to_look(deployed(stack), session.host.left_out)
        return stack

    def _state_at_hand(self) -> LocalState | None:
        """Read what the stack holds, where its state is in the project's folder."""
        if is_local(self._project, backend_url(self._project, self._settings)):
            return read_state(self._project, self._settings.stack)
        return None

    async def _finish(self, session: EngineSession, run: EngineRun) -> None:
        """Run the command to its end, and leave nothing that a killed run made."""
        self._observe(Event("engine.start", data={"stack": self._settings.stack}))
        if session.kind.changes_things:
            await session.make_room()
        try:
            await run.finish()
            if session.kind is Kind.PLAN:
                await session.foresee()
        except asyncio.CancelledError:
            self.stopped = session.cut_off()
            raise
        except auto.CommandError as error:
            raise session.failure(error, self._settings.stack) from (session.raised or error)
        finally:
            self._observe(Event("engine.done"))
        if session.kind.changes_things:
            await session.discard_leftovers()
            session.host.journal.clear(session.log.worked_on if session.targets else None)

    def _tell_killed(self) -> None:
        """Say that an earlier run was killed, where nothing is done about it."""
        process = None if self._kind.changes_things else killed_run(self._project, self._settings.stack)
        if process is not None:
            self._observe(Event("engine.unfinished", data={"pid": process}))

    def _tell_other_file(self) -> None:
        """Say that the stack was deployed from another file, whose resources this one may not declare."""
        before = other_file(self._project, self._settings.stack)
        if before is not None and not self._choices.targets:
            told = {"before": before, "now": self._project.main_file.name}
            self._observe(Event("engine.other_file", data=told))

    def _tell_resource_progress(self, log: EventLog, urn: str, text: str, part: float | None) -> None:
        self._observe(Event("resource.progress", log.address_of(urn), {"text": text, "part": part}))


def engine_command(observe: Callable[[Event], None], *, plan_first: bool = False) -> EngineCommand:
    """Find the engine, or obtain it.

    Args:
        observe: Told how far that is.
        plan_first: Whether it plans before it changes anything.

    Raises:
        EngineError: There is no engine.
    """

    def tell(text: str, part: float | None) -> None:
        observe(Event("engine.progress", data={"text": text, "part": part}))

    return EngineCommand(ensure_engine(tell), plan_first=plan_first)
