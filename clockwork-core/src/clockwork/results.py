"""What a run returns: typed results, the same for the library, the views and ``--json``."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any

from clockwork.provenance import Provenance


class Action(StrEnum):
    """What happens to a resource."""

    CREATE = "create"
    UPDATE = "update"
    REPLACE = "replace"
    DELETE = "delete"
    SAME = "same"


@dataclass(frozen=True)
class FieldValue:
    """A field of a resource with the one who decided it."""

    value: Any
    provenance: Provenance


@dataclass(frozen=True)
class ResourceChange:
    """One resource in a plan or in what was done.

    Attributes:
        address: Where it stands in the user's file.
        type: Its class, such as ``FileResource``; the Pulumi type when the class is not at hand.
        action: What happens to it.
        values: Its fields that have a value.
        changed: The engine's names of the properties that change.
        reasons: Those of ``changed`` that make a replacement necessary.
        old: The old values of the changed properties, as far as the engine knows them.
        new: Their new values.
        drifted: Those of ``changed`` that differ because the real thing was changed by hand.
        notes: What else the person should know, such as a file that was kept.
    """

    address: str
    type: str
    action: Action
    values: Mapping[str, FieldValue] = field(default_factory=dict)
    changed: tuple[str, ...] = ()
    reasons: tuple[str, ...] = ()
    old: Mapping[str, Any] = field(default_factory=dict)
    new: Mapping[str, Any] = field(default_factory=dict)
    drifted: tuple[str, ...] = ()
    notes: tuple[str, ...] = ()


@dataclass(frozen=True)
class ChangeSummary:
    """How many resources of each action."""

    create: int = 0
    update: int = 0
    replace: int = 0
    delete: int = 0
    same: int = 0

    @property
    def changes(self) -> int:
        """How many resources are not left as they are."""
        return self.create + self.update + self.replace + self.delete

    @classmethod
    def of(cls, resources: list[ResourceChange]) -> ChangeSummary:
        """Count the actions of resources."""
        return cls(**{action.value: sum(r.action is action for r in resources) for action in Action})


@dataclass
class CompletionReport:
    """What completion cost.

    Attributes:
        calls: Requests sent to a model.
        from_lock: Values taken from the lock.
        input_tokens: Tokens sent, as the endpoint counts them.
        output_tokens: Tokens received.
    """

    calls: int = 0
    from_lock: int = 0
    input_tokens: int = 0
    output_tokens: int = 0


@dataclass
class Seconds:
    """Wall time of the stages of a run, in seconds."""

    load: float = 0.0
    complete: float = 0.0
    engine: float = 0.0
    total: float = 0.0


@dataclass(frozen=True)
class AssertionResult:
    """One assertion after it ran.

    Attributes:
        address: The resource that was checked.
        name: What was checked.
        passed: Whether it is as it should be.
        message: What was seen; after a failure also how long was waited.
        seconds: How long it took.
        tries: How often was looked.
        log: The last lines of the resource's log after a failure, if it has one.
    """

    address: str
    name: str
    passed: bool
    message: str
    seconds: float = 0.0
    tries: int = 1
    log: tuple[str, ...] = ()


@dataclass
class RunResult:
    """The result of a plan, an apply, a destroy or an assert.

    Attributes:
        command: ``plan``, ``apply``, ``destroy`` or ``assert``.
        stack: The stack's name.
        resources: Every resource and what happens, or happened, to it.
        summary: The counts of their actions.
        completion: What completion cost.
        outputs: The stack's outputs; secrets are redacted.
        seconds: Where the time went.
        assertions: The assertions that ran, for ``assert``.
    """

    command: str
    stack: str
    resources: list[ResourceChange] = field(default_factory=list)
    summary: ChangeSummary = field(default_factory=ChangeSummary)
    completion: CompletionReport = field(default_factory=CompletionReport)
    outputs: dict[str, Any] = field(default_factory=dict)
    seconds: Seconds = field(default_factory=Seconds)
    assertions: list[AssertionResult] = field(default_factory=list)
