"""The pipeline as a library: from plain code, inside a running loop, from a thread."""

from __future__ import annotations

import asyncio
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from clockwork import ClockworkCore, Event, Group, Resource, Secret
from clockwork.errors import Cancelled, LoadError
from clockwork.plugins.manager import PluginManager
from clockwork.pulumi_compiler import PulumiCompiler
from clockwork.resource_completer import ResourceCompleter
from clockwork.resources import FileResource
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


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    return tmp_path


def note(path: str, **fields: object) -> FileResource:
    return FileResource(description="a file", path=path, mode="644", **{"content": path, **fields})


def contents(folder: Path) -> dict[str, str]:
    return {path.name: path.read_text(encoding="utf-8") for path in sorted(folder.glob("*.txt"))}


def applied(resources: list[Resource]) -> int:
    created: int = asyncio.run(PulumiCompiler().apply(resources)).summary.create
    return created


def test_resources_that_no_file_declares_are_all_deployed(folder: Path) -> None:
    notes: list[Resource] = [note(f"{name}.txt") for name in "abc"]
    assert applied(notes) == 3
    assert contents(folder) == {f"{name}.txt": f"{name}.txt" for name in "abc"}
    assert [one.address for one in notes] == ["FileResource", "FileResource[1]", "FileResource[2]"]
    again: list[Resource] = [note(f"{name}.txt") for name in "abc"]
    assert applied(again) == 0


def test_a_program_of_resources_that_no_file_declares(folder: Path) -> None:
    notes: list[Resource] = [note("a.txt", name="a"), note("b.txt", name="a")]
    PulumiCompiler().create_program(notes)
    assert [one.address for one in notes] == ["a", "a[1]"]


def test_what_is_completed_is_deployed_at_the_same_place(folder: Path) -> None:
    notes: list[Resource] = [note("a.txt"), note("b.txt")]
    done = asyncio.run(ResourceCompleter().complete(notes))
    assert [one.address for one in done] == ["FileResource", "FileResource[1]"]
    assert applied(done) == 2
    assert applied([*done, note("c.txt")]) == 1


def test_relations_between_resources_that_no_file_declares(folder: Path) -> None:
    secret = Secret.generate()
    first = note("a.txt", content=f"of {secret}")
    second = note("b.txt", content=first.ref("digest"))
    shop = Group("shop").add(first=first)
    assert applied([shop, second]) == 4  # both files, the group, the secret
    assert contents(folder)["a.txt"].startswith("of ")
    assert len(contents(folder)["b.txt"]) == 64
    third = note("c.txt", content=f"like {second.ref('path')}")
    assert applied([shop, first, second, third]) == 1
    assert contents(folder)["c.txt"] == "like b.txt"


def test_two_resources_of_one_address_are_refused(folder: Path) -> None:
    first, second = note("a.txt"), note("b.txt")
    first.place("note", folder)
    second.place("note", folder)
    with pytest.raises(LoadError, match="two different resources have this address"):
        applied([first, second])
    assert contents(folder) == {}


def test_a_project_of_another_name_is_destroyed_under_that_name(folder: Path) -> None:
    asyncio.run(PulumiCompiler().apply([note("a.txt")], "shop"))
    assert asyncio.run(PulumiCompiler().destroy("cafe")).summary.delete == 0
    assert asyncio.run(PulumiCompiler().destroy("shop")).summary.delete == 1
    assert contents(folder) == {}
