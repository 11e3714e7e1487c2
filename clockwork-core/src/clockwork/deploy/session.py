"""One engine command with its providers, its program and its events, and what came of it."""

from __future__ import annotations

import asyncio
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import cached_property
from typing import Any

from pulumi import automation as auto

from clockwork.deploy.changes import EventLog
from clockwork.deploy.declared import Declared
from clockwork.deploy.failures import errors_of, failure_of, of_resources
from clockwork.deploy.gate import Gate
from clockwork.deploy.kind import Kind
from clockwork.deploy.leftovers import Leftovers
from clockwork.deploy.outcome import Outcome
from clockwork.deploy.program import PulumiProgram
from clockwork.deploy.steps import Step
from clockwork.errors import ClockworkError, DeployError
from clockwork.providers.host import ProviderHost
from clockwork.providers.wire import load, message_of, split_urn
from clockwork.resources.base import Resource
from clockwork.resources.targets import is_at, registered_names, with_needs
from clockwork.results import Action, AssertionResult, ChangeSummary, ResourceChange
from clockwork.state.messages import state_error


@dataclass(frozen=True)
class EngineResult:
    """What one engine run planned or did.

    Attributes:
        summary: The counts of actions.
        changes: What happens, or happened, to each resource.
        outputs: The stack's outputs; secrets are redacted.
        notes: What providers told the person, by address.
        assertions: What came of the assertions that dependents waited for.
        waiting: Commands of a model that nobody allowed yet, by address.
        used: Commands of a model that ran, or would run, because a person said yes to them.
        success: Whether the engine got to its end; only the result that an error carries says no.
    """

    summary: ChangeSummary
    changes: list[ResourceChange] = field(default_factory=list)
    outputs: Mapping[str, Any] = field(default_factory=dict)
    notes: Mapping[str, Sequence[str]] = field(default_factory=dict)
    assertions: Sequence[AssertionResult] = ()
    waiting: Mapping[str, Sequence[str]] = field(default_factory=dict)
    used: frozenset[str] = frozenset()
    success: bool = True


