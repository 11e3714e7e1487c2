"""What somebody at a terminal sees and is asked."""

from __future__ import annotations

from pathlib import Path

import pytest

from support.command import clockwork
from support.terminal import Terminal

PROGRAM = """
from clockwork.resources import FileResource

article = FileResource(description="a note", path="note.txt", content="hello", mode="644")
"""

pytestmark = pytest.mark.engine


@pytest.fixture
def note(project: Path) -> Path:
    (project / "main.py").write_text(PROGRAM, encoding="utf-8")
    return project / "note.txt"


def test_apply_and_destroy_show_the_plan_ask_and_do_it(note: Path) -> None:
    with Terminal("apply", cwd=note.parent) as terminal:
        terminal.await_words("Apply this? [y/N]")
        assert "Plan for stack dev" in terminal.text
        assert not note.exists()
        terminal.press("y\n")
        assert terminal.end() == 0
    assert "article: created" in terminal.text
    assert "1 created" in terminal.text
    assert note.read_text(encoding="utf-8") == "hello"
    with Terminal("destroy", cwd=note.parent) as terminal:
        terminal.await_words("Remove all of this? [y/N]")
        assert note.exists()
        terminal.press("y\n")
        assert terminal.end() == 0
    assert not note.exists()


def test_a_person_is_asked_although_the_results_go_elsewhere(note: Path) -> None:
    file = note.parent / "told.log"
    with Terminal("apply", cwd=note.parent, results=file.name) as terminal:
        terminal.await_words("Apply this? [y/N]")
        assert "Plan for stack dev" in terminal.text
        assert not note.exists()
        terminal.press("y\n")
        assert terminal.end() == 0
    assert "+ article  FileResource" in file.read_text(encoding="utf-8")
    assert "Applied to stack dev" in file.read_text(encoding="utf-8")


@pytest.mark.parametrize(("keys", "code", "said"), [("n\n", 1, "not confirmed"), ("\x03", 130, "Stopped.")])
def test_no_and_ctrl_c_change_nothing(keys: str, code: int, said: str, note: Path) -> None:
    with Terminal("apply", cwd=note.parent) as terminal:
        terminal.await_words("Apply this? [y/N]")
        terminal.press(keys)
        assert terminal.end() == code
    assert said in terminal.text
    assert not note.exists()


def test_yes_asks_nothing_and_a_plan_without_changes_is_no_question(note: Path) -> None:
    with Terminal("apply", "--yes", cwd=note.parent) as terminal:
        assert terminal.end() == 0
    assert "[y/N]" not in terminal.text
    assert note.exists()
    with Terminal("apply", cwd=note.parent) as terminal:
        assert terminal.end() == 0
    assert "[y/N]" not in terminal.text
    assert "nothing changed, 1 unchanged" in terminal.text


def test_colour_is_shown_at_a_terminal_and_not_with_no_color(note: Path) -> None:
    with Terminal("plan", cwd=note.parent) as terminal:
        assert terminal.end() == 0
    assert "\x1b[32m" in terminal.raw
    with Terminal("plan", cwd=note.parent, NO_COLOR="1") as terminal:
        assert terminal.end() == 0
    assert "\x1b[32m" not in terminal.raw
    with Terminal("plan", cwd=note.parent, TERM="dumb") as terminal:
        assert terminal.end() == 0
    assert "\x1b" not in terminal.raw


def test_away_from_a_terminal_nothing_is_asked_and_nothing_steers(note: Path) -> None:
    done = clockwork("apply", cwd=note.parent)
    assert done.returncode == 0
    assert done.stderr.startswith("✓ article: created")
    assert "\x1b" not in done.stdout + done.stderr
    assert note.exists()
