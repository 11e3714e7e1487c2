"""The commands on a real engine: what they print, and how they end."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from support.command import clockwork

PROGRAM = """
from clockwork.resources import FileResource

print("a word of the user's file")
article = FileResource(description="a note", path="note.txt", content="hello", mode="644")
"""

pytestmark = pytest.mark.engine


@pytest.fixture
def folder(project: Path) -> Path:
    (project / "main.py").write_text(PROGRAM, encoding="utf-8")
    return project


def document(*args: str, cwd: Path, code: int = 0) -> dict[str, Any]:
    done = clockwork(*args, "--json", cwd=cwd)
    assert done.returncode == code, done.stderr
    found: dict[str, Any] = json.loads(done.stdout)
    return found


def test_the_whole_way_as_json(folder: Path) -> None:
    plan = document("plan", cwd=folder)
    assert {name: number for name, number in plan["summary"].items() if number} == {"create": 1}
    assert plan["resources"][0]["address"] == "article"
    assert plan["resources"][0]["values"]["content"] == {"value": "hello", "source": "user"}
    assert plan["completion"]["calls"] == 0
    assert not (folder / "note.txt").exists()
    assert document("apply", cwd=folder)["resources"][0]["action"] == "create"
    assert document("apply", cwd=folder)["summary"]["same"] == 1
    assert all(found["passed"] for found in document("assert", cwd=folder)["assertions"])
    assert document("destroy", cwd=folder)["summary"]["delete"] == 1
    assert [path.name for path in folder.iterdir()] == ["main.py"]


def test_detailed_exit_codes(folder: Path) -> None:
    assert clockwork("plan", cwd=folder).returncode == 0
    assert clockwork("plan", "--detailed-exitcode", cwd=folder).returncode == 2
    assert clockwork("apply", cwd=folder).returncode == 0
    assert clockwork("plan", "--detailed-exitcode", cwd=folder).returncode == 0
    (folder / "main.py").write_text("1 /", encoding="utf-8")
    assert clockwork("plan", "--detailed-exitcode", cwd=folder).returncode == 1


def test_a_failed_assertion_is_shown_and_exits_with_1(folder: Path) -> None:
    shown = clockwork("assert", cwd=folder)
    assert shown.returncode == 1
    assert "✗ article" in shown.stdout
    failed = document("assert", cwd=folder, code=1)
    assert failed["error"]["code"] == "assertion"
    assert not all(found["passed"] for found in failed["assertions"])


def test_a_failed_apply_exits_with_1_and_tells_the_address(folder: Path) -> None:
    (folder / "note.txt").mkdir()
    failed = document("apply", cwd=folder, code=1)
    assert failed["error"]["address"] == "article"
    shown = clockwork("apply", cwd=folder)
    assert shown.returncode == 1
    assert "article" in shown.stderr


def test_dry_runs_build_and_remove_nothing(folder: Path) -> None:
    shown = clockwork("apply", "--dry-run", cwd=folder)
    assert shown.returncode == 0
    assert "nothing done" in shown.stdout
    assert "note.txt" in shown.stdout
    assert not (folder / "note.txt").exists()
    clockwork("apply", cwd=folder)
    shown = clockwork("destroy", "--dry-run", cwd=folder)
    assert "1 to delete" in shown.stdout
    assert (folder / "note.txt").exists()


def test_the_plan_of_a_changed_file_shows_drift_and_reason(folder: Path) -> None:
    clockwork("apply", cwd=folder)
    (folder / "note.txt").write_text("by hand", encoding="utf-8")
    assert "changed by hand" in clockwork("plan", cwd=folder).stdout
    (folder / "main.py").write_text(PROGRAM.replace("note.txt", "letter.txt"), encoding="utf-8")
    assert "replace, because path changes" in clockwork("plan", cwd=folder).stdout


def test_another_file_stack_and_folder(folder: Path, tmp_path: Path) -> None:
    (folder / "main.py").rename(folder / "other.py")
    plan = document("plan", "--file", str(folder / "other.py"), "--stack", "prod", cwd=tmp_path)
    assert plan["stack"] == "prod"
    assert plan["summary"]["create"] == 1
