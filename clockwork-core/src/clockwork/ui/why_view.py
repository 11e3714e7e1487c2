"""Why a field has its value, as people and programs read it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from clockwork.completion.default_prompt import described
from clockwork.provenance import Source
from clockwork.results import FieldValue
from clockwork.ui.explained_view import decided_when, value_document
from clockwork.ui.fields import difference
from clockwork.ui.text import Line, Span, clean, line, listed, pad, width_of
from clockwork.ui.values import is_long, shown

if TYPE_CHECKING:
    from clockwork.explaining import ExplainedResource


def why_lines(one: ExplainedResource, name: str, file: str) -> list[Line]:
    """Show a field's value, who decided it, and the question behind it.

    Args:
        one: The resource.
        name: The field.
        file: The user's file, as he names it.
    """
    found = one.values.get(name)
    value = "(left unset)" if name in one.unset else shown(found.value) if found else "(not known yet)"
    rows = [("decided by", _decided(one, name, found, file))]
    if found and found.provenance.reason:
        rows.append(("it said", found.provenance.reason))
    before = found.provenance.previous if found else None
    if before is not None:
        rows.append(("before", f"{shown(before)}, until the next apply"))
    if name in one.asked:
        rows += _question(one, name)
    widest = max(width_of(label) for label, _text in rows)
    lines = [line(Span(f"{clean(one.address)}.{clean(name)}", "bold"), f" = {value}"), line()]
    lines += [line(Span(f"{pad(label, widest)}  ", "dim"), clean(text)) for label, text in rows]
    if found and isinstance(before, str) and isinstance(found.value, str) and is_long(before):
        lines += [line(), *(line(row) for row in difference(before, found.value))]
    return lines


def why_document(one: ExplainedResource, name: str) -> dict[str, Any]:
    """Describe why a field has its value for programs.

    Args:
        one: The resource.
        name: The field.
    """
    is_asked = name in one.asked
    found = one.values.get(name)
    return {
        "address": one.address,
        "field": name,
        "known": value_document(found) if found else None,
        "unset": name in one.unset,
        "question": {
            "digest": one.question,
            "answered": one.answered or None,
            "given": dict(one.given),
            "asked": list(one.asked),
            "schema": one.forms.get(name),
        }
        if is_asked
        else None,
    }


def _decided(one: ExplainedResource, name: str, found: FieldValue | None, file: str) -> str:
    if name in one.lacking:
        return f"nobody yet: a model is asked by the next plan ({one.reason})"
    if found is None:
        return "the model, which left it unset"
    match found.provenance.source:
        case Source.USER:
            return f"you, in {file}"
        case Source.EDITED:
            return "you: it was edited in the lock, or kept"
        case Source.DEFAULT:
            return f"nobody: it is the default of {one.type}; write the field to decide it"
        case Source.MODEL:
            return decided_when(found)


def _question(one: ExplainedResource, name: str) -> list[tuple[str, str]]:
    state = {one.question: "the lock answers it", "": "not asked yet"}.get(one.answered, "it changed since")
    given = ", ".join(f"{field}={shown(value)}" for field, value in one.given.items())
    return [
        ("question", f"{one.question} ({state})"),
        ("made of", f"{one.type}({given})"),
        ("asks for", listed(one.asked)),
        ("allowed", described(one.forms.get(name, {}))),
        ("in full", f"clockwork prompt {one.address}"),
    ]
