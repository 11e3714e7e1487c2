"""How an action is said: before it happens, after it happened, and by what sign."""

from __future__ import annotations

from enum import StrEnum

from clockwork.results import Action

SYMBOLS = {
    Action.CREATE: "+",
    Action.UPDATE: "~",
    Action.REPLACE: "±",
    Action.DELETE: "-",
    Action.SAME: "=",
}
STYLES = {
    Action.CREATE: "green",
    Action.UPDATE: "yellow",
    Action.REPLACE: "magenta",
    Action.DELETE: "red",
    Action.SAME: "dim",
}


_PLANNED = {
    Action.CREATE: "create",
    Action.UPDATE: "update in place",
    Action.REPLACE: "replace",
    Action.DELETE: "delete",
    Action.SAME: "no change",
}
_DONE = {
    Action.CREATE: "created",
    Action.UPDATE: "updated in place",
    Action.REPLACE: "replaced",
    Action.DELETE: "deleted",
    Action.SAME: "unchanged",
}


class Tense(StrEnum):
    """Whether a result is what will happen, what happened, or only what was completed."""

    PLANNED = "planned"
    DONE = "done"
    COMPLETED = "completed"


def action_words(action: Action, tense: Tense) -> str:
    """Say an action, such as ``update in place`` or ``updated in place``."""
    if tense is Tense.COMPLETED:
        return "complete"
    return (_DONE if tense is Tense.DONE else _PLANNED)[action]
