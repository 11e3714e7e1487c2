"""What the engine's event stream says: what happens to each resource, what failed, the outputs."""

from __future__ import annotations

import re
from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass, field
from typing import Any

from pulumi.automation.events import EngineEvent, StepEventMetadata

from clockwork.deploy.steps import (
    STACK_TYPE,
    Drift,
    Step,
    action_of,
    completes,
    drift_of,
    is_made_of_others,
    is_ours,
    package_of,
    step_of,
)
from clockwork.hook_types import Event
from clockwork.providers.wire import split_urn, without_secrets
from clockwork.results import Action, Status

_READS = "refresh"
_FORGETS = "remove-pending-replace"
"""The engine drops from the state what a failed replacement removed; nothing is done to a thing."""
_UNLOADED = re.compile(r"could not load provider for resource (?P<urn>urn:.+?): (?P<reason>.*)", re.DOTALL)
_WRAPPED = re.compile(
    r"^(an unhandled error occurred: )?(python inline source runtime error: )?|\nTraceback \(most .*",
    re.DOTALL,
)
"""What the SDK puts around the words of an exception that ended the program."""
_MAKES_ROOM = "delete-replaced"
_NOISE = re.compile(r"^(\d+ errors? occurred:|\s*\* |\t)|^(update|preview|destroy) failed$")


