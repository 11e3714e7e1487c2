"""The pipeline as a library: from plain code, inside a running loop, from a thread."""

from __future__ import annotations

import asyncio
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from clockwork import ClockworkCore, Event
from clockwork.errors import Cancelled
from clockwork.plugins.manager import PluginManager
from clockwork.results import Action, RunResult
from support.deploying import Deployment, file

pytestmark = pytest.mark.engine


@pytest.fixture
def main(deployment: Deployment) -> Path:
    deployment.declare(file("note"))
    return deployment.folder / "main.py"


def all_of_it(main: Path) -> list[RunResult]:
    core = ClockworkCore()
    return [core.plan(main), core.apply(main), core.assert_resources(main), core.destroy(main)]


def test_from_plain_code(main: Path) -> None:
    plan, apply, asserted, destroy = all_of_it(main)
    assert [change.action for change in plan.resources] == [Action.CREATE]
    assert apply.summary.create == 1
    assert [one.name for one in asserted.assertions] == ["complete", "content", "exists", "mode"]
    assert destroy.summary.delete == 1
    assert [path.name for path in main.parent.iterdir() if path.name != "__pycache__"] == ["main.py"]


def test_inside_a_running_loop(main: Path) -> None:
    async def inside() -> list[RunResult]:
        return all_of_it(main)

    assert asyncio.run(inside())[1].summary.create == 1


def test_from_a_thread(main: Path) -> None:
    with ThreadPoolExecutor() as pool:
        assert pool.submit(all_of_it, main).result()[1].summary.create == 1


def test_two_projects_one_after_the_other_in_one_process(main: Path, tmp_path: Path) -> None:
    other = Deployment(tmp_path / "other")
    other.folder.mkdir()
    other.declare(file("letter"))
    core = ClockworkCore()
    core.apply(main)
    core.apply(other.folder / "main.py")
    assert core.plan(main).summary.same == 1
    assert other.names() == ["letter.txt"]


def test_a_dry_run_starts_no_engine_and_leaves_nothing(main: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("CW_PULUMI", str(main.parent / "no-engine-here"))
    ClockworkCore().apply(main, dry_run=True)
    assert not (main.parent / ".clockwork").exists()


def test_nothing_changes_unless_the_plan_is_confirmed(main: Path) -> None:
    plans = []

    def no(plan: RunResult) -> bool:
        plans.append(plan)
        return False

    with pytest.raises(Cancelled):
        ClockworkCore(confirm=no).apply(main)
    assert plans[0].summary.create == 1
    assert not (main.parent / "note.txt").exists()
    ClockworkCore(confirm=lambda _plan: True).apply(main)
    with pytest.raises(Cancelled):
        ClockworkCore(confirm=no).destroy(main)
    assert plans[1].summary.delete == 1
    assert (main.parent / "note.txt").exists()


def test_what_happens_is_told_in_order(main: Path) -> None:
    events: list[Event] = []
    ClockworkCore(plugins=PluginManager.load(), observe=events.append).apply(main)
    told = [(event.kind, event.address) for event in events]
    assert told == [
        ("load.done", None),
        ("engine.start", None),
        ("resource.start", "note"),
        ("resource.done", "note"),
        ("engine.done", None),
    ]


def test_its_parts_do_by_hand_what_it_does(main: Path) -> None:
    core = ClockworkCore()
    resources = core._load_resources(main)
    completed = asyncio.run(core.resource_completer.complete(resources))
    applied = asyncio.run(core.pulumi_compiler.apply(completed))
    assert (applied.success, applied.summary.create) == (True, 1)
    assert all(one.passed for one in core._execute_assertions(completed))
    assert asyncio.run(core.pulumi_compiler.destroy()).summary.delete == 1
