"""Values with who decided them, and questions to a model, as people and programs read them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

from clockwork.provenance import Source
from clockwork.results import FieldValue, LockedResource
from clockwork.ui.fields import decided_by
from clockwork.ui.text import Line, Span, clean, count, line, listed, pad, width_of
from clockwork.ui.values import short, shown, without_secrets

if TYPE_CHECKING:
    from clockwork.explaining import AskedQuestion, ExplainedResource

_WIDEST_VALUE = 60


def explained_lines(found: Sequence[ExplainedResource]) -> list[Line]:
    """Show each resource with its values and the one who decided each."""
    lines: list[Line] = []
    for one in found:
        lines += [*([line()] if lines else []), *held_lines(one)]
    return lines


def held_lines(one: LockedResource) -> list[Line]:
    """Show a resource with the values that are known, and what will be asked for."""
    values = {clean(name): found for name, found in one.values.items() if found.value is not None}
    widest = max((width_of(name) for name in (*values, *one.lacking)), default=0)
    told = {name: _told(found) for name, found in values.items()}
    longest = min(max((width_of(text) for text in told.values()), default=0), _WIDEST_VALUE)
    lines = [line(Span(clean(one.address), "bold"), f"  {clean(one.type)}")]
    for name, found in values.items():
        label, who = Span(f"    {pad(name, widest)}  ", "dim"), Span(f"  {decided_when(found)}", "dim")
        lines.append(line(label, pad(told[name], longest), who))
    reasons = dict.fromkeys(found.provenance.reason for found in values.values())
    lines += [line(Span(f"    {pad('why', widest)}  {clean(one)}", "dim")) for one in reasons if one]
    for name in one.lacking:
        label = Span(f"    {pad(clean(name), widest)}  ", "dim")
        lines.append(line(label, Span(f"will be asked for: {clean(one.reason)}", "yellow")))
    return lines


def decided_when(found: FieldValue) -> str:
    """Say who decided a value, and the day of a model's answer: ``model NAME on 2026-03-01``."""
    provenance = found.provenance
    if provenance.source is not Source.MODEL:
        return decided_by(found)
    model = f"model {clean(provenance.model)}" if provenance.model else "model"
    return f"{model} on {provenance.answered.isoformat()}" if provenance.answered else model


def explained_document(one: ExplainedResource) -> dict[str, Any]:
    """Describe a resource with its values for programs."""
    return {
        "address": one.address,
        "type": one.type,
        "values": {name: value_document(found) for name, found in one.values.items()},
        "unset": list(one.unset),
        "lacking": list(one.lacking),
        "reason": one.reason or None,
    }


def value_document(found: FieldValue) -> dict[str, Any]:
    """Describe a value and who decided it for programs."""
    provenance = found.provenance
    return {
        "value": without_secrets(found.value),
        "source": provenance.source.value,
        "model": provenance.model,
        "answered": provenance.answered.isoformat() if provenance.answered else None,
        "reason": provenance.reason or None,
        "before": without_secrets(provenance.previous),
        "pin": found.pin,
    }


def question_lines(address: str, questions: Sequence[AskedQuestion]) -> list[Line]:
    """Show what a model is asked, word for word, and the form of each answer."""
    if not questions:
        return [line(f"Nothing is missing in {clean(address)}: no model is asked about it.")]
    when = "would be sent with --refresh-completions; the lock has the answers"
    asked = when if questions[0].is_answered else "will be sent by the next plan"
    lines = [line(Span(clean(address), "bold"), f" · {count(len(questions), 'question')} · {asked}")]
    for number, one in enumerate(questions, 1):
        form = "one structured answer" if one.form else "a plain text"
        title = f"Question {number}: {listed(clean(name) for name in one.fields)}, {form}"
        lines += [line(), line(Span(title, "bold")), line()]
        lines += [line(clean(row)) for row in one.text.splitlines()]
        if one.form:
            lines += [line(), line(Span("The schema of the answer:", "bold")), line()]
            lines += [line(clean(row)) for row in _indented(one.form)]
    return lines


def question_document(one: AskedQuestion) -> dict[str, Any]:
    """Describe a question for programs."""
    return {
        "fields": list(one.fields),
        "text": one.text,
        "schema": one.form,
        "is_answered": one.is_answered,
    }


def _told(found: FieldValue) -> str:
    value = shown(found.value)
    return f"{value}@{short(clean(found.pin))}" if found.pin else value


def _indented(document: Mapping[str, Any]) -> list[str]:
    import json

    return json.dumps(document, indent=2, ensure_ascii=False).splitlines()
