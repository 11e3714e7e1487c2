"""Progress at a terminal: a moving line for each thing under way, finished ones above."""

from __future__ import annotations

import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from types import TracebackType
from typing import Self

from rich.console import Console, ConsoleOptions, RenderResult
from rich.live import Live
from rich.spinner import Spinner
from rich.text import Text

from clockwork.hook_types import Event
from clockwork.ui.progress import QUEUED, Clock, ended, is_start, is_under_way, share, thing, under_way
from clockwork.ui.screen import Screen
from clockwork.ui.text import count

MOST_ROWS = 12
PER_SECOND = 10
_CLOSING = (
    "engine.done",
    "completion.done",
    "completion.failed",
    "pin.done",
    "pin.skipped",
    "resource.done",
    "resource.failed",
    "assertion.done",
)


@dataclass(frozen=True)
class _Row:
    """Something under way.

    Attributes:
        text: What it is, in words.
        since: When it began.
        is_queued: Whether it only waits to begin.
    """

    text: str
    since: float
    is_queued: bool = False


class LiveView:
    """Shows what is under way, and for how long; leaves nothing behind but the finished lines."""

    def __init__(self, screen: Screen) -> None:
        """Prepare to show on a screen.

        Args:
            screen: A terminal.
        """
        self._screen = screen
        self._console = Console(
            file=screen.stream,
            width=screen.width,
            no_color=not screen.colour,
            highlight=False,
            soft_wrap=True,
        )
        self._live = Live(
            self, console=self._console, refresh_per_second=PER_SECOND, transient=True, redirect_stdout=False
        )
        self._rows: dict[tuple[str, str | None], _Row] = {}
        self._spent = ""
        self._spinner = Spinner("dots")
        self._clock = Clock()
        self._lock = threading.Lock()

    def __enter__(self) -> Self:
        """Start to show."""
        self._live.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """Clear the moving lines."""
        self._live.stop()

    def __call__(self, event: Event) -> None:
        """Take one event, from whatever thread it happens in."""
        with self._lock:
            key = thing(event)
            told = ended(event, self._clock.seconds(event))
            if event.kind == "completion.done":
                self._spent = _spent(event)
            if is_under_way(event):
                self._rows[key] = self._row(event, self._rows.get(key))
            elif event.kind in _CLOSING:
                self._rows.pop(key, None)
        if told is not None:
            self._live.console.print(Text.from_ansi(self._screen.painted(told)))

    @contextmanager
    def paused(self) -> Iterator[None]:
        """Leave the terminal alone, so that a question can be asked."""
        self._live.stop()
        try:
            yield
        finally:
            self._live.start()

    def __rich_console__(self, console: Console, options: ConsoleOptions) -> RenderResult:
        """Draw the moving lines."""
        with self._lock:
            rows = list(self._rows.items())
        now = time.monotonic()
        specific = [row for key, row in rows if key[1]] or [row for _key, row in rows]
        specific.sort(key=lambda row: row.is_queued)
        for row in specific[:MOST_ROWS]:
            frame = " " if row.is_queued else self._spinner.render(now)
            label = f"{frame} {row.text} {now - row.since:.0f} s"
            yield Text(label, "dim" if row.is_queued else "", no_wrap=True, overflow="ellipsis")
        if len(specific) > MOST_ROWS:
            yield Text(f"  and {len(specific) - MOST_ROWS} more", style="dim")
        if self._spent and any(stage == "completion" for (stage, _about), _row in rows):
            yield Text(f"  {self._spent}", style="dim")

    def _row(self, event: Event, before: _Row | None) -> _Row:
        """Say what is under way, and since when: what was queued begins anew when it is asked about."""
        is_new = before is None or (before.is_queued and is_start(event))
        since = time.monotonic() if before is None or is_new else before.since
        return _Row(under_way(event) + share(event), since, event.kind == QUEUED)


def _spent(event: Event) -> str:
    """Say what the questions took that have been answered."""
    calls, tokens = (int(event.data.get(name, 0)) for name in ("calls", "tokens"))
    return f"{count(calls, 'call')}, {count(tokens, 'token')} so far"
