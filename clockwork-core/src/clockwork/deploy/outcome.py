"""What a run did, or would do, to each resource of the user's file, and how far it got with it."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, field, replace
from typing import Any

from clockwork.deploy.changes import EventLog
from clockwork.deploy.declared import Declared
from clockwork.deploy.steps import Drift, Step, weightier
from clockwork.providers.wire import split_urn
from clockwork.results import Action, ResourceChange, Status

_CUT_OFF = "the run ended before this was finished"
_WORST_LAST = [Status.PLANNED, Status.DONE, Status.KEPT, Status.SKIPPED, Status.FAILED]


@dataclass(frozen=True)
class Outcome:
    """Sums the events of an engine command up by resource.

    Attributes:
        log: The events.
        planned: Whether the command changes nothing.
        types: The class of the resource at each address.
        kinds: The class that people declare each Pulumi type with, for what is at no address any
            more; where that is not known either, the Pulumi type is told.
        found: What the real things have that was changed by hand, by URN and property.
        declared: Knows the fields that people declare properties with.
        gone: URNs of real things that are there no more.
    """

    log: EventLog
    planned: bool
    types: Mapping[str, str] = field(default_factory=dict)
    kinds: Mapping[str, str] = field(default_factory=dict)
    found: Mapping[str, Mapping[str, Any]] = field(default_factory=dict)
    declared: Declared = field(default_factory=Declared)
    gone: Collection[str] = ()

    def of_success(self) -> list[ResourceChange]:
        """Tell what a command that worked planned or did."""
        steps = self.log.planned if self.planned else self.log.started
        return [*self._merged(steps.values()).values()]

    def of_refresh(self) -> list[ResourceChange]:
        """Tell what reading the real things found: what is gone, what was changed by hand."""
        return [self._drifted(urn, drift) for urn, drift in self.log.drift.items()]

    def _drifted(self, urn: str, drift: Drift) -> ResourceChange:
        address, seen = self.log.address_of(urn), self._seen(urn, drift.changed)
        names = self.declared.names(drift.type, drift.changed)
        known = self.declared.names(drift.type, seen)
        return ResourceChange(
            address,
            self.types.get(address) or self._kind(drift.type),
            Action.DELETE if drift.gone else Action.UPDATE if drift.changed else Action.SAME,
            Status.DONE,
            changed=names,
            old=self.declared.values(drift.type, drift.wanted, known),
            new=self.declared.values(drift.type, {**drift.wanted, **seen}, known),
            drifted=names,
        )

    def _seen(self, urn: str, names: Iterable[str]) -> dict[str, Any]:
        """Give what a real thing has by these names, as far as it is known."""
        found = self.found.get(urn, {})
        return {name: found[name] for name in names if name in found}

    def of_failure(self, errors: Mapping[str, str]) -> list[ResourceChange]:
        """Tell what a command that failed did all the same, what failed, and what was not reached.

        Args:
            errors: Why resources failed, by address.
        """
        steps = {**self.log.planned, **({} if self.planned else self.log.started)}
        merged = self._merged(steps.values())
        addresses = dict.fromkeys([*merged, *self.types, *errors])
        return [_explained(merged.get(one) or self._unknown(one), errors) for one in addresses]

    def _merged(self, steps: Iterable[Step]) -> dict[str, ResourceChange]:
        merged: dict[str, ResourceChange] = {}
        for step in steps:
            change = self._change(step)
            earlier = merged.get(change.address)
            merged[change.address] = _merge(earlier, change) if earlier else change
        return merged

    def _change(self, step: Step) -> ResourceChange:
        address, token = self.log.address_of(step.urn), split_urn(step.urn)[0]
        changed = self.declared.names(token, step.changed)
        before = {**step.old, **self._seen(step.urn, step.drifted)}
        return ResourceChange(
            address,
            self.types.get(address) or self._kind(token),
            self._action(step),
            self._status(step),
            changed=changed,
            reasons=self.declared.names(token, step.reasons),
            old=self.declared.values(token, before, changed),
            new=self.declared.values(token, step.new, changed),
            drifted=self.declared.names(token, step.drifted),
        )

    def _action(self, step: Step) -> Action:
        """Say what is done to a thing; one that is there no more is made, whatever the engine calls it."""
        is_made = step.urn in self.gone and step.action in (Action.UPDATE, Action.REPLACE)
        return Action.CREATE if is_made else step.action

    def _status(self, step: Step) -> Status:
        if self.planned:
            return Status.KEPT if self.log.is_kept(step) else Status.PLANNED
        status = self.log.status_of(step.urn)
        return Status.DONE if status is Status.SKIPPED and step.action is Action.SAME else status

    def _unknown(self, address: str) -> ResourceChange:
        """Describe a resource that the engine planned nothing for."""
        urns = [urn for urn in (*self.log.messages, *self.log.unloaded) if urn]
        tokens = (split_urn(urn)[0] for urn in urns if self.log.address_of(urn) == address)
        kind = self.types.get(address) or self._kind(next(tokens, ""))
        return ResourceChange(address, kind, Action.UNKNOWN, Status.SKIPPED)

    def _kind(self, token: str) -> str:
        return self.kinds.get(token, token)


def _explained(change: ResourceChange, errors: Mapping[str, str]) -> ResourceChange:
    if change.address in errors:
        return replace(change, status=Status.FAILED, error=errors[change.address])
    return replace(change, error=_CUT_OFF) if change.status is Status.FAILED else change


def _merge(one: ResourceChange, other: ResourceChange) -> ResourceChange:
    return ResourceChange(
        one.address,
        one.type,
        weightier(one.action, other.action),
        max(one.status, other.status, key=_WORST_LAST.index),
        changed=(*one.changed, *other.changed),
        reasons=(*one.reasons, *other.reasons),
        old={**one.old, **other.old},
        new={**one.new, **other.new},
        drifted=(*one.drifted, *other.drifted),
    )
