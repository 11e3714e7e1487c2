"""Turns completed resources into a Pulumi program and has the engine run it."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Collection, Sequence
from pathlib import Path
from typing import Any

from clockwork.approvals import Approvals
from clockwork.deploy.changes import EventLog
from clockwork.deploy.command import EngineStack
from clockwork.deploy.kind import Kind
from clockwork.deploy.program import PulumiProgram
from clockwork.deploy.serving import left_to_pulumi
from clockwork.deploy.session import EngineResult
from clockwork.deploy.work import Choices, StackWork, engine_command
from clockwork.hook_types import Event
from clockwork.loading.placing import placed
from clockwork.plugins.manager import PluginManager
from clockwork.plugins.manager import get as installed_plugins
from clockwork.project import Project
from clockwork.resources.base import Resource
from clockwork.resources.targets import registered_names, with_needs
from clockwork.settings import Settings
from clockwork.state.deployed import Deployed, deployed
from clockwork.state.stack import open_stack


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
        self.settings = settings = settings or Settings.load(project.root)
        self.project = project
        self.plugins = plugins or installed_plugins()
        self._choices = Choices(
            force, targets, wait_for_all, refresh, lambda: Approvals(settings.allow_commands, approved())
        )
        self._observe = observe or (lambda _event: None)
        self._latest: StackWork | None = None

    @property
    def stopped(self) -> EngineResult | None:
        """What the last run planned or did until it was stopped, if it was."""
        return self._latest.stopped if self._latest else None

    def create_program(self, resources: list[Resource]) -> Callable[[], Awaitable[None]]:
        """Create a Pulumi program function from resources.

        Args:
            resources: Completed resources.

        Returns:
            The inline program; it may run more than once.
        """
        return PulumiProgram(
            self._placed(resources),
            self.plugins,
            self.project.root,
            approvals=self._choices.approvals(),
            elsewhere=left_to_pulumi(self.settings, self.plugins),
        )

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
        return await self._work(Kind.APPLY).run(
            lambda stack, log: stack.up(
                parallel=self.settings.parallel,
                on_event=log,
                continue_on_error=True,
                refresh=self._choices.refresh or None,
                target=self._urns_of(resources),
                **_PLAIN,
            ),
            resources,
            plan_first=plan_first,
            plan=self._planned(resources) if plan_first else None,
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
        return await self._work(Kind.PLAN, for_apply=for_apply).run(self._planned(resources), resources)

    def _planned(self, resources: list[Resource]) -> Callable[[EngineStack, EventLog], object]:
        """Give the engine's command that plans."""
        return lambda stack, log: stack.preview(
            parallel=self.settings.parallel,
            on_event=log,
            refresh=self._choices.refresh or None,
            target=self._urns_of(resources),
            **_PLAIN,
        )

    def give_up(self) -> None:
        """Remove the stack that the last plan made for an apply, if it made one: no apply follows."""
        if self._latest is not None:
            self._latest.give_up()

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
        return await self._work(Kind.PLAN if preview_only else Kind.DESTROY).run(
            lambda stack, log: stack.destroy(
                parallel=self.settings.parallel,
                on_event=log,
                preview_only=preview_only or None,
                target=self._urns_at_targets(),
                target_dependents=bool(self._choices.targets) or None,
                **_PLAIN,
            ),
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
        return await self._work(Kind.REFRESH).run(
            lambda stack, log: stack.refresh(
                parallel=self.settings.parallel,
                on_event=log,
                target=self._urns_at_targets(),
                **_PLAIN,
            ),
        )

    def deployed(self) -> list[Deployed]:
        """Tell what the stack's state holds; empty when there is no such stack.

        Raises:
            StateError: The stack cannot be opened.
            EngineError: There is no engine.
        """
        stack = self._existing_stack()
        return [] if stack is None else deployed(stack)

    def configured(self, key: str) -> str | None:
        """Read a value of the stack's configuration; ``None`` when there is no such value.

        Args:
            key: The key.

        Raises:
            StateError: The stack cannot be opened.
            EngineError: There is no engine.
        """
        stack = self._existing_stack()
        found = None if stack is None else stack.get_all_config().get(f"{self.project.name}:{key}")
        return None if found is None else found.value

    def _existing_stack(self) -> EngineStack | None:
        return open_stack(self.project, self.settings, engine_command(self._observe), {}, create=False)

    def _work(self, kind: Kind, *, for_apply: bool = False) -> StackWork:
        """Begin the next work on the stack."""
        self._latest = StackWork(
            self.project,
            self.settings,
            self.plugins,
            self._observe,
            self._choices,
            kind,
            for_apply=for_apply,
        )
        return self._latest

    def _urns_of(self, resources: Sequence[Resource]) -> list[str] | None:
        """Name the chosen resources, with all that they need, to the engine."""
        return self._urns(registered_names(with_needs(resources, self._choices.targets)))

    def _urns_at_targets(self) -> list[str] | None:
        """Name what is deployed at the targets, and inside them, to the engine."""
        targets = self._choices.targets
        return self._urns([*targets, *(f"{name}[*" for name in targets)])

    def _urns(self, names: Collection[str]) -> list[str] | None:
        """Name resources to the engine, whatever their type; ``None`` for the whole stack."""
        return [f"**::{name}" for name in names] if self._choices.targets else None

    def _placed(self, resources: list[Resource]) -> list[Resource]:
        return placed(resources, self.project, self.plugins)

    def _rename(self, project_name: str | None) -> None:
        if project_name is not None:
            self.project = Project(self.project.main_file, project_name, is_named=True)


_PLAIN: dict[str, Any] = {"color": "never", "suppress_outputs": True, "suppress_progress": True}
