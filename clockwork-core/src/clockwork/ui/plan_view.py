"""The plan as a person reads it: what happens, to what, and who decided each value."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from pathlib import Path

from clockwork.results import Action, ResourceChange, RunResult, Status
from clockwork.ui.fields import FieldRow, field_rows, value_rows
from clockwork.ui.layout import Layout
from clockwork.ui.screen import results
from clockwork.ui.summary import summary_lines
from clockwork.ui.tense import Tense, symbol_of, words_of
from clockwork.ui.text import Line, Span, clean, count, line

MOST_UNCHANGED = 10
_TITLES = {
    ("plan", Tense.PLANNED): "Plan for stack",
    ("apply", Tense.PLANNED): "Plan for stack",
    ("apply", Tense.DONE): "Applied to stack",
    ("destroy", Tense.PLANNED): "Plan to destroy stack",
    ("destroy", Tense.DONE): "Removed from stack",
    ("refresh", Tense.FOUND): "Found in stack",
}
_FAILURES = {
    "plan": "Plan failed for stack",
    "apply": "Apply failed for stack",
    "destroy": "Destroy failed for stack",
    "refresh": "Refresh failed for stack",
}


def viewed(file: Path, tense: Tense) -> Callable[[RunResult], list[Line]]:
    """Make the view of a command on standard output.

    Args:
        file: The user's file, as he names it.
        tense: Whether it will happen, happened, or was only completed.
    """
    return lambda result: plan_lines(result, file=str(file), width=results().width, tense=tense)


def plan_lines(result: RunResult, *, file: str, width: int, tense: Tense) -> list[Line]:
    """Show every resource of a result, and its summary.

    Args:
        result: What happens, or happened.
        file: The user's file, as he names it.
        width: Columns to fill.
        tense: Whether it will happen, happened, or was only completed.
    """
    return [
        _title(result, file, tense),
        line(),
        *_resources(result.resources, width, tense),
        *([line()] if result.resources else []),
        *summary_lines(result, tense, width=width),
    ]


def brief_lines(result: RunResult, *, width: int) -> list[Line]:
    """Show what was done, to somebody who has just seen the plan: what is new, and the summary.

    Args:
        result: What happened.
        width: Columns to fill.
    """
    noted = [(change, list[FieldRow]()) for change in result.resources if change.notes]
    layout = Layout(noted, width)
    lines = [row for change, rows in noted for row in layout.block(change, rows, Tense.DONE)]
    return [*lines, *([line()] if lines else []), *summary_lines(result, Tense.DONE, width=width)]


def _title(result: RunResult, file: str, tense: Tense) -> Line:
    words = _TITLES.get((result.command, tense), "Completed for stack")
    if result.failed:
        words = _FAILURES[result.command]
    found = count(len(result.resources), "resource")
    return line(Span(f"{words} {clean(result.stack)}", "bold"), Span(f" · {clean(file)} · {found}", "dim"))


def _resources(changes: list[ResourceChange], width: int, tense: Tense) -> list[Line]:
    """Show each resource; of many that have the same words and nothing more, only how many they are."""
    choose = value_rows if tense is Tense.COMPLETED else field_rows
    rows = {change.address: choose(change) for change in changes}
    said = {change.address: (symbol_of(change), words_of(change, tense)) for change in changes}
    quiet = Counter(said[change.address] for change in changes if _is_quiet(change, rows[change.address]))
    many = {words: number for words, number in quiet.items() if number > MOST_UNCHANGED}
    shown = [
        (change, rows[change.address])
        for change in changes
        if said[change.address] not in many or not _is_quiet(change, rows[change.address])
    ]
    layout = Layout(shown, width)
    lines = [row for change, found in shown for row in layout.block(change, found, tense)]
    counted = [f"{symbol} {count(many[symbol, words], 'resource')}  {words}" for symbol, words in many]
    return [*lines, *(line(Span(row, "dim")) for row in counted)]


def _is_quiet(change: ResourceChange, rows: list[FieldRow]) -> bool:
    """Tell whether there is nothing to say of a resource but that it was left alone."""
    is_same = change.action is Action.SAME and change.status is not Status.FAILED
    return (
        (is_same or change.status is Status.SKIPPED)
        and not rows
        and not change.notes
        and not change.unapproved
    )
