"""Errors as a person reads them: what happened, where, what to do."""

from __future__ import annotations

import traceback

from clockwork.credentials import without_credentials
from clockwork.errors import ClockworkError
from clockwork.ui.text import Line, Span, clean, line

_UNFORESEEN = (
    "This is a fault in Clockwork or in a plugin. `--debug` shows where. "
    "CLOCKWORK_DISABLE_PLUGINS=NAME,... leaves plugins out; `clockwork plugins` lists them."
)


def error_lines(error: BaseException) -> list[Line]:
    """Tell an error without its traceback.

    Args:
        error: An expected one tells its place and its way out; any other tells its kind.
    """
    if isinstance(error, KeyboardInterrupt):
        return [line(f"Stopped {error}." if str(error) else "Stopped.")]
    if not isinstance(error, ClockworkError):
        return [
            _head(f"{type(error).__name__}: {error}" if str(error) else type(error).__name__),
            *_hint(_UNFORESEEN),
        ]
    first, *rest = _lines_of(error.message)
    where = [line(Span(f"  at {clean(error.where)}", "dim"))] if error.where else []
    return [_head(first), *(line(f"  {part}") for part in rest), *where, *_hint(error.hint)]


def traceback_lines(error: BaseException) -> list[Line]:
    """The whole traceback of an error, for ``--debug``."""
    text = without_credentials("".join(traceback.format_exception(error)))
    return [line(Span(clean(part), "dim")) for part in text.splitlines()]


def _head(message: str) -> Line:
    return line(Span("Error: ", "bold red"), clean(message))


def _hint(hint: str | None) -> list[Line]:
    return [line(f"  {part}") for part in _lines_of(hint)] if hint else []


def _lines_of(text: str) -> list[str]:
    return [clean(part) for part in text.splitlines()] or [""]
