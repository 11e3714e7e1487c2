"""Names whose meaning may move: looked up once, kept in the lock, moved when a person says so."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Callable, Iterator, Mapping
from functools import partial
from pathlib import Path
from typing import Any

import pytest

from clockwork import Event, Meaning, Pin, Resource, hookimpl
from clockwork.errors import LockError, PluginError
from clockwork.lock import Lock
from clockwork.pins import MOST_AT_ONCE, Pinner
from clockwork.plugins.manager import PluginManager
from clockwork.results import PinStatus


class Branches:
    """A plugin for which every resource's name is a branch."""

    def __init__(self, there: Mapping[str, str], here: Mapping[str, Meaning] | None = None) -> None:
        self.there = dict(there)
        self.here = dict(here or {})
        self.asked: list[str] = []

    @hookimpl
    def clockwork_pins(self, resource: Resource) -> Iterator[Pin]:
        name = resource.name
        yield Pin("branch", name, "name", "[0-9a-f]+", partial(self.here.get, name), partial(self.ask, name))

    def ask(self, name: str) -> Meaning:
        self.asked.append(name)
        return Meaning(self.there[name]) if name in self.there else Meaning(reason="nobody answers")


class Project:
    """A lock and what works with it."""

    def __init__(self, folder: Path, plugin: object) -> None:
        self.file = folder / "clockwork.lock"
        self.plugins = PluginManager()
        self.plugins.register(plugin, name="branches", distribution="clockwork-branches", version="1.0")
        self.events: list[Event] = []

    def pinner(self, *, locked: bool = False) -> Pinner:
        return Pinner(Lock.read(self.file), self.plugins, self.events.append, locked=locked)

    def pin(self, *names: str, locked: bool = False) -> list[str | None]:
        resources = resources_of(*names)
        asyncio.run(self.pinner(locked=locked).pin(resources))
        return [one.pinned("name") for one in resources]

    @property
    def pins(self) -> dict[str, str]:
        return {name: value for (_kind, name), value in Lock.read(self.file).pins.items()}


@pytest.fixture
def start(tmp_path: Path) -> Callable[[object], Project]:
    return lambda plugin: Project(tmp_path, plugin)


def resources_of(*names: str) -> list[Resource]:
    resources = [Resource(name=name) for name in names]
    for number, one in enumerate(resources):
        one.place(f"r{number}", Path.cwd())
    return resources


def test_a_name_is_looked_up_once_whoever_uses_it(start: Callable[[object], Project]) -> None:
    branches = Branches({"main": "a1", "next": "b2"})
    project = start(branches)
    assert project.pin("main", "main", "next") == ["a1", "a1", "b2"]
    branches.there = {"main": "c3", "next": "d4"}
    assert project.pin("main", "next") == ["a1", "b2"]
    assert sorted(branches.asked) == ["main", "next"]
    assert sorted((e.kind, e.address, e.data["name"]) for e in project.events) == [
        ("pin.done", "r0", "main"),
        ("pin.done", "r2", "next"),
        ("pin.start", "r0", "main"),
        ("pin.start", "r2", "next"),
    ]


def test_this_machine_is_asked_first_except_for_an_upgrade(start: Callable[[object], Project]) -> None:
    branches = Branches({"main": "b2", "mine": "b2"}, {"main": Meaning("a1"), "mine": Meaning(reason="mine")})
    project = start(branches)
    assert project.pin("main", "mine") == ["a1", None]
    assert branches.asked == []
    everything = resources_of("main", "mine")
    main, mine = asyncio.run(project.pinner().upgrade(everything, everything))
    assert (main.status, main.previous, main.value) == (PinStatus.MOVED, "a1", "b2")
    assert (mine.status, mine.value, mine.reason) == (PinStatus.LOCAL, None, "mine")
    assert project.pins == {"main": "b2"}
    assert branches.asked == ["main"]


