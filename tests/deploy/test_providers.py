"""Embedded providers on the real engine: side by side, failing, and refusing."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from pathlib import Path

import pytest

from clockwork import ClockworkCore
from clockwork.errors import ClockworkError, DeployError
from clockwork.results import Action, RunResult, Status
from support.kinds import Kinds, Thing, declare, manager_of

pytestmark = pytest.mark.engine


@pytest.fixture
def core() -> ClockworkCore:
    return ClockworkCore(plugins=manager_of(Kinds()))


def actions(result: RunResult | None) -> dict[str, Action]:
    assert result is not None
    return {change.address: change.action for change in result.resources}


def statuses(result: RunResult | None) -> dict[str, Status]:
    assert result is not None
    return {change.address: change.status for change in result.resources}


def failure(work: Callable[[Path], RunResult], main: Path) -> ClockworkError:
    with pytest.raises(ClockworkError) as raised:
        work(main)
    return raised.value


def test_creates_run_side_by_side(
    core: ClockworkCore, project: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    number = 12
    monkeypatch.setattr(Thing, "meeting", asyncio.Barrier(number))
    result = core.apply(declare(project, f"things = [ThingResource() for _ in range({number})]"))
    assert result.summary.create == number


def test_comparisons_run_side_by_side(
    core: ClockworkCore, project: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    number = 12
    main = declare(project, f"things = [ThingResource() for _ in range({number})]")
    core.apply(main)
    monkeypatch.setattr(Thing, "comparing", asyncio.Barrier(number))
    assert core.plan(main).summary.same == number


def test_what_an_apply_finds_unchanged_is_looked_at_once(
    core: ClockworkCore, project: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    main = declare(project, "one = ThingResource(text='one')", "two = ThingResource(text='two')")
    core.apply(main)
    monkeypatch.setattr(Thing, "compared", [])
    assert set(actions(core.apply(main)).values()) == {Action.SAME}
    assert sorted(Thing.compared) == ["one", "two"]


def test_a_refusal_is_the_resources_own_error_and_the_others_are_made(
    core: ClockworkCore, project: Path
) -> None:
    main = declare(project, "good = ThingResource()", "bad = ThingResource(fails='refuses')")
    error = failure(core.apply, main)
    assert isinstance(error, DeployError)
    assert error.address == "bad"
    assert error.message == "the disk is full\nDelete something."
    assert statuses(error.result) == {"good": Status.DONE, "bad": Status.FAILED}
    declare(project, "good = ThingResource()", "bad = ThingResource()")
    assert actions(core.apply(main)) == {"good": Action.SAME, "bad": Action.CREATE}


def test_an_authors_mistake_is_told_with_its_type_and_fails_its_resource_alone(
    core: ClockworkCore, project: Path
) -> None:
    main = declare(project, "good = ThingResource()", "bad = ThingResource(fails='breaks')")
    error = failure(core.apply, main)
    assert error.address == "bad"
    assert error.message == "TypeError: an author's bug"
    assert statuses(error.result) == {"good": Status.DONE, "bad": Status.FAILED}


def test_several_failures_are_told_by_address(core: ClockworkCore, project: Path) -> None:
    main = declare(
        project,
        "good = ThingResource()",
        "bad = [ThingResource(fails='breaks'), ThingResource(fails='refuses')]",
    )
    error = failure(core.apply, main)
    assert "2 of 3 resources failed" in error.message
    assert "bad[0]: TypeError: an author's bug" in error.message
    assert "bad[1]: the disk is full" in error.message


def test_wrong_inputs_are_refused_while_planning(core: ClockworkCore, project: Path) -> None:
    error = failure(core.plan, declare(project, "bad = ThingResource(size=0)"))
    assert (error.address, error.field) == ("bad", "size")
    assert error.message == "expected at least 1, got 0"


def test_a_state_of_another_version_says_so(
    core: ClockworkCore, project: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    main = declare(project, "thing = ThingResource()")
    core.apply(main)

    class Newer(Thing.State):
        digest: str

    monkeypatch.setattr(Thing, "State", Newer)
    error = failure(core.plan, main)
    assert error.address == "thing"
    assert "state of this Thing cannot be read: digest: it is required" in error.message
    assert "another version of its plugin" in error.message


def test_an_output_is_unknown_while_planning_and_known_when_it_is_used(
    core: ClockworkCore, project: Path
) -> None:
    main = declare(project, "pair = PairResource(text='four')")
    assert actions(core.plan(main)) == {"pair": Action.CREATE}
    assert actions(core.apply(main)) == {"pair": Action.CREATE}
    assert actions(core.apply(main)) == {"pair": Action.SAME}
    declare(project, "pair = PairResource(text='eleven chrs')")
    assert actions(core.plan(main)) == {"pair": Action.UPDATE}
    changed = core.apply(main).resources[0]
    assert changed.new["text"] == "11 letters"
    assert core.destroy(main).summary.delete == 2


def test_two_plugins_that_build_the_same_are_refused(project: Path) -> None:
    class Twin(Thing, type="clockwork:test:Thing"):
        pass

    class Other:
        clockwork_providers = Kinds.clockwork_providers

    core = ClockworkCore(plugins=manager_of(Kinds(), Other()))
    error = failure(core.plan, declare(project, "thing = ThingResource()"))
    assert "Thing" in error.message
