"""How long questions take together at an endpoint that answers them at once: ``hatch run bench at-once``."""

from __future__ import annotations

import json
import statistics
import subprocess
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from rich.table import Table

from support.command import PROGRAM, environment
from support.fake_endpoint import FakeEndpoint, Request, fake_endpoint

LATENCY = 1.0
"""Seconds until the endpoint answers."""

_ALIKE = """\
from clockwork.resources import FileResource

{files}
"""
_FILE = 'note{n} = FileResource(description="Note {n}", directory=".", mode="644", content="tea")'
_DEPENDENT = (
    'index{n} = FileResource(description="Index {n}", directory=".", mode="644", content="tea", '
    "depends_on=[note{n}])"
)
_COURSES = {"1 resource": (1, 0), "8 alike": (8, 0), "8 alike and 2 that depend on them": (8, 2)}


@dataclass(frozen=True)
class Round:
    """One run without the engine.

    Attributes:
        asking: Seconds of the completion, as the run says.
        whole: Seconds of the whole process.
        calls: Requests to the model.
    """

    asking: float
    whole: float
    calls: int


def at_once(repeat: int) -> dict[str, dict[str, Round]]:
    """Measure dry runs of each course without a lock and with the one that they wrote.

    Args:
        repeat: The rounds; medians are given.
    """
    with _slow_endpoint() as server:
        found = {name: [_rounds(server, *size) for _ in range(repeat)] for name, size in _COURSES.items()}
    return {
        name: {way: _median([one[way] for one in rounds]) for way in ("asked", "locked")}
        for name, rounds in found.items()
    }


def at_once_table(found: dict[str, dict[str, Round]]) -> Table:
    """Show them."""
    table = Table(title=f"questions at an endpoint that answers after {LATENCY:g} s")
    for column in ("", "calls", "completing", "times one", "dry run", "dry run with the lock"):
        table.add_column(column, justify="left" if not column else "right")
    one = found["1 resource"]["asked"].asking
    for name, rounds in found.items():
        asked, locked = rounds["asked"], rounds["locked"]
        seconds = (f"{asked.asking:.2f}", f"{asked.asking / one:.2f}", f"{asked.whole:.2f}")
        table.add_row(name, str(asked.calls), *seconds, f"{locked.whole:.2f}")
    return table


@contextmanager
def _slow_endpoint() -> Iterator[FakeEndpoint]:
    def answer(request: Request) -> Any:
        time.sleep(LATENCY)
        wish = request.question.rpartition("Wish: ")[2].partition("\n")[0]
        return {"name": f"{wish.lower().replace(' ', '-')}.md"}

    with fake_endpoint(answer) as server:
        yield server


def _rounds(server: FakeEndpoint, alike: int, dependents: int) -> dict[str, Round]:
    with tempfile.TemporaryDirectory(prefix="clockwork-bench-") as place:
        files = [_FILE.format(n=n) for n in range(alike)]
        files += [_DEPENDENT.format(n=n) for n in range(dependents)]
        Path(place, "main.py").write_text(_ALIKE.format(files="\n".join(files)), encoding="utf-8")
        return {way: _planned(server, Path(place)) for way in ("asked", "locked")}


def _planned(server: FakeEndpoint, folder: Path) -> Round:
    started = time.monotonic()
    done = subprocess.run(
        [PROGRAM, "apply", "--dry-run", "--json"],
        cwd=folder,
        env=environment(CW_BASE_URL=server.url, CW_MODEL="fake", CW_COMPLETION_CONCURRENCY="8"),
        capture_output=True,
        check=True,
    )
    whole = time.monotonic() - started
    document = json.loads(done.stdout)
    return Round(document["seconds"]["complete"], whole, document["completion"]["calls"])


def _median(rounds: list[Round]) -> Round:
    return Round(
        statistics.median(one.asking for one in rounds),
        statistics.median(one.whole for one in rounds),
        rounds[0].calls,
    )
