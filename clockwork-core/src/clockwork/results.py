"""What a run returns: typed results, the same for the library, the views and ``--json``."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field, fields
from enum import StrEnum
from pathlib import Path
from typing import Any

from clockwork.provenance import Provenance


class Action(StrEnum):
    """What happens, or was to happen, to a resource; unknown when nothing was planned for it."""

    CREATE = "create"
    UPDATE = "update"
    REPLACE = "replace"
    DELETE = "delete"
    SAME = "same"
    UNKNOWN = "unknown"


class Status(StrEnum):
    """How far a run got with a resource.

    Attributes:
        PLANNED: Nothing was tried: a plan, a dry run, an assert.
        DONE: Its action was carried out.
        KEPT: It was to be deleted, and its provider kept the real thing on purpose.
        SKIPPED: Its action was not reached, because something else failed or the run was stopped.
        FAILED: Its action was tried and failed, or was cut off.
    """

    PLANNED = "planned"
    DONE = "done"
    KEPT = "kept"
    SKIPPED = "skipped"
    FAILED = "failed"


@dataclass(frozen=True)
class FieldValue:
    """A field of a resource with the one who decided it.

    Attributes:
        value: The value.
        provenance: Who decided it.
        pin: What the lock fixes its meaning to, if it does.
    """

    value: Any
    provenance: Provenance
    pin: str | None = None


@dataclass(frozen=True)
class ResourceChange:
    """One resource in a plan or in what was done.

    Attributes:
        address: Where it stands in the user's file.
        type: Its class, such as ``FileResource``; the Pulumi type when the class is not at hand.
        action: What happens to it, or was to happen.
        status: How far the run got with it.
        error: Why its action failed, if it did.
        values: Its fields that have a value.
        changed: The fields that change; the engine's names of properties that come from none.
        reasons: Those of ``changed`` that make a replacement necessary.
        old: The old values of the changed properties, as far as the engine knows them.
        new: Their new values.
        drifted: Those of ``changed`` that differ because the real thing was changed by hand.
        notes: What else the person should know, such as a file that was kept.
        unapproved: Commands that a model had a part in and that nobody allowed yet, word for word.
    """

    address: str
    type: str
    action: Action
    status: Status = Status.PLANNED
    error: str | None = None
    values: Mapping[str, FieldValue] = field(default_factory=dict)
    changed: tuple[str, ...] = ()
    reasons: tuple[str, ...] = ()
    old: Mapping[str, Any] = field(default_factory=dict)
    new: Mapping[str, Any] = field(default_factory=dict)
    drifted: tuple[str, ...] = ()
    notes: tuple[str, ...] = ()
    unapproved: tuple[str, ...] = ()


@dataclass(frozen=True)
class ChangeSummary:
    """How many resources of each action that is planned or was done, and of those it was not done to.

    Attributes:
        kept: To be deleted, but kept on purpose.
        skipped: Not reached.
        failed: Tried without success.
    """

    create: int = 0
    update: int = 0
    replace: int = 0
    delete: int = 0
    same: int = 0
    kept: int = 0
    skipped: int = 0
    failed: int = 0

    @property
    def changes(self) -> int:
        """How many resources are not left as they are."""
        return self.create + self.update + self.replace + self.delete

    @classmethod
    def of(cls, resources: list[ResourceChange]) -> ChangeSummary:
        """Count resources by their action, or by their status where the action was not carried out."""
        told = Counter(str(r.action if r.status in _AS_SAID else r.status) for r in resources)
        return cls(**{name.name: told[name.name] for name in fields(cls)})


_AS_SAID = (Status.PLANNED, Status.DONE)


@dataclass
class CompletionReport:
    """What completion cost.

    Attributes:
        calls: Requests sent to a model.
        from_lock: Values taken from the lock.
        input_tokens: Tokens sent, as the endpoint counts them.
        output_tokens: Tokens received.
        cost: US dollars, of the answers whose cost is known; ``None`` when that is none.
    """

    calls: int = 0
    from_lock: int = 0
    input_tokens: int = 0
    output_tokens: int = 0
    cost: float | None = None

    def spend(self, dollars: float | None) -> None:
        """Add the cost of an answer, where it is known."""
        if dollars is not None:
            self.cost = (self.cost or 0.0) + dollars


@dataclass
class Seconds:
    """Wall time of the stages of a run, in seconds."""

    load: float = 0.0
    complete: float = 0.0
    pin: float = 0.0
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


class PinStatus(StrEnum):
    """What is known of a pin, or came of looking its name up again.

    Attributes:
        SAME: The lock has it, and it did not move.
        MOVED: The name means something else now.
        NEW: The name was not pinned before.
        LOCAL: The name is this machine's own, and is not pinned.
        FAILED: The name could not be looked up; a pin that it had stays.
        LACKING: The lock does not have it yet.
        UNUSED: No resource uses the name any more.
    """

    SAME = "same"
    MOVED = "moved"
    NEW = "new"
    LOCAL = "local"
    FAILED = "failed"
    LACKING = "lacking"
    UNUSED = "unused"


@dataclass(frozen=True)
class PinResult:
    """A name whose meaning may move, and what the lock fixes it to.

    Attributes:
        kind: What sort of name it is, such as ``docker-image``.
        name: The name.
        status: What is known of it, or came of looking it up.
        value: What the lock says it means; ``None`` when it is not pinned.
        previous: What the lock said before.
        reason: Why it could not be looked up, or is not pinned.
        addresses: The resources that use it.
    """

    kind: str
    name: str
    status: PinStatus
    value: str | None
    previous: str | None = None
    reason: str = ""
    addresses: tuple[str, ...] = ()


@dataclass(frozen=True)
class LockedResource:
    """What the lock holds for a resource.

    Attributes:
        address: Where it stands in the user's file.
        type: Its class.
        values: The values that the lock has for it.
        lacking: The fields that a model is asked for by the next plan.
        reason: Why the lock does not answer those.
    """

    address: str
    type: str
    values: Mapping[str, FieldValue] = field(default_factory=dict)
    lacking: tuple[str, ...] = ()
    reason: str = ""


@dataclass(frozen=True)
class LockReport:
    """What the lock holds, beside what the user's file asks for.

    Attributes:
        file: The lock.
        resources: Every resource that is not complete without the lock.
        pins: Every name whose meaning may move.
        unused: The addresses of entries that no resource uses any more.
        stack: The stack whose part of the lock this is; empty for what stacks share.
    """

    file: Path
    resources: tuple[LockedResource, ...] = ()
    pins: tuple[PinResult, ...] = ()
    unused: tuple[str, ...] = ()
    stack: str = ""

    @property
    def is_up_to_date(self) -> bool:
        """Whether the lock answers all that the file leaves open, and holds nothing more."""
        moved = (PinStatus.LACKING, PinStatus.UNUSED)
        return (
            not self.unused
            and not any(one.lacking for one in self.resources)
            and not any(one.status in moved for one in self.pins)
        )


@dataclass
class RunResult:
    """The result of a plan, an apply, a destroy or an assert.

    Attributes:
        command: ``plan``, ``apply``, ``destroy`` or ``assert``.
        stack: The stack's name.
        resources: Every resource and what happens, or happened, to it.
        summary: The counts of their actions.
        failed: Whether the engine failed; the error that was raised says why.
        completion: What completion cost.
        outputs: The stack's outputs; secrets are redacted.
        seconds: Where the time went.
        assertions: The assertions that ran, for ``assert``.
    """

    command: str
    stack: str
    resources: list[ResourceChange] = field(default_factory=list)
    summary: ChangeSummary = field(default_factory=ChangeSummary)
    failed: bool = False
    completion: CompletionReport = field(default_factory=CompletionReport)
    outputs: dict[str, Any] = field(default_factory=dict)
    seconds: Seconds = field(default_factory=Seconds)
    assertions: list[AssertionResult] = field(default_factory=list)