def test_what_cannot_be_looked_up_is_told_and_tried_again(start: Callable[[object], Project]) -> None:
    branches = Branches({})
    project = start(branches)
    assert project.pin("main", "main") == [None, None]
    [told] = [event for event in project.events if event.kind == "pin.skipped"]
    assert (told.address, dict(told.data)) == ("r0", {"name": "main", "reason": "nobody answers"})
    assert not project.file.exists()
    branches.there = {"main": "a1"}
    assert project.pin("main") == ["a1"]


def test_a_failed_upgrade_keeps_the_pin(start: Callable[[object], Project]) -> None:
    branches = Branches({"main": "a1"})
    project = start(branches)
    project.pin("main")
    branches.there = {}
    [result] = asyncio.run(project.pinner().upgrade(resources_of("main"), []))
    assert (result.status, result.value, result.reason) == (PinStatus.FAILED, "a1", "nobody answers")
    assert project.pins == {"main": "a1"}


def test_locked_looks_nothing_up(start: Callable[[object], Project]) -> None:
    branches = Branches({"main": "a1", "next": "b2"}, {"mine": Meaning(reason="mine"), "here": Meaning("c3")})
    project = start(branches)
    project.pin("main")
    before = project.file.read_bytes()
    assert project.pin("main", "mine", locked=True) == ["a1", None]
    with pytest.raises(LockError) as caught:
        project.pin("main", "mine", "here", "next", locked=True)
    assert "r2: name here (not in the lock)\n  r3: name next (not in the lock)" in str(caught.value)
    assert "clockwork plan" in str(caught.value)
    assert branches.asked == ["main"]
    assert project.file.read_bytes() == before


def test_pins_of_others_are_told_but_not_looked_up(start: Callable[[object], Project]) -> None:
    branches = Branches({"main": "a1", "next": "b2"})
    project = start(branches)
    project.pin("main")
    mine, known, unknown = resources_of("next", "main", "other")
    asyncio.run(project.pinner().pin([mine], [known, unknown], partial=True))
    assert [one.pinned("name") for one in (mine, known, unknown)] == ["b2", "a1", None]
    assert branches.asked == ["main", "next"]


def test_a_pin_that_cannot_be_meant_is_an_error_and_untouched(
    start: Callable[[object], Project],
) -> None:
    project = start(Branches({}))
    text = 'format = 1\n\n[pins.branch]\nmain = "xyz"\n'
    project.file.write_text(text)
    with pytest.raises(LockError, match="'main' is pinned to what it cannot mean: 'xyz'") as caught:
        project.pin("main")
    assert (caught.value.address, caught.value.field, caught.value.file) == ("r0", "name", project.file)
    assert project.file.read_text() == text


def test_many_names_are_looked_up_at_once_but_not_all(start: Callable[[object], Project]) -> None:
    meeting = threading.Barrier(MOST_AT_ONCE)

    class Meeting(Branches):
        def ask(self, name: str) -> Meaning:
            meeting.wait(60)
            return Meaning("a1")

    names = [f"b{number}" for number in range(2 * MOST_AT_ONCE)]
    assert start(Meeting({})).pin(*names) == ["a1"] * len(names)


@pytest.mark.parametrize(
    ("answer", "told"),
    [
        (ValueError("a bug"), "looking up branch 'main' raised ValueError: a bug"),
        ("a1", "looking up branch 'main' gave 'a1', expected a Meaning"),
        (None, "looking up branch 'main' gave None, expected a Meaning"),
        (Meaning("xyz"), "looking up branch 'main' gave 'xyz', which does not match"),
    ],
)
def test_a_wrong_look_up_names_its_plugin(start: Callable[[object], Project], answer: Any, told: str) -> None:
    class Wrong(Branches):
        def ask(self, name: str) -> Meaning:
            if isinstance(answer, Exception):
                raise answer
            given: Meaning = answer
            return given

    with pytest.raises(PluginError, match=told) as caught:
        start(Wrong({})).pin("main")
    assert caught.value.message.startswith("plugin branches (clockwork-branches 1.0): ")
