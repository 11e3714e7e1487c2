"""Reads the progress that the ``container`` program prints beside its result, about once a second."""

from __future__ import annotations

import re
from collections.abc import Callable

_LINE = re.compile(
    r"^(?:\[\d+/\d+\] )?(?P<what>[^\[(%]+?)(?: (?P<percent>\d+)%)?(?: \([^)]*\))? \[[0-9hms:. ]+\]$"
)
_MADE_VOLUME = re.compile(r'^.*named volume was automatically created: \["name": "?(?P<name>[^"\]]+)')


def telling(progress: Callable[[str, float | None], None]) -> Callable[[str], None]:
    """Make what takes the program's lines and tells what is done, and how much of it.

    The numbers of a line are left out of the words, so that one thing is told once.

    Args:
        progress: Told in words, with the part that is done where the line says it.
    """

    def tell(line: str) -> None:
        found = _LINE.match(line)
        if found is None:
            return
        what, percent = found["what"], found["percent"]
        progress(what[0].lower() + what[1:], int(percent) / 100 if percent else None)

    return tell


def made_volume(line: str) -> str | None:
    """Read the name of a volume that the program made by itself out of a line that says so."""
    found = _MADE_VOLUME.match(line)
    return found["name"] if found else None
