"""The last lines of a run: the counts, the model's part, the time, the outputs."""

from __future__ import annotations

from collections.abc import Mapping

from clockwork.provenance import Source
from clockwork.results import CompletionReport, RunResult, Seconds
from clockwork.ui.tense import Tense
from clockwork.ui.text import Line, Span, clean, count, line, pad, width_of
from clockwork.ui.values import shown


def summary_lines(result: RunResult, tense: Tense, *, width: int) -> list[Line]:
    """Sum a run up in a line, with the outputs below.

    Args:
        result: What happens, or happened.
        tense: Whether it will happen, happened, or was only completed.
        width: Columns to fill.
    """
    parts = [_counts(result, tense), *_model_part(result)]
    if tense is not Tense.PLANNED:
        parts.append(took(result.seconds))
    elif result.command == "plan" and (result.summary.changes or result.summary.kept) and not result.failed:
        parts.append("run `clockwork apply`")
    return [*_joined(parts, width), *output_lines(result)]


def took(seconds: Seconds) -> str:
    """Say where the time went: ``0.9 s (load 0.1, complete 0.0, engine 0.8)``."""
    stages = {
        "load": seconds.load,
        "complete": seconds.complete,
        "look up": seconds.pin,
        "engine": seconds.engine,
    }
    told = ", ".join(f"{name} {spent:.1f}" for name, spent in stages.items() if spent >= 0.05)
    return f"{seconds.total:.1f} s ({told})" if told else f"{seconds.total:.1f} s"


def output_lines(result: RunResult) -> list[Line]:
    """Show the stack's outputs, if it has any."""
    if not result.outputs:
        return []
    widest = max(width_of(clean(name)) for name in result.outputs)
    rows = [line(f"  {pad(clean(name), widest)}  {shown(value)}") for name, value in result.outputs.items()]
    return [line(), line(Span("Outputs", "bold")), *rows]


def _joined(parts: list[str], width: int) -> list[Line]:
    """Put parts on one line, or on as many as they need."""
    rows = parts[:1]
    for part in parts[1:]:
        together = f"{rows[-1]} · {part}"
        if width_of(together) <= width:
            rows[-1] = together
        else:
            rows.append(part)
    return [line(Span(row, "bold")) for row in rows]


def _counts(result: RunResult, tense: Tense) -> str:
    if tense is Tense.COMPLETED:
        return f"{count(len(result.resources), 'resource')} complete, nothing done"
    done = tense is Tense.DONE
    summary = result.summary
    if tense is Tense.FOUND:
        found = {"gone": summary.delete, "changed by hand": summary.update, "as left": summary.same}
        return (
            ", ".join(f"{number:,} {words}" for words, number in found.items() if number) or "nothing found"
        )
    verbs = {
        "created" if done else "to create": summary.create,
        "updated" if done else "to update": summary.update,
        "replaced" if done else "to replace": summary.replace,
        "deleted" if done else "to delete": summary.delete,
        "unchanged": summary.same,
    }
    rest = {"kept": summary.kept, "failed": summary.failed, "not reached": summary.skipped}
    told = _told({**verbs, **rest})
    if summary.changes or result.failed:
        return told
    return ", ".join(filter(None, [f"nothing {'changed' if done else 'to change'}", told]))


def _told(numbers: Mapping[str, int]) -> str:
    return ", ".join(f"{number:,} {words}" for words, number in numbers.items() if number)


def _model_part(result: RunResult) -> list[str]:
    origins = [found.provenance for change in result.resources for found in change.values.values()]
    from_model = [origin for origin in origins if origin.source is Source.MODEL]
    edited = sum(origin.source is Source.EDITED for origin in origins)
    told = []
    if from_model or result.completion.calls:
        asked = sum(origin.asked_now for origin in from_model)
        now = f"{asked:,} asked now" if asked else "none asked now"
        told.append(f"{count(len(from_model), 'value')} from the model, {now}{_cost(result.completion)}")
    if edited:
        number = f"{edited:,}" if told else count(edited, "value")
        told.append(f"{number} edited in the lock")
    return [", ".join(told)] if told else []


def _cost(report: CompletionReport) -> str:
    if not report.calls:
        return ""
    tokens = report.input_tokens + report.output_tokens
    told = [count(report.calls, "call")]
    if tokens:
        told.append(f"{tokens:,} tokens")
    if report.cost is not None:
        told.append(f"${report.cost:.4f}")
    return f" ({', '.join(told)})"
