"""Clockwork, with every value given, and with values from the lock; no model is asked."""

from __future__ import annotations

from pathlib import Path

from clockwork.lock import Lock, LockEntry
from contenders.base import Commands, Contender, program

_GIVEN = """\
from clockwork.resources import FileResource

files = [
    FileResource(
        description="a file", path=f"files/{{number}}.txt", content=f"file {{number}}\\n", mode="644"
    )
    for number in range({count})
]
"""
_COMPLETED = """\
from clockwork.resources import FileResource

files = [FileResource(description="a file", path=f"files/{{number}}.txt") for number in range({count})]
"""


class Clockwork(Contender):
    """The command line, as a person uses it."""

    name = "clockwork"

    def prepare(self, folder: Path, count: int) -> Commands:
        """Write ``main.py``."""
        (folder / "main.py").write_text(_GIVEN.format(count=count))
        return _commands()


class LockedClockwork(Contender):
    """The same with contents and modes in ``clockwork.lock``, as on a machine that only deploys."""

    name = "clockwork, locked"
    note = "contents and modes come from the lock; everything with --locked"

    def prepare(self, folder: Path, count: int) -> Commands:
        """Write ``main.py`` and the lock."""
        (folder / "main.py").write_text(_COMPLETED.format(count=count))
        lock = Lock(folder / "clockwork.lock")
        for number in range(count):
            values = {"content": f"file {number}\n", "mode": "644"}
            lock.put(f"files[{number}]", LockEntry("FileResource", "by hand", "nobody", values))
        lock.write()
        return _commands("--locked")


def _commands(*options: str) -> Commands:
    clockwork = program("clockwork") or "clockwork"
    return Commands(
        {
            "plan": [clockwork, "plan", *options],
            "apply": [clockwork, "apply", "--yes", *options],
            "apply again": [clockwork, "apply", "--yes", *options],
            "assert": [clockwork, "assert", *options],
            "destroy": [clockwork, "destroy", "--yes"],
        }
    )
