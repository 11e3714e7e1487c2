"""What a lock holds: the values that a person did not write, pins, and commands that were allowed."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Collection, Mapping
from dataclasses import dataclass, field, replace
from datetime import date
from typing import Any

SHARED = ""
"""The stack of what all stacks share."""


def digest_of(value: Any) -> str:
    """Give the digest by which a value in the lock is recognised as unedited.

    Args:
        value: Anything JSON can hold.
    """
    text = json.dumps(value, sort_keys=True, separators=(",", ":"), ensure_ascii=True)
    return hashlib.sha256(text.encode()).hexdigest()[:16]


@dataclass(frozen=True)
class LockEntry:
    """What the lock holds about one resource.

    Attributes:
        type: The resource's class, such as ``FileResource``.
        question: The digest of the question that the values answer.
        model: The model that answered.
        values: The values by field, as JSON holds them.
        unset: The fields answered with "leave it unset".
        digests: For each value, and for each unset field, the digest of the model's answer.
        description: What the resource is for, in the words that the model answered; empty without.
        unchecked: The fields whose values could not be checked yet; every run tries it again.
        answered: The day of the answer; ``None`` where it is not known.
        replaced: The values that stood there before and are still deployed, by field; also the description.
        reason: Why the model chose its short values, in its own words; empty where it did not say.
    """

    type: str
    question: str
    model: str
    values: Mapping[str, Any] = field(default_factory=dict)
    unset: tuple[str, ...] = ()
    digests: Mapping[str, str] = field(default_factory=dict)
    description: str = ""
    unchecked: tuple[str, ...] = ()
    answered: date | None = None
    replaced: Mapping[str, Any] = field(default_factory=dict)
    reason: str = ""

    @property
    def answers(self) -> dict[str, Any]:
        """Every answered field and its value; ``None`` where it is left unset."""
        return {**dict.fromkeys(self.unset), **self.values}

    def is_edited(self, name: str) -> bool:
        """Tell whether a person changed a field's answer after the model gave it.

        Args:
            name: A field among :attr:`answers`.
        """
        return self.digests.get(name) != digest_of(self.answers[name])

    def succeeding(self, earlier: LockEntry) -> LockEntry:
        """Give the entry in the place of an earlier one, whose edited values stay.

        Args:
            earlier: What the lock held until now, and what is deployed.
        """
        edited = {name for name in earlier.answers if earlier.is_edited(name)}
        answers = {**self.answers, **{name: earlier.answers[name] for name in edited}}
        before = {**earlier.answers, "description": earlier.description, **earlier.replaced}
        now = {**answers, "description": self.description}
        return replace(
            self,
            values={name: value for name, value in answers.items() if value is not None},
            unset=tuple(name for name, value in answers.items() if value is None),
            digests={
                **{name: digest for name, digest in self.digests.items() if name not in edited},
                **{name: digest for name, digest in earlier.digests.items() if name in edited},
            },
            replaced={n: v for n, v in before.items() if n in now and v not in (None, "", now[n])},
        )

    def kept(self, question: str, description: str) -> LockEntry:
        """Give the entry with the values from before the question changed, as a person's own.

        Args:
            question: The digest of the question as it is now.
            description: The words of it.
        """
        replaced = {name: value for name, value in self.replaced.items() if name in self.answers}
        held = replaced if question == self.question else {**self.answers, **replaced}
        answers = {**self.answers, **held}
        return replace(
            self,
            question=question,
            description=description,
            values={name: value for name, value in answers.items() if value is not None},
            unset=tuple(name for name, value in answers.items() if value is None),
            digests={name: digest for name, digest in self.digests.items() if name not in held},
            replaced={},
            reason="",
        )


@dataclass(frozen=True)
class Content:
    """What a lock holds. The first part of each key is the stack it is for, empty for what stacks share.

    Attributes:
        entries: What it holds about each resource, by stack and address.
        pins: What each pinned name means, by stack, its kind and itself.
        approved: Commands that a model had a part in and that a person said yes to, word for word.
    """

    entries: Mapping[tuple[str, str], LockEntry] = field(default_factory=dict)
    pins: Mapping[tuple[str, str, str], str] = field(default_factory=dict)
    approved: Collection[tuple[str, str]] = ()
