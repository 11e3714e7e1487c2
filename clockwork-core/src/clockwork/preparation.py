"""The first stages of a run on one file: load, complete, pin; the engine is not needed."""

from __future__ import annotations

import time
from collections.abc import Callable, Collection, Iterator
from contextlib import contextmanager
from dataclasses import asdict, dataclass, field
from functools import cached_property
from typing import TYPE_CHECKING, Any

from clockwork.hook_types import Event
from clockwork.logs import get_logger
from clockwork.plugins.manager import PluginManager
from clockwork.project import Project
from clockwork.results import RunResult
from clockwork.settings import DEFAULT_STACK, Settings

if TYPE_CHECKING:
    from clockwork.lock import Lock
    from clockwork.pins import Pinner
    from clockwork.resource_completer import ResourceCompleter
    from clockwork.resources.base import Resource

_log = get_logger(__name__)


@dataclass
class Preparation:
    """What one file declares, made complete.

    Attributes:
        project: The user's file and its folder.
        settings: The stack, the model, the limits.
        plugins: The loaded plugins.
        result: What is known and done so far.
        observe: Told what happens.
        locked: Refuse to ask a model, and to look names up.
        refresh_completions: Addresses to ask again about; empty for all, ``None`` for none.
        keep_completions: Addresses whose values from before their question changed stay; empty for all,
            ``None`` for none.
        targets: The addresses to work on, with what they need; empty for all.
        resources: The resources to work on, as far as they are known.
        others: The project's other resources, which stay as they are deployed.
        differs_by_stack: Whether the file asks for the stack, so that it may declare something else in each.
    """

    project: Project
    settings: Settings
    plugins: PluginManager
    result: RunResult
    observe: Callable[[Event], None]
    locked: bool = False
    refresh_completions: Collection[str] | None = None
    keep_completions: Collection[str] | None = None
    targets: Collection[str] = ()
    resources: list[Resource] = field(default_factory=list)
    others: list[Resource] = field(default_factory=list)
    differs_by_stack: bool = False

    @cached_property
    def lock(self) -> Lock:
        """The project's lock.

        Raises:
            LockError: It cannot be read.
        """
        from clockwork.lock import Lock

        return Lock.read(self.project.lock_file, self._part_of_lock)

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
            keep=self.keep_completions,
            partial=self._keeps_the_lock,
            observe=self.observe,
        )

    @property
    def _part_of_lock(self) -> str:
        """Whose part of the lock is meant; one stack, the default one, has that which others share."""
        from clockwork.state.names import short_name

        stack = short_name(self.settings.stack)
        return stack if self.differs_by_stack and stack != DEFAULT_STACK else ""

    @property
    def _keeps_the_lock(self) -> bool:
        """Whether the lock keeps what nobody declares: it goes with an apply of everything."""
        return bool(self.targets) or self.result.command != "apply"

    def load(self) -> list[Resource]:
        """Load the resources; outside our event loop, because the user's file may run one of its own.

        Raises:
            LoadError: The file cannot be loaded, or declares something impossible.
            UsageError: There is nothing at one of the targets.
        """
        from clockwork.loading.loader import check_claims, load_resources
        from clockwork.loading.stack import tell_stack
        from clockwork.report import report_known
        from clockwork.resources.targets import with_needs

        with self._timed("load") as found:
            known = tell_stack(self.settings.stack)
            declared = load_resources(self.project, self.plugins)
            self.differs_by_stack = known.is_asked
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
                self.resources = await completer.complete(self.resources, self.others)
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
                self.resources, self.others, partial=self._keeps_the_lock
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
