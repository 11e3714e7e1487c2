"""Assertions as a person reads them: one line each, what failed says why."""

from __future__ import annotations

from clockwork.results import RunResult
from clockwork.ui.summary import took
from clockwork.ui.text import Line, Span, clean, count, line, pad, width_of


def assertion_lines(result: RunResult, *, file: str) -> list[Line]:
    """Show every assertion, and how many passed.

    Args:
        result: The result of an assert.
        file: The user's file, as he names it.
    """
    ran = result.assertions
    title = line(
        Span(f"Assertions for stack {clean(result.stack)}", "bold"), Span(f" · {clean(file)}", "dim")
    )
    address = max((width_of(clean(found.address)) for found in ran), default=0)
    name = max((width_of(clean(found.name)) for found in ran), default=0)
    rows = []
    for found in ran:
        symbol, style = ("✓", "green") if found.passed else ("✗", "red")
        what = f" {pad(clean(found.address), address)}  {pad(clean(found.name), name)}"
        rows.append(line(Span(symbol, f"bold {style}"), what, "  ", Span(clean(found.message), style)))
    failed = sum(not found.passed for found in ran)
    verdict = f"{failed:,} of {count(len(ran), 'assertion')} failed" if failed else _all_passed(len(ran))
    return [title, line(), *rows, line(), line(Span(f"{verdict} · {took(result.seconds)}", "bold"))]


def _all_passed(number: int) -> str:
    return f"{count(number, 'assertion')} passed" if number else "no assertions to check"
