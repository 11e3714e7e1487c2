"""Where lines go: results to standard output, progress and errors to standard error."""

from __future__ import annotations

import os
import shutil
import sys
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any, TextIO

import click

from clockwork.ui.text import Line, plain

PLAIN_WIDTH = 120
WIDEST = 132


@dataclass(frozen=True)
class Screen:
    """One of the two streams, and what it can show.

    Attributes:
        stream: Where lines are written.
        terminal: Whether a person's terminal is behind it.
        colour: Whether styles are shown.
        width: Columns to fill.
    """

    stream: TextIO
    terminal: bool
    colour: bool
    width: int

    @classmethod
    def of(cls, stream: TextIO) -> Screen:
        """Look at a stream: ``NO_COLOR``, ``TERM=dumb`` and files get plain text."""
        terminal = stream.isatty() and os.environ.get("TERM") != "dumb"
        width = min(shutil.get_terminal_size().columns, WIDEST) if terminal else PLAIN_WIDTH
        return cls(stream, terminal, terminal and not os.environ.get("NO_COLOR"), width)

    def show(self, lines: Iterable[Line]) -> None:
        """Write lines."""
        text = "".join(f"{self.painted(row)}\n" for row in lines)
        click.echo(text, file=self.stream, nl=False, color=self.colour)

    def painted(self, row: Line) -> str:
        """A line with its styles, as far as they are shown."""
        if not self.colour:
            return plain(row)
        return "".join(click.style(span.text, **_style(span.style)) for span in row)


def results() -> Screen:
    """Standard output: what a command was asked for."""
    return Screen.of(sys.stdout)


def messages() -> Screen:
    """Standard error: progress, questions, errors."""
    return Screen.of(sys.stderr)


def can_ask() -> bool:
    """Tell whether a person is there to answer a question, wherever the results go."""
    return sys.stdin.isatty() and sys.stderr.isatty()


def forget_typed_ahead() -> None:
    """Drop what was typed before a question: nobody answers a plan that he has not seen."""
    import termios

    termios.tcflush(sys.stdin.fileno(), termios.TCIFLUSH)


def _style(words: str) -> dict[str, Any]:
    chosen: dict[str, Any] = {}
    for word in words.split():
        if word in ("bold", "dim"):
            chosen[word] = True
        else:
            chosen["fg"] = word
    return chosen
