"""Clockwork, with every value given, so that no model is asked."""

from __future__ import annotations

from pathlib import Path

from contenders.base import Commands, Contender, program

_MAIN = """\
from clockwork.resources import FileResource

files = [
    FileResource(
        description="a file", path=f"files/{{number}}.txt", content=f"file {{number}}\\n", mode="644"
    )
    for number in range({count})
]
"""


class Clockwork(Contender):
    """The command line, as a person uses it."""

    name = "clockwork"

    def prepare(self, folder: Path, count: int) -> Commands:
        """Write ``main.py``."""
        (folder / "main.py").write_text(_MAIN.format(count=count))
        clockwork = program("clockwork") or "clockwork"
        return Commands(
            {
                "plan": [clockwork, "plan"],
                "apply": [clockwork, "apply", "--yes"],
                "apply again": [clockwork, "apply", "--yes"],
                "destroy": [clockwork, "destroy", "--yes"],
            }
        )
