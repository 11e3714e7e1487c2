"""What is said while a run goes on, on standard error: a line for each event that matters."""

from __future__ import annotations

import threading
import time
from collections.abc import Iterator
from contextlib import AbstractContextManager, contextmanager
from typing import Protocol

from clockwork.hook_types import Event
from clockwork.ui.screen import Screen
from clockwork.ui.text import Line, Span, clean, line, listed
from clockwork.ui.values import short

_ENDINGS = {
    "create": "created",
    "update": "updated",
    "replace": "replaced",
    "delete": "deleted",
}
_UNDER_WAY = {
    "create": "creating",
    "update": "updating",
    "replace": "replacing",
    "delete": "deleting",
}
QUEUED = "completion.queued"
"""Of what has not begun; too little news for a line of its own."""

_STARTS = (
    QUEUED,
    "completion.asking",
    "pin.start",
    "engine.start",
    "engine.progress",
    "resource.start",
    "assertion.start",
    "assertion.waiting",
)


_NEWS = ("engine.progress", "resource.progress", "completion.progress", "completion.waiting")
"""Events that tell how something goes on."""

_NAMED = ("assertion", "pin")
"""Stages with several things under way at one address."""


class Progress(Protocol):
    """Takes the events of a run and shows them."""

    def __call__(self, event: Event) -> None:
        """Take one event, from whatever thread it happens in."""

    def paused(self) -> AbstractContextManager[None]:
        """Leave the terminal alone for as long as the context lasts."""


class PlainProgress:
    """One line for each event; nothing that moves."""

    def __init__(self, screen: Screen) -> None:
        """Write to a screen.

        Args:
            screen: Standard error as a rule.
        """
        self._screen = screen
        self._clock = Clock()
        self._said: set[str] = set()
        self._lock = threading.Lock()

    def __call__(self, event: Event) -> None:
        """Say an event that is worth a line."""
        with self._lock:
            seconds = self._clock.seconds(event)
            told = self._news(event) if event.kind in _NEWS else ended(event, seconds)
            if told is not None:
                self._screen.show([told])

    @contextmanager
    def paused(self) -> Iterator[None]:
        """Do nothing: lines that were written do not move."""
        yield

    def _news(self, event: Event) -> Line | None:
        text = under_way(event)
        is_news = text not in self._said
        self._said.add(text)
        return line(text) if is_news else None


class Clock:
    """How long each thing took, from the event that starts it to the one that ends it."""

    def __init__(self) -> None:
        """Start with nothing under way."""
        self._since: dict[tuple[str, str | None], float] = {}

    def seconds(self, event: Event) -> float:
        """Take an event; give the seconds since the event that started the same thing."""
        now = time.monotonic()
        key = thing(event)
        if is_under_way(event):
            self._since[key] = now if is_start(event) else self._since.get(key, now)
            return 0.0
        return now - self._since.pop(key, now)


def thing(event: Event) -> tuple[str, str | None]:
    """What an event is about: its stage and its address, with the name of an assertion or a pinned name."""
    stage = event.kind.split(".")[0]
    return stage, f"{event.address}: {event.data.get('name')}" if stage in _NAMED else event.address


def is_start(event: Event) -> bool:
    """Tell whether an event says that something is now under way."""
    return event.kind in _STARTS


def is_under_way(event: Event) -> bool:
    """Tell whether an event says what is under way: something new, or how it goes on."""
    return is_start(event) or event.kind in _NEWS


def under_way(event: Event) -> str:
    """Say what is now under way, in clean words."""
    address = clean(event.address or "")
    match event.kind:
        case "completion.asking":
            fields = [clean(str(name)) for name in event.data.get("fields", ())]
            return f"{address}: asking the model" + (f" for {listed(fields)}" if fields else "")
        case "pin.start":
            return f"{address}: looking up {clean(str(event.data.get('name')))}"
        case "resource.start":
            return f"{address}: {_UNDER_WAY.get(str(event.data.get('action')), 'working')}"
        case "completion.waiting":
            text = clean(str(event.data.get("text", "waiting for the model")))
            return f"{address}: {text}" if address else text
        case "resource.progress" | "completion.progress" | "completion.queued":
            return f"{address}: {clean(str(event.data.get('text', 'working')))}"
        case "assertion.start" | "assertion.waiting":
            seen = event.data.get("seen")
            checked = f"{address}: {clean(str(event.data.get('name')))}"
            return f"{checked} ({clean(str(seen))})" if seen else checked
        case "engine.progress":
            return clean(str(event.data.get("text", "preparing the engine")))
        case _:
            return "the engine is at work"


def share(event: Event) -> str:
    """How much of what is under way is done, such as `` 40%``; empty when that is not known."""
    part = event.data.get("part")
    return "" if part is None else f" {part:.0%}"


def ended(event: Event, seconds: float) -> Line | None:
    """Say that something ended; ``None`` when the event says no such thing.

    Args:
        event: The event.
        seconds: How long it took.
    """
    address = clean(event.address or "")
    took = Span(f" ({seconds:.1f} s)" if seconds >= 0.05 else "", "dim")
    match event.kind:
        case "completion.done":
            return line(Span("✓ ", "green"), f"{address}: completed", took)
        case "completion.failed":
            return line(Span("✗ ", "red"), f"{address}: not completed", took)
        case "pin.done":
            name, value = clean(str(event.data.get("name"))), short(clean(str(event.data.get("value"))))
            return line(Span("✓ ", "green"), f"{address}: {name} is {value}", took)
        case "pin.skipped":
            name, reason = clean(str(event.data.get("name"))), clean(str(event.data.get("reason")))
            return line(Span("! ", "yellow"), f"{address}: {name} is not pinned: {reason}", took)
        case "resource.done":
            is_kept = event.data.get("status") == "kept"
            words = "kept" if is_kept else _ENDINGS.get(str(event.data.get("action")), "done")
            return line(Span("✓ ", "green"), f"{address}: {words}", took)
        case "resource.failed":
            words = "stopped" if event.data.get("status") == "skipped" else "failed"
            return line(Span("✗ ", "red"), f"{address}: {words}", took)
        case "engine.recovered":
            process = clean(str(event.data.get("pid")))
            return line(
                Span("! ", "yellow"),
                f"process {process} was killed in the middle of a run; its lock is removed",
            )
        case "engine.unfinished":
            process = clean(str(event.data.get("pid")))
            return line(
                Span("! ", "yellow"),
                f"process {process} was killed in the middle of a run;"
                " `clockwork apply` and `clockwork destroy` take care of what it left",
            )
        case "engine.other_file":
            before, now = (clean(str(event.data.get(name))) for name in ("before", "now"))
            return line(
                Span("! ", "yellow"),
                f"this stack was deployed from {before} before:"
                f" what {now} does not declare is removed from it",
            )
        case _:
            return None


def progress(screen: Screen) -> AbstractContextManager[Progress]:
    """Show the progress of a run in the way a screen can.

    Args:
        screen: Standard error as a rule.
    """
    if screen.terminal:
        from clockwork.ui.live_view import LiveView

        return LiveView(screen)
    return _plain(screen)


@contextmanager
def _plain(screen: Screen) -> Iterator[Progress]:
    yield PlainProgress(screen)
