"""The standard streams of this process: what cannot be written, and who may write."""

from __future__ import annotations

import io
import os
import sys
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from typing import Any

from clockwork.errors import OutputError


class _Results(io.FileIO):
    """Standard output; a result that cannot be written is a failure of its own kind."""

    def write(self, data: Any) -> int | None:  # type: ignore[override]
        try:
            return super().write(data)
        except BrokenPipeError:
            raise
        except OSError as error:
            raise OutputError(f"standard output cannot be written: {error.strerror}") from error


class _Messages(io.FileIO):
    """Standard error; what cannot be said there is no reason to stop a run in the middle."""

    def write(self, data: Any) -> int | None:  # type: ignore[override]
        with suppress(OSError):
            return super().write(data)
        return len(data)


def take_over() -> None:
    """Make the streams of this process safe to use, also those that were closed when it started.

    Raises:
        OutputError: Standard output is closed, so nobody would see a result.
    """
    _fill_gaps()
    closed = sys.stdout is None
    sys.stdin = sys.stdin or io.TextIOWrapper(io.BufferedReader(io.FileIO(0, closefd=False)))
    sys.stderr = _text(_Messages(2, "w", closefd=False), sys.stderr)
    sys.stdout = _text(_Results(1, "w", closefd=False), sys.stdout)
    if closed:
        raise OutputError("standard output is closed; send it to a file, or to /dev/null")


def abandon_results() -> None:
    """Let what was not yet written to standard output go nowhere."""
    os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())


@contextmanager
def kept_for_results(kept: bool = True) -> Iterator[None]:
    """Send to standard error what this process, or a program it starts, prints meanwhile.

    Args:
        kept: Whether to do so; otherwise nothing is changed.
    """
    if not kept:
        yield
        return
    results = sys.stdout
    results.flush()
    before = os.dup(results.fileno())
    os.dup2(sys.stderr.fileno(), results.fileno())
    sys.stdout = sys.stderr
    try:
        yield
    finally:
        sys.stdout = results
        results.flush()
        os.dup2(before, results.fileno())
        os.close(before)


def _fill_gaps() -> None:
    """Open what was closed, lest a file that is opened later becomes a standard stream."""
    for number in range(3):
        try:
            os.fstat(number)
        except OSError:
            os.open(os.devnull, os.O_RDWR)


def _text(raw: io.FileIO, like: Any) -> io.TextIOWrapper:
    """Write text as another stream does; what its encoding lacks is written out."""
    unbuffered = like is not None and like.write_through
    return io.TextIOWrapper(
        raw if unbuffered else io.BufferedWriter(raw),
        encoding=like.encoding if like is not None else "utf-8",
        errors="backslashreplace",
        line_buffering=like is None or like.line_buffering,
        write_through=unbuffered,
    )
