"""One step of the engine, as its events describe it."""

from __future__ import annotations

import re
from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from typing import Any

from pulumi.automation.events import StepEventMetadata

from clockwork.deploy.declared import Declared
from clockwork.providers.wire import split_urn, without_secrets
from clockwork.results import Action

STACK_TYPE = "pulumi:pulumi:Stack"
_PROVIDER_TYPE = "pulumi:providers:"
_ACTIONS = {
    "same": Action.SAME,
    "read": Action.SAME,
    "refresh": Action.SAME,
    "create": Action.CREATE,
    "import": Action.CREATE,
    "update": Action.UPDATE,
    "delete": Action.DELETE,
    "discard": Action.DELETE,
    "read-discard": Action.DELETE,
    "replace": Action.REPLACE,
    "create-replacement": Action.REPLACE,
    "delete-replaced": Action.REPLACE,
    "import-replacement": Action.REPLACE,
    "read-replacement": Action.REPLACE,
    "discard-replaced": Action.REPLACE,
}
_LOGICAL = "replace"
_REMOVES_REPLACED = ("delete-replaced", "discard-replaced")
_WEIGHT = [Action.UNKNOWN, Action.SAME, Action.UPDATE, Action.CREATE, Action.DELETE, Action.REPLACE]


@dataclass
class Step:
    """What the engine does to one Pulumi resource.

    Attributes:
        urn: The engine's name of the resource.
        action: What happens to it.
        changed: The properties that change.
        reasons: Those that make a replacement necessary.
        drifted: Those that differ because the real thing was changed by hand.
        old: The old inputs.
        new: The new ones.
        remembered: What the state holds of a thing that is removed; secrets are hidden.
    """

    urn: str
    action: Action
    changed: tuple[str, ...] = ()
    reasons: tuple[str, ...] = ()
    drifted: tuple[str, ...] = ()
    old: Mapping[str, Any] = field(default_factory=dict)
    new: Mapping[str, Any] = field(default_factory=dict)
    remembered: Mapping[str, Any] = field(default_factory=dict)

    @property
    def rank(self) -> tuple[int, bool]:
        """The order of a resource's steps: of a replacement's three, the one that says what changes."""
        return _WEIGHT.index(self.action), bool(self.changed)


@dataclass(frozen=True)
class Drift:
    """How a real thing differs from what is remembered of it.

    Attributes:
        type: Its Pulumi type.
        gone: Whether it is there no more.
        changed: The properties that were changed by hand.
        wanted: All inputs, as they should be.
    """

    type: str
    gone: bool = False
    changed: tuple[str, ...] = ()
    wanted: Mapping[str, Any] = field(default_factory=dict)

    def untold(self, told: Collection[str], declared: Declared) -> str | None:
        """Say what a person should know; ``None`` when there is nothing more.

        Args:
            told: The fields whose change by hand is told already.
            declared: Knows the fields that properties come from.
        """
        if self.gone:
            return "it is gone"
        names = declared.names(self.type, self.changed)
        changed = ", ".join(name for name in names if name not in told)
        return f"changed by hand: {changed}" if changed else None


def drift_of(metadata: StepEventMetadata) -> Drift:
    """Read what the engine found when it looked at a real thing."""
    paths = metadata.detailed_diff or dict.fromkeys(metadata.diffs or [])
    changed = tuple(dict.fromkeys(_top(path) for path in paths))
    wanted = without_secrets(dict((metadata.old and metadata.old.inputs) or {}))
    return Drift(metadata.type, metadata.new is None, changed, wanted)


def step_of(metadata: StepEventMetadata) -> Step:
    """Read a step from the event that announces it."""
    detailed = metadata.detailed_diff or {}
    paths = detailed or dict.fromkeys(metadata.diffs or [])
    changed = dict.fromkeys(_top(path) for path in paths)
    drifted = [_top(path) for path, diff in detailed.items() if not diff.input_diff]
    reasons = dict.fromkeys(_top(path) for path in metadata.keys or [])
    old, new = (
        without_secrets(dict((state and state.inputs) or {})) for state in (metadata.old, metadata.new)
    )
    return Step(
        metadata.urn,
        action_of(metadata),
        tuple(changed),
        tuple(reasons),
        tuple(name for name in changed if name in drifted),
        old,
        new,
        without_secrets(dict((metadata.old and metadata.old.outputs) or {})),
    )


def action_of(metadata: StepEventMetadata) -> Action:
    """Say what a step does to its resource."""
    return _ACTIONS.get(metadata.op.value, Action.SAME)


def weightier(one: Action, other: Action) -> Action:
    """Choose, of two actions on one resource, the one to tell."""
    return max(one, other, key=_WEIGHT.index)


def is_ours(metadata: StepEventMetadata) -> bool:
    """Tell whether a step is about a resource, not about the stack or a provider."""
    return metadata.type != STACK_TYPE and not metadata.type.startswith(_PROVIDER_TYPE)


def is_made_of_others(metadata: StepEventMetadata) -> bool:
    """Tell whether a step is about a component, whose end the engine does not tell."""
    state = metadata.new or metadata.old
    return state is not None and not state.custom


def completes(metadata: StepEventMetadata, earlier: set[str]) -> bool:
    """Tell whether nothing more happens to a resource after a step that ended.

    A replacement is three steps: the new thing is made, the old one is removed, in either order,
    and a third does nothing. Where an earlier run has removed the old one, that third comes first.

    Args:
        metadata: The step.
        earlier: The steps on the same resource that ended before; the step is added to them.
    """
    step = metadata.op.value
    if step == _LOGICAL:
        if not earlier:
            earlier.add(step)
        return False
    is_removal = step in _REMOVES_REPLACED
    has_other_half = bool(earlier.difference(_REMOVES_REPLACED) if is_removal else earlier)
    earlier.add(step)
    return has_other_half or action_of(metadata) is not Action.REPLACE


def package_of(urn: str) -> str | None:
    """Name the package whose provider a URN means; ``None`` when it means something else."""
    kind = split_urn(urn)[0]
    return kind.removeprefix(_PROVIDER_TYPE) if kind.startswith(_PROVIDER_TYPE) else None


def _top(path: str) -> str:
    return re.split(r"[.\[]", path, maxsplit=1)[0] or path
