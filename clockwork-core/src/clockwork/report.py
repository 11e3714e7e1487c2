"""What a run says of its resources: the engine's changes, with who decided each value."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import TYPE_CHECKING

from clockwork.placeholders import written
from clockwork.resources.base import Resource
from clockwork.results import Action, FieldValue, ResourceChange, RunResult

if TYPE_CHECKING:
    from clockwork.deploy.session import EngineResult


def report(result: RunResult, outcome: EngineResult, resources: Sequence[Resource]) -> None:
    """Put what the engine planned or did in a result, in the order of the user's file.

    Args:
        result: The result to fill.
        outcome: What the engine says.
        resources: The completed resources.
    """
    by_address = {resource.address: resource for resource in resources}
    order = {address: place for place, address in enumerate(by_address)}
    changes = [
        replace(
            change,
            values=values_of(by_address[change.address]) if change.address in by_address else {},
            notes=tuple(outcome.notes.get(change.address, ())),
        )
        for change in outcome.changes
    ]
    result.resources = sorted(changes, key=lambda change: order.get(change.address, len(order)))
    result.summary = outcome.summary
    result.outputs = dict(outcome.outputs)
    result.assertions = list(outcome.assertions)


def described(resource: Resource) -> ResourceChange:
    """Describe a completed resource that no engine looked at."""
    return ResourceChange(resource.address, type(resource).__name__, Action.SAME, values=values_of(resource))


def values_of(resource: Resource) -> dict[str, FieldValue]:
    """The fields of a resource that have a value, with the one who decided it."""
    return {name: FieldValue(value, resource.provenance(name)) for name, value in written(resource)}
