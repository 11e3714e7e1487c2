"""Checks that cannot be made now: told in the plan, kept in the lock, and made again."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from support.command import clockwork, install_plugin
from support.fake_endpoint import Request, fake_endpoint

PLUGIN = """
from pathlib import Path

from clockwork import Check, NotChecked, hookimpl


def look():
    if not Path("office").exists():
        raise NotChecked("the office is closed")
    return Path("office").read_text() or None


@hookimpl
def clockwork_verify_completion(values):
    if "name" in values:
        yield Check("name", "whether the office knows it", look)
"""
NOTE = "name is not checked: whether the office knows it: the office is closed"


@pytest.mark.engine
def test_a_check_that_cannot_be_made_is_told_until_it_can(project: Path, tmp_path: Path) -> None:
    install_plugin(tmp_path / "site", "office", PLUGIN)
    (project / "main.py").write_text(
        "from clockwork.resources import FileResource\n"
        "note = FileResource(description='tea', directory='.', content='hello', mode='644')\n"
    )

    def answer(request: Request) -> Any:
        return {"name": "tea.md"}

    with fake_endpoint(answer) as server:
        asked = {"CW_BASE_URL": server.url, "CW_MODEL": "fake", "PYTHONPATH": str(tmp_path / "site")}
        first = clockwork("plan", cwd=project, **asked)
        assert NOTE in " ".join(first.stdout.split())
        again = json.loads(clockwork("plan", "--json", cwd=project, **asked).stdout)
        assert again["resources"][0]["notes"] == [NOTE]
        assert 'unchecked = [\n    "name",\n]' in (project / "clockwork.lock").read_text()

        locked = clockwork("plan", "--locked", cwd=project, **asked)
        assert "name is not checked: --locked looks nothing up" in " ".join(locked.stdout.split())

        (project / "office").write_text("the office does not know it")
        refused = clockwork("plan", cwd=project, **asked)
        assert refused.returncode == 1
        assert "the value in the lock cannot be used: the office does not know it" in refused.stderr

        (project / "office").write_text("")
        assert "not checked" not in clockwork("plan", cwd=project, **asked).stdout
        assert "unchecked" not in (project / "clockwork.lock").read_text()
        assert len(server.requests) == 1


@pytest.mark.engine
def test_a_rule_that_a_project_allows(project: Path) -> None:
    (project / "main.py").write_text(
        "from clockwork.resources import FileResource\n"
        "ci = FileResource(description='a workflow', content='on: push', mode='644')\n"
    )

    def answer(request: Request) -> Any:
        return {"name": "ci.yml", "directory": ".github/workflows"}

    with fake_endpoint(answer) as server:
        asked = {"CW_BASE_URL": server.url, "CW_MODEL": "fake"}
        assert "programs obey or run what stands at .github" in clockwork("plan", cwd=project, **asked).stderr
        settings = '[tool.clockwork.guard]\nallow = ["hidden-path: .github/workflows/*"]\n'
        (project / "pyproject.toml").write_text(settings)
        assert clockwork("plan", cwd=project, **asked).returncode == 0
        (project / "pyproject.toml").write_text(settings.replace("hidden-path", "hiden-path"))
        wrong = clockwork("plan", cwd=project, **asked)
        assert wrong.returncode == 2
        assert "pyproject.toml:2" in wrong.stderr
        assert "did you mean 'hidden-path'?" in wrong.stderr
