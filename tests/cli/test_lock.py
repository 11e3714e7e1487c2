"""``clockwork lock``: what the lock holds, and whether it answers all that the file leaves open."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from clockwork.lock import Lock
from support.command import clockwork, install_plugin

PLUGIN = """
import os
from pathlib import Path
from clockwork import Meaning, Pin, Resource, hookimpl

class Source(Resource):
    name: str = "source"

@hookimpl
def clockwork_resource_types():
    yield Source

@hookimpl
def clockwork_pins(resource, resources):
    if isinstance(resource, Source):
        def ask():
            told = Path(os.environ["BRANCHES"], resource.name)
            return Meaning(told.read_text()) if told.exists() else Meaning(reason="nobody answers")
        yield Pin("branch", resource.name, "name", "[0-9a-f]+", here=lambda: None, there=ask)
"""
MAIN = """
from clockwork.resources import FileResource, Source
tea = FileResource(description="how to make tea", path="tea.txt")
first = Source(name="main")
second = Source(name="main")
third = Source(name="next")
"""
LOCK = """
format = 1

[resources.tea]
type = "FileResource"
model = "small"
question = "0"
unset = []

[resources.tea.values]
content = "Boil water."

[resources.gone]
type = "FileResource"
model = "small"
question = "0"

[pins.branch]
main = "a1"
old = "0"
"""


@pytest.fixture
def folder(project: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A project whose lock holds something of everything."""
    install_plugin(tmp_path / "site", "branches", PLUGIN)
    monkeypatch.setenv("PYTHONPATH", str(tmp_path / "site"))
    monkeypatch.setenv("BRANCHES", str(tmp_path / "branches"))
    (tmp_path / "branches").mkdir()
    (project / "main.py").write_text(MAIN)
    (project / "clockwork.lock").write_text(LOCK)
    return project


def answer(folder: Path, *args: str, code: int = 0) -> dict[str, Any]:
    done = clockwork("lock", *args, "--json", cwd=folder)
    assert done.returncode == code, done.stderr
    document: dict[str, Any] = json.loads(done.stdout)
    return document


def test_everything_is_shown_and_nothing_changed(folder: Path) -> None:
    done = clockwork("lock", cwd=folder)
    assert (done.returncode, done.stderr) == (0, "")
    assert [row.rstrip() for row in done.stdout.splitlines()] == [
        "clockwork.lock",
        "",
        "tea  FileResource",
        "    content  Boil water.  edited in the lock",
        "    mode     will be asked for: its question changed",
        "",
        "= main  a1  first and second",
        "+ next  will be looked up  third",
        "- old   0 (no resource uses it any more)",
        "",
        "1 value and 2 pins, the next plan asks for 1 value, looks up 1 name and drops 2 entries",
    ]
    assert (folder / "clockwork.lock").read_text() == LOCK


def test_a_document_says_the_same(folder: Path) -> None:
    document = answer(folder)
    assert list(document) == ["format", "command", "file", "stack", "resources", "pins", "unused", "error"]
    assert document["resources"] == [
        {
            "address": "tea",
            "type": "FileResource",
            "values": {"content": {"value": "Boil water.", "source": "edited"}},
            "lacking": ["mode"],
            "reason": "its question changed",
        }
    ]
    assert document["unused"] == ["gone"]
    assert {one["name"]: one["status"] for one in document["pins"]} == {
        "main": "same",
        "next": "lacking",
        "old": "unused",
    }


def test_addresses_choose_what_is_shown(folder: Path) -> None:
    document = answer(folder, "third")
    assert (document["resources"], document["unused"]) == ([], [])
    assert [one["name"] for one in document["pins"]] == ["next"]
    assert answer(folder, "fourth", code=2)["error"]["code"] == "usage"


def test_an_upgrade_moves_pins_and_nothing_else(folder: Path, tmp_path: Path) -> None:
    (tmp_path / "branches" / "main").write_text("b2")
    (tmp_path / "branches" / "next").write_text("c3")
    done = clockwork("lock", "--upgrade-images", cwd=folder)
    assert done.returncode == 0
    assert done.stdout.splitlines() == [
        "clockwork.lock",
        "",
        "~ main  a1 -> b2  first and second",
        "+ next  not pinned -> c3  third",
        "",
        "2 of 2 pins moved · run `clockwork plan`",
    ]
    lock = Lock.read(folder / "clockwork.lock")
    assert lock.pins == {("branch", "main"): "b2", ("branch", "next"): "c3", ("branch", "old"): "0"}
    assert lock.addresses == ["gone", "tea"]


def test_what_cannot_be_looked_up_fails_and_the_rest_moves(folder: Path, tmp_path: Path) -> None:
    (tmp_path / "branches" / "next").write_text("c3")
    document = answer(folder, "--upgrade-images", code=1)
    assert [(one["name"], one["status"], one["value"], one["reason"]) for one in document["pins"]] == [
        ("main", "failed", "a1", "nobody answers"),
        ("next", "new", "c3", None),
    ]
    assert document["error"] is None
    assert Lock.read(folder / "clockwork.lock").pins["branch", "next"] == "c3"


def test_a_project_without_a_lock_has_nothing_to_show(project: Path) -> None:
    (project / "main.py").write_text("from clockwork import Resource\none = Resource(name='one')\n")
    done = clockwork("lock", cwd=project)
    assert done.returncode == 0
    assert "0 values and 0 pins, up to date" in done.stdout
    assert "nothing to look up" in clockwork("lock", "--upgrade-images", cwd=project).stdout
    assert not (project / "clockwork.lock").exists()
