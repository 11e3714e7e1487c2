"""What a plan says about one resource: each field that matters, its value, and who decided it."""

from __future__ import annotations

import difflib
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from typing import Any

from clockwork.provenance import Source
from clockwork.redaction import REDACTED
from clockwork.results import Action, FieldValue, ResourceChange, Status
from clockwork.ui.text import clean
from clockwork.ui.values import is_long, short, shown, sized, without_secrets

BY_HAND = "changed by hand"
LONGEST_DIFF = 8
_LARGEST_COMPARED = 100_000


@dataclass(frozen=True)
class FieldRow:
    """One field of a resource in a plan.

    Attributes:
        name: The field.
        value: Its value, or old and new value, in one clean line.
        who: Who decided it; empty when the field is not one of the resource's own.
        difference: Lines of a text that differ, each starting with ``+``, ``-`` or a space.
    """

    name: str
    value: str
    who: str = ""
    difference: tuple[str, ...] = ()


def field_rows(change: ResourceChange) -> list[FieldRow]:
    """Choose and word the fields of a resource that a person has to see.

    Everything that has a value for a new resource, what changes for one that exists, and always
    a value that a new answer of the model replaces; nothing of one that was not reached.
    """
    if change.action is Action.DELETE or change.status is Status.SKIPPED:
        return []
    if change.action is Action.CREATE:
        return value_rows(change)
    changed = list(dict.fromkeys(change.changed))
    rows = [_changed(change, name) for name in changed]
    told = {name for name in (_own_name(change, name) for name in changed) if name}
    answered = [_given(name, found) for name, found in change.values.items() if _is_answered_anew(found)]
    return rows + [row for row in answered if row.name not in told]


def value_rows(change: ResourceChange) -> list[FieldRow]:
    """Word every field of a resource that has a value."""
    return worded(change.values)


def worded(values: Mapping[str, FieldValue]) -> list[FieldRow]:
    """Word fields by their names, without those that have no value."""
    return [_given(name, found) for name, found in values.items() if found.value is not None]


def decided_by(found: FieldValue) -> str:
    """Say who decided a value: ``you``, ``model NAME``, ``edited in the lock`` or ``default``."""
    match found.provenance.source:
        case Source.USER:
            return "you"
        case Source.EDITED:
            return "edited in the lock"
        case Source.DEFAULT:
            return "default"
        case Source.MODEL:
            model = f"model {clean(found.provenance.model)}" if found.provenance.model else "model"
            return model if found.provenance.asked_now else f"{model}, locked"


def _given(name: str, found: FieldValue) -> FieldRow:
    who = decided_by(found)
    if _is_answered_anew(found):
        return replace(_compared(name, found.provenance.previous, found.value), who=who)
    value = shown(found.value)
    return FieldRow(clean(name), f"{value}@{short(clean(found.pin))}" if found.pin else value, who)


def _changed(change: ResourceChange, name: str) -> FieldRow:
    own = _own_name(change, name)
    found = change.values.get(own) if own else None
    row = _new_and_old(change, name, found)
    if found is not None and found.pin:
        row = replace(row, value=short(row.value))
    if name in change.drifted:
        return replace(row, who=BY_HAND)
    return replace(row, who=decided_by(found)) if found else row


def _new_and_old(change: ResourceChange, name: str, found: FieldValue | None) -> FieldRow:
    if found is not None and without_secrets(found.value) == REDACTED:
        return FieldRow(clean(name), f"{REDACTED} changes")
    new = change.new.get(name, found.value if found else None)
    if name in change.drifted and change.old.get(name, new) == new:
        return FieldRow(clean(name), f"restored to {shown(new)}" if new is not None else "")
    if name not in change.old and name not in change.new and found is None:
        return FieldRow(clean(name), "changes")
    if change.old.get(name) == new and REDACTED not in shown(new):
        return FieldRow(clean(name), f"set again to {shown(new)}")
    return _compared(name, change.old.get(name), new)


def _compared(name: str, old: Any, new: Any) -> FieldRow:
    if isinstance(old, str) and isinstance(new, str) and (is_long(old) or is_long(new)):
        value = f"{sized(old)} -> {sized(new)}"
        return FieldRow(clean(name), value, difference=tuple(difference(old, new)))
    return FieldRow(clean(name), f"{shown(old)} -> {shown(new)}")


def difference(old: str, new: str) -> Iterator[str]:
    """Give the first lines that differ between two texts, each starting with ``+``, ``-`` or a space."""
    if len(old) + len(new) > _LARGEST_COMPARED:
        return
    rows = list(difflib.unified_diff(old.splitlines(), new.splitlines(), n=1, lineterm=""))[2:]
    lines = [clean(row) for row in rows if not row.startswith("@@")]
    yield from lines[:LONGEST_DIFF]
    if len(lines) > LONGEST_DIFF:
        yield f"  … {len(lines) - LONGEST_DIFF} more"


def _own_name(change: ResourceChange, name: str) -> str | None:
    snake = re.sub(r"(?<=[a-z0-9])([A-Z])", r"_\1", name).lower()
    return next((known for known in (name, snake) if known in change.values), None)


def _is_answered_anew(found: FieldValue) -> bool:
    previous = found.provenance.previous
    return found.value is not None and previous is not None and previous != found.value
