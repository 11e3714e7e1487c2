"""Who decided a value."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from typing import Any


class Source(StrEnum):
    """Who decided a value, as ``--json`` names it."""

    USER = "user"
    MODEL = "model"
    EDITED = "edited"
    DEFAULT = "default"


@dataclass(frozen=True)
class Provenance:
    """Where a field's value comes from.

    Attributes:
        source: Who decided it.
        model: The model's name, when a model did.
        asked_now: Whether the model was asked in this run; ``False`` when the lock had it.
        previous: The value the lock had before, when a new question replaced it; of a description, the
            words of the question that was answered before.
        unchecked: What could not be found out about it, and why; empty when nothing was left open.
        answered: The day of a model's answer, where it is known.
        reason: Why the model chose it, in its own words; empty where it did not say.
    """

    source: Source
    model: str | None = None
    asked_now: bool = False
    previous: Any = None
    unchecked: str = ""
    answered: date | None = None
    reason: str = ""
