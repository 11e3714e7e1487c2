"""What a run says of its resources: the engine's changes, with who decided each value."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
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
    values = {resource.address: values_of(resource) for resource in resources}
    order = {address: place for place, address in enumerate(values)}
    known = [*outcome.changes] if planned is None else _with_planned(outcome.changes, planned.resources)
    changes = [
        _reworded(
            replace(
                change,
                values=values.get(change.address, {}),
                notes=(*outcome.notes.get(change.address, ()), *_unchecked(values.get(change.address, {}))),
                unapproved=tuple(outcome.waiting.get(change.address, ())),
            )
        )
        for change in known
    ]
    result.resources = sorted(changes, key=lambda change: order.get(change.address, len(order)))
    result.summary, result.failed = ChangeSummary.of(changes), not outcome.success
    result.outputs = dict(outcome.outputs)
    result.assertions = list(outcome.assertions)


def report_known(
    result: RunResult, resources: Sequence[Resource], errors: Mapping[str, str] | None = None
) -> None:
    """Put resources in a result for which nothing is planned yet, and perhaps never will.

    Args:
        result: The result to fill.
        resources: The resources, as far as they are known.
        errors: Why some could not be completed, by address.
    """
    result.resources = [_undecided(one, (errors or {}).get(one.address)) for one in resources]
    result.summary = ChangeSummary.of(result.resources)


def report_refused(result: RunResult, planned: RunResult) -> None:
    """Put what was planned, and refused by a person, in a result."""
    result.resources = [_not_reached(change) for change in planned.resources]
    result.summary = ChangeSummary.of(result.resources)


def described(resource: Resource) -> ResourceChange:
    """Describe a completed resource that no engine has to look at."""
    kind, values = type(resource).__name__, values_of(resource)
    return ResourceChange(resource.address, kind, Action.UNKNOWN, values=values)


def values_of(resource: Resource) -> dict[str, FieldValue]:
    """The fields of a resource that have a value, with the one who decided it."""
    return {
        name: FieldValue(value, resource.provenance(name), resource.pinned(name))
        for name, value in written(resource)
    }


def _unchecked(values: Mapping[str, FieldValue]) -> Iterator[str]:
    """Tell which values of a model could not be checked, and why."""
    for name, found in values.items():
        if why := found.provenance.unchecked:
            yield f"{name} is not checked: {why}"


def _reworded(change: ResourceChange) -> ResourceChange:
    """Count a description with other words than before as changed, which the engine knows nothing of."""
    told = change.values.get("description")
    if told is None or told.provenance.previous is None or change.action is Action.CREATE:
        return change
    return replace(
        change,
        changed=("description", *change.changed),
        old={**change.old, "description": told.provenance.previous},
        new={**change.new, "description": told.value},
    )


def _undecided(resource: Resource, error: str | None) -> ResourceChange:
    status = Status.FAILED if error else Status.SKIPPED
    kind, values = type(resource).__name__, values_of(resource)
    return ResourceChange(resource.address, kind, Action.UNKNOWN, status, error, values)


def _not_reached(plan: ResourceChange) -> ResourceChange:
    """Say of a planned change that it was not carried out; what was to stay as it is did."""
    return replace(plan, status=Status.DONE if plan.action is Action.SAME else Status.SKIPPED)


def _with_planned(told: Sequence[ResourceChange], planned: Sequence[ResourceChange]) -> list[ResourceChange]:
    """Say of what was not reached what was to be done with it."""
    by_address = {change.address: change for change in told}
    for plan in planned:
        change = by_address.get(plan.address)
        if change is None:
            by_address[plan.address] = _not_reached(plan)
        elif change.action is Action.UNKNOWN:
            by_address[plan.address] = replace(plan, status=change.status, error=change.error)
    return [*by_address.values()]
