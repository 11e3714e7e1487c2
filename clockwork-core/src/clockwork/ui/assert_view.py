"""Assertions as a person reads them: a line for each that passed, then those that did not, and why."""

from __future__ import annotations

from itertools import groupby

from clockwork.results import AssertionResult, RunResult
from clockwork.ui.summary import took
from clockwork.ui.text import Line, Span, clean, count, line, pad, width_of


def assertion_lines(result: RunResult, *, file: str) -> list[Line]:
    """Show every assertion, the failed ones last, and how many passed.

    Args:
        result: The result of an assert.
        file: The user's file, as he names it.
    """
    passed = [one for one in result.assertions if one.passed]
    failed = [one for one in result.assertions if not one.passed]
    title = line(
        Span(f"Assertions for stack {clean(result.stack)}", "bold"), Span(f" · {clean(file)}", "dim")
    )
    verdict = f"{len(failed):,} of {count(len(passed) + len(failed), 'assertion')} failed"
    if not failed:
        verdict = f"{count(len(passed), 'assertion')} passed" if passed else "no assertions to check"
    blocks = [_passed(passed), _failed(failed), [line(Span(f"{verdict} · {took(result.seconds)}", "bold"))]]
    return [title, *(row for block in blocks if block for row in [line(), *block])]


def _passed(results: list[AssertionResult]) -> list[Line]:
    widest = max((width_of(clean(one.address)) for one in results), default=0)
    return [
        line(Span("✓", "bold green"), f" {pad(clean(one.address), widest)}  {clean(one.name)}")
        for one in results
    ]


def _failed(results: list[AssertionResult]) -> list[Line]:
    rows = []
    for address, of_resource in groupby(results, key=lambda one: one.address):
        log: tuple[str, ...] = ()
        for one in of_resource:
            rows.append(line(Span("✗", "bold red"), f" {clean(address)}  {clean(one.name)}"))
            rows.append(line(Span(f"    {clean(one.message)}", "red")))
            log = one.log
        if log:
            rows.append(line(Span("    the last lines of its log:", "dim")))
            rows += [line(Span(f"      {clean(row)}", "dim")) for row in log]
    return rows
