"""How an action is said: before it happens, after it happened or failed, and by what sign."""

from __future__ import annotations

from enum import StrEnum

from clockwork.results import Action, ResourceChange, Status

_SYMBOLS = {
    Action.CREATE: "+",
    Action.UPDATE: "~",
    Action.REPLACE: "±",
    Action.DELETE: "-",
    Action.SAME: "=",
    Action.UNKNOWN: "·",
}
_STYLES = {
    Action.CREATE: "green",
    Action.UPDATE: "yellow",
    Action.REPLACE: "magenta",
    Action.DELETE: "red",
    Action.SAME: "dim",
    Action.UNKNOWN: "dim",
}
_STATUS_SYMBOLS = {Status.FAILED: "✗", Status.SKIPPED: "·", Status.KEPT: "="}
_STATUS_STYLES = {Status.FAILED: "red", Status.SKIPPED: "dim", Status.KEPT: "yellow"}
_PLANNED = {
    Action.CREATE: "create",
    Action.UPDATE: "update in place",
    Action.REPLACE: "replace",
    Action.DELETE: "delete",
    Action.SAME: "no change",
}
_FOUND = {
    Action.UPDATE: "changed by hand",
    Action.DELETE: "gone",
    Action.SAME: "as it was left",
}
_DONE = {
    Action.CREATE: "created",
    Action.UPDATE: "updated in place",
    Action.REPLACE: "replaced",
    Action.DELETE: "deleted",
    Action.SAME: "unchanged",
}


class Tense(StrEnum):
    """Whether a result is what will happen, what happened, what was only completed, or what was found."""

    PLANNED = "planned"
    DONE = "done"
    COMPLETED = "completed"
    FOUND = "found"


def symbol_of(change: ResourceChange) -> str:
    """The sign of what happens, or happened, to a resource."""
    return _STATUS_SYMBOLS.get(change.status) or _SYMBOLS[change.action]


def style_of(change: ResourceChange) -> str:
    """The style of a resource's row."""
    return _STATUS_STYLES.get(change.status) or _STYLES[change.action]


def words_of(change: ResourceChange, tense: Tense) -> str:
    """Say what happens to a resource: ``update in place``, ``updated in place``, ``create failed``."""
    planned = "" if change.action in (Action.SAME, Action.UNKNOWN) else _PLANNED[change.action]
    match change.status:
        case Status.FAILED:
            return f"{planned} failed".lstrip()
        case Status.SKIPPED:
            return f"not reached ({planned})" if planned else "not reached"
        case Status.KEPT:
            return "kept"
        case Status.DONE if tense is Tense.FOUND:
            return _FOUND[change.action]
        case Status.DONE:
            return _DONE[change.action]
        case Status.PLANNED:
            return "complete" if tense is Tense.COMPLETED else _PLANNED[change.action]
