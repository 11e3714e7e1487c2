"""What the lock holds, and which pins moved, as a person reads it."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from clockwork.results import LockReport, PinResult, PinStatus
from clockwork.ui.explained_view import held_lines
from clockwork.ui.text import Line, Span, clean, count, line, listed, pad, width_of
from clockwork.ui.values import short

_SIGNS = {
    PinStatus.SAME: Span("="),
    PinStatus.MOVED: Span("~", "bold yellow"),
    PinStatus.NEW: Span("+", "bold green"),
    PinStatus.LOCAL: Span("=", "dim"),
    PinStatus.FAILED: Span("✗", "bold red"),
    PinStatus.LACKING: Span("+", "bold green"),
    PinStatus.UNUSED: Span("-", "bold red"),
}


def lock_lines(report: LockReport) -> list[Line]:
    """Show every value and every pin, then what the next plan adds or drops."""
    blocks = [
        [_title(report)],
        *(held_lines(one) for one in report.resources),
        _pins(report.pins, _held),
        [line(Span(_verdict(report), "bold"))],
    ]
    return _apart(blocks)


def pruned_lines(report: LockReport) -> list[Line]:
    """Show what was dropped."""
    pins = [one for one in report.pins if one.status is PinStatus.UNUSED]
    dropped = [line(Span("-", "bold red"), f" {clean(address)}") for address in report.unused]
    verdict = (
        f"{count(len(dropped) + len(pins), 'entry', 'entries')} dropped"
        if dropped or pins
        else "nothing to drop"
    )
    return _apart([[_title(report)], dropped, _pins(pins, _held), [line(Span(verdict, "bold"))]])


def upgrade_lines(report: LockReport) -> list[Line]:
    """Show what came of each name that was looked up, then how many moved."""
    moved = sum(one.status in (PinStatus.MOVED, PinStatus.NEW) for one in report.pins)
    failed = sum(one.status is PinStatus.FAILED for one in report.pins)
    verdict = f"{moved:,} of {count(len(report.pins), 'pin')} moved" if report.pins else "nothing to look up"
    if failed:
        verdict += f", {failed:,} not looked up"
    if moved:
        verdict += " · run `clockwork plan`"
    return _apart([[_title(report)], _pins(report.pins, _upgraded), [line(Span(verdict, "bold"))]])


def _apart(blocks: Sequence[list[Line]]) -> list[Line]:
    first, *rest = [block for block in blocks if block]
    return [*first, *(row for block in rest for row in [line(), *block])]


def _title(report: LockReport) -> Line:
    of_stack = f" · the stack {clean(report.stack)}" if report.stack else ""
    return line(Span(clean(report.file.name), "bold"), of_stack)


def _pins(pins: Sequence[PinResult], told: Callable[[PinResult], str]) -> list[Line]:
    widest = max((width_of(clean(one.name)) for one in pins), default=0)
    return [
        line(
            _SIGNS[one.status],
            f" {pad(clean(one.name), widest)}  {told(one)}",
            Span(f"  {clean(listed(one.addresses))}" if one.addresses else "", "dim"),
        )
        for one in pins
    ]


def _held(one: PinResult) -> str:
    match one.status:
        case PinStatus.LACKING:
            return "will be looked up"
        case PinStatus.LOCAL:
            return _own(one)
        case PinStatus.UNUSED:
            return f"{_short(one.value)} (no resource uses it any more)"
        case _:
            return _short(one.value)


def _upgraded(one: PinResult) -> str:
    match one.status:
        case PinStatus.MOVED | PinStatus.NEW:
            return f"{_short(one.previous)} -> {_short(one.value)}"
        case PinStatus.LOCAL:
            return _own(one)
        case PinStatus.FAILED:
            stays = f"; it stays {_short(one.value)}" if one.value else ""
            return f"was not looked up: {clean(one.reason)}{stays}"
        case _:
            return f"{_short(one.value)} still"


def _own(one: PinResult) -> str:
    return f"is not pinned: {clean(one.reason)}"


def _verdict(report: LockReport) -> str:
    values = sum(len(one.values) for one in report.resources)
    pinned = sum(one.value is not None for one in report.pins)
    held = f"{count(values, 'value')} and {count(pinned, 'pin')}"
    asked = sum(len(one.lacking) for one in report.resources)
    lacking = sum(one.status is PinStatus.LACKING for one in report.pins)
    dropped = len(report.unused) + sum(one.status is PinStatus.UNUSED for one in report.pins)
    todo = [
        words
        for number, words in (
            (asked, f"asks for {count(asked, 'value')}"),
            (lacking, f"looks up {count(lacking, 'name')}"),
            (dropped, f"drops {count(dropped, 'entry', 'entries')}"),
        )
        if number
    ]
    return f"{held}, {f'the next plan {listed(todo)}' if todo else 'up to date'}"


def _short(value: str | None) -> str:
    return "not pinned" if value is None else short(clean(value))
