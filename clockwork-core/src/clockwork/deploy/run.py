"""Runs one engine command to its end, whatever stands in the way and whoever stops it."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from dataclasses import dataclass

from pulumi import automation as auto
from pulumi.automation.errors import ConcurrentUpdateError

from clockwork.deploy.changes import EventLog
from clockwork.deploy.command import EngineCommand, EngineStack
from clockwork.errors import StateError
from clockwork.hook_types import Event
from clockwork.state.recovery import Holder, holder_of, refusal, wait_until_gone

NO_DOWNLOADS = "PULUMI_DISABLE_AUTOMATIC_PLUGIN_ACQUISITION"
"""Keeps the engine from looking on the network for programs of providers that are attached."""

_PROGRAM_MISSING = "no resource plugin"


@dataclass(frozen=True)
class EngineRun:
    """One engine command.

    Attributes:
        runner: The engine.
        stack: What it works on.
        log: Where its events go.
        command: Starts it with the stack and the log, and returns when it has ended.
        observe: Told when a killed run was recovered from.
        stopping: Called when the run is stopped, before the engine is asked to end.
    """

    runner: EngineCommand
    stack: EngineStack
    log: EventLog
    command: Callable[[EngineStack, EventLog], object]
    observe: Callable[[Event], None]
    stopping: Callable[[], None] = lambda: None

    async def finish(self) -> None:
        """Run the command; take over the stack of a killed run; stop in good order when cancelled.

        Raises:
            pulumi.automation.CommandError: The engine failed.
            StateError: Another run has the stack.
        """
        try:
            await self._with_downloads()
        except ConcurrentUpdateError as error:
            holder = await self._gone_holder(error)
            self.observe(Event("engine.recovered", data={"pid": holder.pid}))
            await asyncio.to_thread(self.stack.cancel)
            await self._with_downloads()

    async def _gone_holder(self, error: ConcurrentUpdateError) -> Holder:
        holder = holder_of(str(error))
        if holder is None:
            raise StateError(
                f"the stack {self.stack.name!r} is in use by another run",
                hint="Wait until it has ended.",
            ) from error
        if not holder.is_here or not await asyncio.to_thread(wait_until_gone, holder):
            raise refusal(self.stack.name, holder) from error
        return holder

    async def _with_downloads(self) -> None:
        """Run the engine; once more with downloads where it turns out to need a provider program."""
        try:
            await self._once()
        except auto.CommandError as error:
            environment = self.stack.workspace.env_vars
            needs_program = _PROGRAM_MISSING in str(error) or self.log.says(_PROGRAM_MISSING)
            if self.log.started or NO_DOWNLOADS not in environment or not needs_program:
                raise
            self.stack.workspace.env_vars = {k: v for k, v in environment.items() if k != NO_DOWNLOADS}
            self.log.clear()
            await self._once()

    async def _once(self) -> None:
        """Run the engine in a thread; cancelled, it is asked to stop, and cancelled again, made to."""
        work = asyncio.ensure_future(asyncio.to_thread(self.command, self.stack, self.log))
        try:
            await asyncio.shield(work)
        except asyncio.CancelledError:
            self.stopping()
            await asyncio.to_thread(self.runner.interrupt)
            try:
                await asyncio.shield(work)
            except asyncio.CancelledError:
                self.runner.interrupt(kill=True)
                await asyncio.wait([work])
            except auto.CommandError:
                pass
            raise
