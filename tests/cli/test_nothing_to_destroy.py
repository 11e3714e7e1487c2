"""What ``destroy`` says where nothing is deployed."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from support.command import clockwork
from support.terminal import Terminal

pytestmark = pytest.mark.engine


@pytest.mark.parametrize("option", [[], ["--dry-run"], ["--yes"], ["--keep-files"]], ids=" ".join)
def test_it_says_so_names_the_stack_and_leaves_nothing(option: list[str], project: Path) -> None:
    done = clockwork("destroy", "--stack", "prdo", *option, cwd=project)
    assert (done.returncode, done.stderr) == (0, "")
    assert done.stdout == "Nothing is deployed in stack prdo.\n"
    assert not (project / ".clockwork").exists()


def test_at_a_terminal_nothing_is_asked(project: Path) -> None:
    with Terminal("destroy", cwd=project) as terminal:
        assert terminal.end() == 0
    assert terminal.text.strip() == "Nothing is deployed in stack dev."


def test_as_json_it_is_a_run_of_nothing(project: Path) -> None:
    document = json.loads(clockwork("destroy", "--json", cwd=project).stdout)
    assert (document["stack"], document["resources"], document["error"]) == ("dev", [], None)
