"""What runs that did not end well made, and neither the state nor the program knows."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from dataclasses import dataclass, field

from clockwork.deploy.changes import EventLog
from clockwork.deploy.kind import Kind
from clockwork.errors import ClockworkError, DeployError
from clockwork.providers.host import ProviderHost
from clockwork.providers.wire import message_of, split_urn
from clockwork.results import Action, ResourceChange, Status
from clockwork.state.journal import Claim


@dataclass
class Leftovers:
    """What the journal tells of things that no state knows, and what becomes of them.

    Attributes:
        host: The embedded providers, with the journal.
        log: The engine's events.
        kind: What the engine's command is for.
        declared: The addresses that the program declares; ``None`` for a command that needs the state alone.
    """

    host: ProviderHost
    log: EventLog
    kind: Kind
    declared: Collection[str] | None
    _found: set[str] = field(default_factory=set)

    def changes(self) -> list[ResourceChange]:
        """Tell what was removed, or would be, that the engine knows nothing of."""
        return [self._removal(urn) for urn in sorted(self._found)]

    async def foresee(self) -> None:
        """Find what this plan's run would remove, so that the plan tells of it."""
        for claim in self._current(self._unknown(self.log.planned)):
            if self._is_served(claim) and not await self._is_remembered(claim):
                try:
                    if await self.host.serve_call(claim.urn, preview=True).is_left(claim):
                        self._tell(claim.urn)
                except (ClockworkError, OSError) as error:
                    self.host.note(claim.urn, f"what becomes of it is not known yet: {message_of(error)}")

    async def make_room(self) -> None:
        """Remove what nothing knows or declares, before the engine begins.

        It may hold on to what is to be removed, as a container does to its volume. What cannot be removed yet
        is left to :meth:`discard`.

        Raises:
            pulumi.automation.CommandError: The state cannot be read.
        """
        unfinished = self._unfinished()
        if not unfinished:
            return
        known, declared = await self.host.siblings.urns(), self.declared or ()
        await self._discard(
            claim
            for claim in unfinished
            if claim.urn not in known and split_urn(claim.urn)[1] not in declared
        )

    async def discard(self) -> None:
        """Remove what the engine did not work on.

        What resources share, and may still use, goes only when nothing of the stack is left.

        Raises:
            DeployError: Something could not be removed; the journal keeps it.
        """
        leftovers = self._unknown(self.log.started)
        if self.kind is Kind.DESTROY:
            leftovers += [claim for claim in self.host.journal.recovered if claim.lasting]
        if errors := await self._discard(leftovers):
            told = "\n".join(dict.fromkeys(message_of(error) for error in errors))
            raise DeployError(
                f"what a run that did not end well left could not be removed everywhere:\n{told}"
            )

    def _unfinished(self) -> list[Claim]:
        return [claim for claim in self.host.journal.recovered if not claim.lasting]

    def _unknown(self, known: Collection[str]) -> list[Claim]:
        """Give what the engine does not work on; when all is to go, all that nobody keeps.

        Args:
            known: The URNs of what the engine works on.
        """
        unfinished = self._unfinished()
        if self._is_removal:
            return [
                claim for claim in unfinished if claim.urn not in known or claim.urn not in self.host.kept
            ]
        return [claim for claim in unfinished if claim.urn not in known]

    @property
    def _is_removal(self) -> bool:
        """Whether all is to go, or a plan shows that."""
        return self.kind is Kind.DESTROY or (self.kind is Kind.PLAN and self.declared is None)

    def _current(self, claims: Iterable[Claim]) -> list[Claim]:
        """Give the claims that still hold, what is in a folder before the folder."""
        holds = self.host.journal.holds
        current = {claim for claim in claims if holds(claim.kind, claim.key) == claim}
        return sorted(current, key=lambda claim: claim.key, reverse=True)

    async def _discard(self, claims: Iterable[Claim]) -> list[ClockworkError | OSError]:
        """Remove what was claimed, unless another resource has it meanwhile; give what stood in the way."""
        errors: list[ClockworkError | OSError] = []
        for claim in self._current(claims):
            if not self._is_served(claim) or await self._is_remembered(claim):
                continue
            try:
                was_there = await self.host.serve_call(claim.urn).discard(claim)
            except (ClockworkError, OSError) as error:
                errors.append(error)
                continue
            if was_there and not claim.lasting:
                self._tell(claim.urn)
        return errors

    def _is_served(self, claim: Claim) -> bool:
        return split_urn(claim.urn)[0] in self.host.providers

    async def _is_remembered(self, claim: Claim) -> bool:
        """Tell whether the state knew the thing when the run began, by whatever resource of its type."""
        return bool(claim.id) and await self.host.siblings.remembers(claim.urn, claim.id)

    def _tell(self, urn: str) -> None:
        """Tell the person of a thing, beside what the engine tells of the same resource."""
        self.host.note(urn, "a run that did not end well made it")
        if urn not in self.log.planned and urn not in self.log.started:
            self._found.add(urn)

    def _removal(self, urn: str) -> ResourceChange:
        kind, name = split_urn(urn)
        done = Status.PLANNED if self.kind is Kind.PLAN else Status.DONE
        status = Status.KEPT if urn in self.host.kept else done
        return ResourceChange(name, self.host.declared_as.get(kind, kind), Action.DELETE, status)
