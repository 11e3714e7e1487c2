"""A run imports what its own resources need, whatever else is installed."""

from __future__ import annotations

from pathlib import Path

import pytest

from support.command import clockwork

pytestmark = pytest.mark.engine

PROGRAM = """
from clockwork.resources import FileResource

note = FileResource(description="a note", path="note.txt", content="hello", mode="644")
tea = FileResource(description="how to make tea", path="tea.txt")
"""

LOCK = """
format = 1

[resources.tea]
type = "FileResource"
model = "none"
question = "0"
digests = {}

[resources.tea.values]
content = "Boil water."
mode = "644"
"""

ENGINE = {"grpc", "pulumi"}
HEAVY = {"docker", "httpx", "openai", "pulumi_docker", "pydantic_ai", "requests", "rich", *ENGINE}


@pytest.fixture
def folder(project: Path) -> Path:
    """A project of files, one of them completed from the lock."""
    (project / "main.py").write_text(PROGRAM)
    (project / "clockwork.lock").write_text(LOCK)
    return project


def heavy_imports(folder: Path, *args: str) -> set[str]:
    """The heavy modules that a command imports."""
    done = clockwork(*args, cwd=folder, PYTHONPROFILEIMPORTTIME="1")
    assert done.returncode == 0, done.stdout
    told = [line.rpartition("|")[2] for line in done.stderr.splitlines() if line.startswith("import time:")]
    found = {name.strip().partition(".")[0] for name in told}
    assert "clockwork" in found
    return found & HEAVY


def test_a_project_of_files_needs_only_the_engine(folder: Path) -> None:
    for command in ("plan", "apply", "refresh", "destroy"):
        assert heavy_imports(folder, command) == ENGINE, command


def test_a_locked_plan_of_files_needs_only_the_engine(folder: Path) -> None:
    assert heavy_imports(folder, "plan", "--locked") == ENGINE


def test_asserting_files_needs_no_engine(folder: Path) -> None:
    assert clockwork("apply", cwd=folder).returncode == 0
    assert heavy_imports(folder, "assert") == set()