@dataclass
class EngineSession:
    """What one engine command works with.

    Attributes:
        host: The embedded providers.
        log: The command's events.
        resources: The completed resources.
        program: What registers them; ``None`` for a command that needs the state alone.
        kind: What the command is for.
        targets: The addresses that are worked on; empty for all.
        gate: What waited for resources to be ready.
    """

    host: ProviderHost
    log: EventLog
    resources: Sequence[Resource] = ()
    program: PulumiProgram | None = None
    kind: Kind = Kind.PLAN
    targets: Collection[str] = ()
    gate: Gate | None = None

    @cached_property
    def leftovers(self) -> Leftovers:
        """What runs that did not end well made, and nobody knows."""
        declared = None if self.program is None else {one.address for one in self.resources}
        return Leftovers(self.host, self.log, self.kind, declared)

    def result(self) -> EngineResult:
        """Sum up what was planned or done."""
        outcome = self._outcome
        changes = outcome.of_refresh() if self.kind is Kind.REFRESH else outcome.of_success()
        if self.kind is Kind.PLAN and self.host.unreachable:
            changes = outcome.of_failure(self._errors)
        changes += self.leftovers.changes()
        return self._result(changes, success=True)

    def stop(self) -> None:
        """Wait for nothing any more: the run is being stopped."""
        self.log.is_stopping = True
        if self.gate is not None:
            self.gate.stop()

    def _is_meant(self, change: ResourceChange) -> bool:
        """Tell whether a resource is one of those that are worked on, or changes with them."""
        if change.action is not Action.SAME:
            return True
        if self.program is None:
            return any(is_at(change.address, target) for target in self.targets)
        return change.address in registered_names(with_needs(self.resources, self.targets))

    def failure(self, error: auto.CommandError, stack: str) -> ClockworkError:
        """Say what went wrong, by resource, and what was done all the same.

        Args:
            error: The engine's failed command.
            stack: The stack's name.
        """
        refusal = state_error(error, stack)
        if refusal is not None:
            return refusal
        failure = failure_of(error, self.log, self._errors, self.raised)
        failure.field = failure.field or self._field_of(failure)
        failure.engine_result = self.cut_off()
        return failure

    def _field_of(self, failure: ClockworkError) -> str | None:
        """Name the field that a provider found wrong, where nothing else failed."""
        found = [
            error.field
            for urn, error in self.host.failures.items()
            if isinstance(error, ClockworkError) and self.log.address_of(urn) == failure.address
        ]
        return found[0] if found and len(self._errors) == 1 else None

    def unreached(self) -> ClockworkError:
        """Say which resources are on hosts that cannot be reached; the others are planned."""
        failure = of_resources(self._errors, self.log)
        failure.engine_result = replace(self.result(), success=False)
        return failure

    @property
    def _errors(self) -> dict[str, str]:
        return errors_of(self.log, self.host, self.raised)

    def cut_off(self) -> EngineResult:
        """Sum up what a run that was stopped planned or did until then."""
        return self._result(self._outcome.of_failure(self._errors), success=False)

    @property
    def _outcome(self) -> Outcome:
        types = {resource.address: type(resource).__name__ for resource in self.resources}
        return Outcome(
            self.log,
            self.kind is Kind.PLAN,
            types,
            self.host.declared_as,
            self.host.found,
            self._declared,
            self.host.gone,
        )

    @property
    def _declared(self) -> Declared:
        return Declared(self.host.kinds, self.host.project)

    def _result(self, changes: list[ResourceChange], *, success: bool) -> EngineResult:
        told = [change for change in changes if not self.targets or self._is_meant(change)]
        notes = {self.log.address_of(urn): [*texts] for urn, texts in self.host.notes.items()}
        drifted = {change.address: change.drifted for change in told}
        for urn, drift in self.log.drift.items():
            address = self.log.address_of(urn)
            if text := drift.untold(drifted.get(address, ()), self._declared):
                notes.setdefault(address, []).append(text)
        assertions = tuple(self.gate.results) if self.gate else ()
        review = self.program.review if self.program else None
        return EngineResult(
            ChangeSummary.of(told),
            told,
            self.log.outputs,
            notes,
            assertions,
            waiting=dict(review.waiting) if review else {},
            used=frozenset(review.used) if review else frozenset(),
            success=success,
        )

    @property
    def raised(self) -> BaseException | None:
        """What the program raised, if it did."""
        return self.program.error if self.program else None

    async def foresee(self) -> None:
        """Find out what a plan tells beside what the engine says: what is kept, and what is left over."""
        await self._foresee_kept()
        if not self.targets:
            await self.leftovers.foresee()

    async def make_room(self) -> None:
        """Remove what an earlier run left and may hold on to what is to be removed.

        Raises:
            pulumi.automation.CommandError: The state cannot be read.
        """
        if not self.targets:
            await self.leftovers.make_room()

    async def discard_leftovers(self) -> None:
        """Remove the rest of what earlier runs left; a run on some resources leaves it to the next on all.

        Raises:
            DeployError: Something could not be removed; the next run finds it again.
        """
        if self.targets:
            return
        try:
            await self.leftovers.discard()
        except DeployError as error:
            error.engine_result = self.result()
            raise

    async def _foresee_kept(self) -> None:
        """Ask the providers which of the things that are to be removed or replaced they would keep."""
        going = (Action.DELETE, Action.REPLACE)
        removals = [step for step in self.log.planned.values() if step.action in going]
        await asyncio.gather(*(self._foresee(step) for step in removals))

    async def _foresee(self, step: Step) -> None:
        """Note why a thing would be kept; what cannot be looked at now fails when it is removed."""
        if split_urn(step.urn)[0] not in self.host.providers:
            return
        served, siblings = self.host.serve_call(step.urn, preview=True), self.host.siblings
        try:
            state = load(served.State, step.remembered, served)
            id = served.identify(state)
            async with siblings.one_by_one(id):
                reason = await served.keeps(state)
                siblings.removed(step.urn, id)
        except (ClockworkError, OSError) as error:
            self.host.note(step.urn, f"what happens to it is not known yet: {message_of(error)}")
        else:
            if reason is not None:
                self.host.keep(step.urn, reason)