@dataclass
class EventLog:
    """Collects the events of one engine command; called from its own thread.

    Attributes:
        observe: Told of each resource that starts, ends or fails.
        owners: The address that registered a Pulumi type and name.
        kept: URNs of what was to be deleted and was kept on purpose.
        planned: What the planning phase found, by URN.
        started: What was really begun, by URN.
        done: URNs of what was begun and carried out to its end.
        failed: URNs whose operation failed.
        messages: Error messages by URN; those of no resource under ``""``.
        unloaded: Why no provider was to be had for a resource, by URN.
        outputs: The stack's outputs; secrets are redacted.
        drift: What reading the real things found, by URN, before anything else was done.
        stop: Called when the engine would wait for ever: the old thing of a replacement could not be removed,
            so its registration is never answered. What is under way meanwhile has ended by then.
    """

    observe: Callable[[Event], None]
    owners: Mapping[tuple[str, str], str] = field(default_factory=dict)
    kept: Collection[str] = ()
    planned: dict[str, Step] = field(default_factory=dict)
    started: dict[str, Step] = field(default_factory=dict)
    done: set[str] = field(default_factory=set)
    failed: dict[str, None] = field(default_factory=dict)
    messages: dict[str, list[str]] = field(default_factory=dict)
    unloaded: dict[str, str] = field(default_factory=dict)
    outputs: dict[str, Any] = field(default_factory=dict)
    drift: dict[str, Drift] = field(default_factory=dict)
    stop: Callable[[], None] = lambda: None
    is_stopping: bool = False
    _is_stuck: bool = False
    _reading: set[str] = field(default_factory=set)
    _ended: dict[str, set[str]] = field(default_factory=dict)

    def __call__(self, event: EngineEvent) -> None:
        """Take one event."""
        if event.resource_pre_event and event.resource_pre_event.metadata.op.value == _READS:
            self._reading.add(event.resource_pre_event.metadata.urn)
        elif event.res_outputs_event and event.res_outputs_event.metadata.urn in self._reading:
            self._was_read(event.res_outputs_event.metadata)
        elif event.resource_pre_event:
            self._starts(event.resource_pre_event.metadata, bool(event.resource_pre_event.planning))
        elif event.res_outputs_event:
            self._ends(event.res_outputs_event.metadata, bool(event.res_outputs_event.planning))
        elif event.res_op_failed_event:
            self._fails(event.res_op_failed_event.metadata)
        elif event.diagnostic_event and event.diagnostic_event.severity == "error":
            self._reports(event.diagnostic_event.urn or "", event.diagnostic_event.message)
        if self._is_stuck and not self.started.keys() - self.done - self.failed.keys():
            self._is_stuck = False
            self.stop()

    def says(self, words: str) -> bool:
        """Tell whether an error message contains these words."""
        texts = [*self.unloaded.values(), *(text for told in self.messages.values() for text in told)]
        return any(words in text for text in texts)

    def clear(self) -> None:
        """Forget a command that is run again.

        What was read stays known: the engine may have remembered it since, and see no drift again.
        """
        for collected in (self.planned, self.started, self.done, self.failed, self._reading, self._ended):
            collected.clear()
        for told in (self.messages, self.unloaded, self.outputs):
            told.clear()

    def address_of(self, urn: str) -> str:
        """The address of a Pulumi resource; its own name when the program did not register it.

        A provider that the engine itself registered belongs to the first resource of its package.
        """
        kind, name = split_urn(urn)
        package = package_of(urn)
        users = (owner for (user, _name), owner in self.owners.items() if user.split(":")[0] == package)
        return self.owners.get((kind, name)) or next(users, name)

    @property
    def worked_on(self) -> set[str]:
        """The URNs of what was not left as it was, and carried out."""
        return {urn for urn in self.done if self.started[urn].action is not Action.SAME}

    @property
    def finds_nothing_to_do(self) -> bool:
        """Whether everything that was planned stays as it is."""
        return all(step.action is Action.SAME and not step.changed for step in self.planned.values())

    def count_as_done(self) -> None:
        """Take what was planned as carried out: there was nothing to do."""
        self.started.update(self.planned)
        self.done.update(self.planned)

    def status_of(self, urn: str) -> Status:
        """Say how far the command got with a resource; one that was not begun was skipped."""
        step = self.started.get(urn)
        if step is None:
            return Status.SKIPPED
        if urn in self.failed or urn not in self.done:
            return Status.FAILED
        return Status.KEPT if self.is_kept(step) else Status.DONE

    def is_kept(self, step: Step) -> bool:
        """Tell whether a thing is to be removed, and its provider keeps it on purpose."""
        return step.action is Action.DELETE and step.urn in self.kept

    def _was_read(self, metadata: StepEventMetadata) -> None:
        """Take what the real thing is like, where the engine was asked to look before all else."""
        self._reading.discard(metadata.urn)
        if is_ours(metadata):
            self.drift.setdefault(metadata.urn, drift_of(metadata))

    def _starts(self, metadata: StepEventMetadata, planning: bool) -> None:
        if not is_ours(metadata) or metadata.op.value == _FORGETS:
            return
        steps, found = self.planned if planning else self.started, step_of(metadata)
        earlier = steps.get(metadata.urn)
        if earlier is None or found.rank >= earlier.rank:
            steps[metadata.urn] = found
        if planning:
            return
        self.done.discard(metadata.urn)
        if is_made_of_others(metadata):
            self.done.add(metadata.urn)
        if found.action is not Action.SAME:
            self._tell("resource.start", metadata)

    def _ends(self, metadata: StepEventMetadata, planning: bool) -> None:
        if metadata.type == STACK_TYPE and metadata.new is not None:
            self.outputs = without_secrets(dict(metadata.new.outputs or {}))
        elif is_ours(metadata) and not planning and self._completes(metadata):
            self.done.add(metadata.urn)
            if action_of(metadata) is not Action.SAME:
                self._tell("resource.done", metadata, status=self.status_of(metadata.urn))

    def _completes(self, metadata: StepEventMetadata) -> bool:
        return completes(metadata, self._ended.setdefault(metadata.urn, set()))

    def _fails(self, metadata: StepEventMetadata) -> None:
        if is_ours(metadata):
            self.failed[metadata.urn] = None
            self._is_stuck = self._is_stuck or metadata.op.value == _MAKES_ROOM
            status = Status.SKIPPED if self.is_stopping else Status.FAILED
            self._tell("resource.failed", metadata, status=status)

    def _reports(self, urn: str, message: str) -> None:
        text = _WRAPPED.sub("", re.sub(r"<\{%.*?%\}>|\x1b\[[0-9;]*m", "", message)).strip()
        unloaded = _UNLOADED.match(text)
        if unloaded:
            self.unloaded[unloaded["urn"]] = unloaded["reason"]
        elif text and not _NOISE.match(text):
            of_stack = split_urn(urn)[0] == STACK_TYPE if urn else True
            self.messages.setdefault("" if of_stack else urn, []).append(text)

    def _tell(self, kind: str, metadata: StepEventMetadata, **more: str) -> None:
        data = {"action": action_of(metadata).value, **more}
        self.observe(Event(kind, self.address_of(metadata.urn), data))
