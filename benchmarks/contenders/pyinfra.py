"""pyinfra on this machine; it keeps no state, so that removal is a program of its own."""

from __future__ import annotations

from pathlib import Path

from contenders.base import Commands, Contender, program

_PUT = """\
from io import StringIO
from pyinfra.operations import files

for number in range({count}):
    files.put(src=StringIO(f"file {{number}}\\n"), dest="{folder}/files/{{}}.txt".format(number), mode="644")
"""
_REMOVE = """\
from pyinfra.operations import files

for number in range({count}):
    files.file(path="{folder}/files/{{}}.txt".format(number), present=False)
"""


class Pyinfra(Contender):
    """``pyinfra @local``."""

    name = "pyinfra"
    note = "no state; destroy is a second program"

    def missing(self) -> str | None:
        """Say that it is not installed."""
        return None if program("pyinfra") else "pyinfra is not installed"

    def prepare(self, folder: Path, count: int) -> Commands:
        """Write its two programs."""
        (folder / "put.py").write_text(_PUT.format(count=count, folder=folder))
        (folder / "remove.py").write_text(_REMOVE.format(count=count, folder=folder))
        pyinfra = program("pyinfra") or "pyinfra"
        return Commands(
            {
                "plan": [pyinfra, "@local", "put.py", "--dry", "-y"],
                "apply": [pyinfra, "@local", "put.py", "-y"],
                "apply again": [pyinfra, "@local", "put.py", "-y"],
                "destroy": [pyinfra, "@local", "remove.py", "-y"],
            }
        )
