"""Results of runs, made by hand, for what is shown of them."""

from __future__ import annotations

from typing import Any

from clockwork.provenance import Provenance, Source
from clockwork.results import Action, ChangeSummary, FieldValue, ResourceChange, RunResult, Status
from clockwork.ui.plan_view import plan_lines
from clockwork.ui.tense import Tense
from clockwork.ui.text import plain

YOU = Provenance(Source.USER)
LOCKED = Provenance(Source.MODEL, "small-model")
ASKED = Provenance(Source.MODEL, "small-model", asked_now=True)


def change(action: Action, address: str = "article", **more: Any) -> ResourceChange:
    """A change of a file; planned unless its status is given."""
    return ResourceChange(address, "FileResource", action, **more)


def done(action: Action, address: str = "article", **more: Any) -> ResourceChange:
    """A change of a file that was carried out."""
    return change(action, address, status=Status.DONE, **more)


def value(what: Any, provenance: Provenance = YOU) -> FieldValue:
    """A value and who decided it."""
    return FieldValue(what, provenance)


def run_of(*changes: ResourceChange, command: str = "plan", **more: Any) -> RunResult:
    """A run with its counts."""
    return RunResult(command, "dev", list(changes), ChangeSummary.of(list(changes)), **more)


def rows(result: RunResult, *, width: int = 100, tense: Tense = Tense.PLANNED) -> list[str]:
    """The view of a plan as plain rows."""
    return [plain(row) for row in plan_lines(result, file="main.py", width=width, tense=tense)]
