"""What an engine command is for."""

from __future__ import annotations

from enum import StrEnum


class Kind(StrEnum):
    """What an engine command is for."""

    PLAN = "plan"
    APPLY = "apply"
    DESTROY = "destroy"
    REFRESH = "refresh"

    @property
    def changes_things(self) -> bool:
        """Whether real things are made or removed."""
        return self in (Kind.APPLY, Kind.DESTROY)
