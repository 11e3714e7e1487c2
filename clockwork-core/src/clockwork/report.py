"""What a run says of its resources: the engine's changes, with who decided each value."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import TYPE_CHECKING

from clockwork.placeholders import written
from clockwork.resources.base import Resource
from clockwork.results import Action, ChangeSummary, FieldValue, ResourceChange, RunResult, Status

if TYPE_CHECKING:
    from clockwork.deploy.session import EngineResult


def report(
    result: RunResult,
    outcome: EngineResult,
    resources: Sequence[Resource],
    planned: RunResult | None = None,
) -> None:
    """Put what the engine planned or did in a result, in the order of the user's file.

    Args:
        result: The result to fill.
        outcome: What the engine says.
        resources: The completed resources.
        planned: Of a run that failed, the plan that was confirmed before.
    """
    by_address = {resource.address: resource for resource in resources}
    order = {address: place for place, address in enumerate(by_address)}
    known = [*outcome.changes] if planned is None else _with_planned(outcome.changes, planned.resources)
    changes = [
        replace(
            change,
            values=values_of(by_address[change.address]) if change.address in by_address else {},
            notes=tuple(outcome.notes.get(change.address, ())),
            unapproved=tuple(outcome.waiting.get(change.address, ())),
        )
        for change in known
    ]
    result.resources = sorted(changes, key=lambda change: order.get(change.address, len(order)))
    result.summary, result.failed = ChangeSummary.of(changes), not outcome.success
    result.outputs = dict(outcome.outputs)
    result.assertions = list(outcome.assertions)


def described(resource: Resource) -> ResourceChange:
    """Describe a completed resource that no engine looked at."""
    return ResourceChange(resource.address, type(resource).__name__, Action.SAME, values=values_of(resource))


def values_of(resource: Resource) -> dict[str, FieldValue]:
    """The fields of a resource that have a value, with the one who decided it."""
    return {name: FieldValue(value, resource.provenance(name)) for name, value in written(resource)}


def _with_planned(told: Sequence[ResourceChange], planned: Sequence[ResourceChange]) -> list[ResourceChange]:
    """Say of what was not reached what was to be done with it."""
    by_address = {change.address: change for change in told}
    for plan in planned:
        change = by_address.get(plan.address)
        if change is None:
            by_address[plan.address] = replace(plan, status=Status.SKIPPED)
        elif change.action is Action.UNKNOWN:
            by_address[plan.address] = replace(plan, status=change.status, error=change.error)
    return [*by_address.values()]
