"""What is told of a command that the engine was given twice."""

from __future__ import annotations

from pulumi.automation.events import (
    DiffKind,
    EngineEvent,
    OpType,
    PropertyDiff,
    ResourcePreEvent,
    ResOutputsEvent,
    StepEventMetadata,
    StepEventStateMetadata,
)

from clockwork.deploy.changes import EventLog
from clockwork.results import Status

URN = "urn:pulumi:dev::shop::clockwork:file:File::note"


def step(operation: OpType, *changed: str) -> StepEventMetadata:
    state = StepEventStateMetadata("clockwork:file:File", URN, "note", "", "", custom=True)
    diff = {name: PropertyDiff(DiffKind.UPDATE, input_diff=False) for name in changed}
    return StepEventMetadata(operation, URN, state.type, "", state, state, detailed_diff=diff)


def starts(operation: OpType) -> EngineEvent:
    return EngineEvent(0, 0, resource_pre_event=ResourcePreEvent(step(operation), planning=False))


def ends(operation: OpType, *changed: str) -> EngineEvent:
    metadata = step(operation, *changed)
    return EngineEvent(0, 0, res_outputs_event=ResOutputsEvent(metadata, planning=False))


def test_a_reading_that_was_cut_off_hides_no_later_end() -> None:
    log = EventLog(lambda _event: None)
    log(starts(OpType.REFRESH))
    log.clear()
    log(starts(OpType.UPDATE))
    log(ends(OpType.UPDATE))
    assert log.status_of(URN) is Status.DONE


def test_drift_that_the_engine_remembered_meanwhile_is_still_told() -> None:
    log = EventLog(lambda _event: None)
    for changed in (["mode"], []):
        log(starts(OpType.REFRESH))
        log(ends(OpType.REFRESH, *changed))
        log.clear()
    assert log.drift[URN].changed == ("mode",)
