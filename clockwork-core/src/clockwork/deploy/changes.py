"""What the engine's event stream says: what happens to each resource, what failed, the outputs."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

from pulumi.automation.events import EngineEvent, StepEventMetadata

from clockwork.hook_types import Event
from clockwork.providers.wire import split_urn
from clockwork.results import Action, ResourceChange

_STACK_TYPE = "pulumi:pulumi:Stack"
_SIGNATURE = "4dabf18193072939515e22adb298388d"
_SECRET = "1b47061264138c4ac30d75fd1eb44270"
"""How the engine marks a secret among values (Pulumi's sdk/go/common/resource/sig)."""
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
_FORGETS = "remove-pending-replace"
"""The engine drops from the state what a failed replacement removed; nothing is done to a thing."""

_REMOVES_REPLACED = ("delete-replaced", "discard-replaced")
_WEIGHT = [Action.SAME, Action.UPDATE, Action.CREATE, Action.DELETE, Action.REPLACE]
_NOISE = re.compile(r"^(\d+ errors? occurred:|\s*\* |\t)|^(update|preview|destroy) failed$")


@dataclass
class Step:
    """What the engine does to one Pulumi resource."""

    urn: str
    action: Action
    changed: tuple[str, ...] = ()
    reasons: tuple[str, ...] = ()
    drifted: tuple[str, ...] = ()
    old: Mapping[str, Any] = field(default_factory=dict)
    new: Mapping[str, Any] = field(default_factory=dict)


@dataclass
class EventLog:
    """Collects the events of one engine command; called from its own thread.

    Attributes:
        observe: Told of each resource that starts, ends or fails.
        owners: The address that registered a Pulumi type and name.
        planned: What the planning phase found, by URN.
        done: What was really done, by URN.
        failed: URNs whose operation failed.
        messages: Error messages by URN; those of no resource under ``""``.
        outputs: The stack's outputs; secrets are redacted by the engine.
    """

    observe: Callable[[Event], None]
    owners: Mapping[tuple[str, str], str] = field(default_factory=dict)
    planned: dict[str, Step] = field(default_factory=dict)
    done: dict[str, Step] = field(default_factory=dict)
    failed: dict[str, None] = field(default_factory=dict)
    messages: dict[str, list[str]] = field(default_factory=dict)
    outputs: dict[str, Any] = field(default_factory=dict)
    _started: set[str] = field(default_factory=set)
    _ended: dict[str, set[str]] = field(default_factory=dict)

    def __call__(self, event: EngineEvent) -> None:
        """Take one event."""
        if event.resource_pre_event:
            self._starts(event.resource_pre_event.metadata, bool(event.resource_pre_event.planning))
        elif event.res_outputs_event:
            self._ends(event.res_outputs_event.metadata, bool(event.res_outputs_event.planning))
        elif event.res_op_failed_event:
            self._fails(event.res_op_failed_event.metadata)
        elif event.diagnostic_event and event.diagnostic_event.severity == "error":
            self._reports(event.diagnostic_event.urn or "", event.diagnostic_event.message)

    def says(self, words: str) -> bool:
        """Tell whether an error message contains these words."""
        return any(words in text for texts in self.messages.values() for text in texts)

    def clear(self) -> None:
        """Forget a command that is run again."""
        for collected in (self.planned, self.done, self.failed, self.messages, self.outputs, self._ended):
            collected.clear()
        self._started.clear()

    def address_of(self, urn: str) -> str:
        """The address of a Pulumi resource; its own name when the program did not register it.

        A provider that the engine itself registered belongs to the first resource of its package.
        """
        kind, name = split_urn(urn)
        package = package_of(urn)
        users = (owner for (user, _name), owner in self.owners.items() if user.split(":")[0] == package)
        return self.owners.get((kind, name)) or next(users, name)

    def changes(self, *, planned: bool, types: Mapping[str, str]) -> list[ResourceChange]:
        """Sum up what happens, or happened, to each resource of the user's file.

        Args:
            planned: Whether the plan is meant, not what was done.
            types: The class of the resource at each address; the Pulumi type where unknown.
        """
        merged: dict[str, ResourceChange] = {}
        for step in (self.planned if planned else self.done).values():
            address = self.address_of(step.urn)
            kind = types.get(address, split_urn(step.urn)[0])
            change = ResourceChange(
                address,
                kind,
                step.action,
                changed=step.changed,
                reasons=step.reasons,
                old=step.old,
                new=step.new,
                drifted=step.drifted,
            )
            merged[address] = _merge(merged[address], change) if address in merged else change
        return list(merged.values())

    def _starts(self, metadata: StepEventMetadata, planning: bool) -> None:
        steps = self.planned if planning else self.done
        if _is_ours(metadata) and metadata.op.value != _FORGETS:
            found = _step(metadata)
            earlier = steps.get(metadata.urn)
            if earlier is None or _rank(found) >= _rank(earlier):
                steps[metadata.urn] = found
            if not planning and found.action is not Action.SAME:
                self._tell("resource.start", metadata)

    def _ends(self, metadata: StepEventMetadata, planning: bool) -> None:
        if metadata.type == _STACK_TYPE and metadata.new is not None:
            self.outputs = _without_secrets(dict(metadata.new.outputs or {}))
        elif _is_ours(metadata) and not planning and self._is_complete(metadata):
            self._tell("resource.done", metadata)

    def _is_complete(self, metadata: StepEventMetadata) -> bool:
        """Note that a step ended; tell whether nothing more happens to its resource.

        A replacement is three steps: the new thing is made, the old one is removed, in either order,
        and a third does nothing.
        """
        step, earlier = metadata.op.value, self._ended.setdefault(metadata.urn, set())
        if step == _LOGICAL:
            return False
        is_removal = step in _REMOVES_REPLACED
        has_other_half = bool(earlier.difference(_REMOVES_REPLACED) if is_removal else earlier)
        earlier.add(step)
        action = _action(metadata)
        return has_other_half if action is Action.REPLACE else action is not Action.SAME

    def _fails(self, metadata: StepEventMetadata) -> None:
        if _is_ours(metadata):
            self.failed[metadata.urn] = None
            self.done.pop(metadata.urn, None)
            self._tell("resource.failed", metadata)

    def _reports(self, urn: str, message: str) -> None:
        text = re.sub(r"<\{%.*?%\}>|\x1b\[[0-9;]*m", "", message).strip()
        if text and not _NOISE.match(text):
            of_stack = split_urn(urn)[0] == _STACK_TYPE if urn else True
            self.messages.setdefault("" if of_stack else urn, []).append(text)

    def _tell(self, kind: str, metadata: StepEventMetadata) -> None:
        self.observe(Event(kind, self.address_of(metadata.urn), {"action": _action(metadata).value}))


def _rank(step: Step) -> tuple[int, bool]:
    """Order the steps of one resource: of a replacement's three, the one that says what changes is told."""
    return _WEIGHT.index(step.action), bool(step.changed)


def package_of(urn: str) -> str | None:
    """Name the package whose provider a URN means; ``None`` when it means something else."""
    kind = split_urn(urn)[0]
    return kind.removeprefix(_PROVIDER_TYPE) if kind.startswith(_PROVIDER_TYPE) else None


def _is_ours(metadata: StepEventMetadata) -> bool:
    return metadata.type != _STACK_TYPE and not metadata.type.startswith(_PROVIDER_TYPE)


def _action(metadata: StepEventMetadata) -> Action:
    return _ACTIONS.get(metadata.op.value, Action.SAME)


def _step(metadata: StepEventMetadata) -> Step:
    detailed = metadata.detailed_diff or {}
    paths = detailed or dict.fromkeys(metadata.diffs or [])
    changed = dict.fromkeys(_top(path) for path in paths)
    drifted = [_top(path) for path, diff in detailed.items() if not diff.input_diff]
    reasons = dict.fromkeys(_top(path) for path in metadata.keys or [])
    old = dict((metadata.old and metadata.old.inputs) or {})
    new = dict((metadata.new and metadata.new.inputs) or {})
    return Step(
        metadata.urn,
        _action(metadata),
        tuple(changed),
        tuple(reasons),
        tuple(name for name in changed if name in drifted),
        {name: old[name] for name in changed if name in old},
        {name: new[name] for name in changed if name in new},
    )


def _without_secrets(value: Any) -> Any:
    """Put a word where the engine sends its envelope of a secret."""
    if isinstance(value, dict):
        if _SIGNATURE in value:
            return "[secret]" if value[_SIGNATURE] == _SECRET else value
        return {name: _without_secrets(item) for name, item in value.items()}
    if isinstance(value, list):
        return [_without_secrets(item) for item in value]
    return value


def _top(path: str) -> str:
    return re.split(r"[.\[]", path, maxsplit=1)[0] or path


def _merge(one: ResourceChange, other: ResourceChange) -> ResourceChange:
    action = max(one.action, other.action, key=_WEIGHT.index)
    return ResourceChange(
        one.address,
        one.type,
        action,
        changed=(*one.changed, *other.changed),
        reasons=(*one.reasons, *other.reasons),
        old={**one.old, **other.old},
        new={**one.new, **other.new},
        drifted=(*one.drifted, *other.drifted),
    )
