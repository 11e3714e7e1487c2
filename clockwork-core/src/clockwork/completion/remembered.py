"""A resource with the values that the lock holds for it, whatever question they answered."""

from __future__ import annotations

from typing import TYPE_CHECKING

from pydantic import ValidationError

from clockwork.guard.rules import FOREIGN_VALUE
from clockwork.hook_types import CompletionContext
from clockwork.provenance import Provenance, Source

if TYPE_CHECKING:
    from clockwork.guard.policy import Guard
    from clockwork.lock import LockEntry
    from clockwork.resources.base import Resource


def remembered(resource: Resource, entry: LockEntry | None, guard: Guard) -> Resource:
    """Put the lock's values into a resource, if it is valid with them and no rule refuses them.

    Args:
        resource: The resource as the person wrote it.
        entry: What the lock holds for it.
        guard: Who knows the rules.
    """
    missing = resource.missing_fields()
    if entry is None or not missing:
        return resource
    held = {name: value for name, value in entry.values.items() if name in missing}
    try:
        whole = resource.completed(held, {name: _decided(entry, name) for name in held})
    except ValidationError:
        return resource
    context = CompletionContext(resource.project, tuple(missing), (resource,))
    refusals = guard.refusals(whole, {name: getattr(whole, name) for name in held}, context)
    # What it is connected to may be none of the resources at hand.
    return resource if any(one.rule != FOREIGN_VALUE for one in refusals) else whole


def _decided(entry: LockEntry, name: str) -> Provenance:
    if entry.is_edited(name):
        return Provenance(Source.EDITED)
    return Provenance(Source.MODEL, entry.model, answered=entry.answered)
