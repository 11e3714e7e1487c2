"""``clockwork plugins``."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from support.command import clockwork
from support.plugins import Shelf, resource_plugin


@pytest.fixture
def site(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    shelf = Shelf(tmp_path / "site", monkeypatch)
    shelf.install("clockwork-motd", resource_plugin("MotdResource"), version="2.3")
    shelf.install("clockwork-broken", "raise RuntimeError('no luck')", version="0.3")
    shelf.install("clockwork-asleep", resource_plugin("AsleepResource"))
    return shelf.folder


def run(site: Path, *arguments: str, code: int = 0) -> str:
    done = clockwork(
        "plugins", *arguments, cwd=site, PYTHONPATH=str(site), CLOCKWORK_DISABLE_PLUGINS="asleep"
    )
    assert done.returncode == code, done.stderr
    return done.stdout


def test_it_lists_active_disabled_and_failed_plugins(site: Path) -> None:
    rows = [line.split() for line in run(site).splitlines() if not line.startswith(" ")]
    shown = {row[0]: row[1:] for row in rows}
    assert shown["motd"] == ["clockwork-motd", "2.3", "active"]
    assert shown["broken"] == ["clockwork-broken", "0.3", "failed"]
    assert shown["asleep"] == ["clockwork-asleep", "1.0", "disabled"]
    assert "core" in shown
    assert "  resource types: MotdResource" in run(site)
    assert "RuntimeError: no luck" in run(site)


def test_json_is_one_document_with_every_field(site: Path) -> None:
    document = json.loads(run(site, "--json"))
    assert (document["format"], document["command"], document["error"]) == (1, "plugins", None)
    motd = next(one for one in document["plugins"] if one["name"] == "motd")
    assert motd == {
        "name": "motd",
        "distribution": "clockwork-motd",
        "version": "2.3",
        "status": "active",
        "reason": None,
        "hooks": ["clockwork_resource_types"],
        "resource_types": ["MotdResource"],
        "warnings": [],
    }


def test_hook_lists_only_those_that_implement_it(site: Path) -> None:
    document = json.loads(run(site, "--json", "--hook", "clockwork_load_file"))
    assert [one["name"] for one in document["plugins"]] == ["core"]
    assert run(site, "--hook", "clockwork_completion_tools") == "no plugin implements this hook\n"


def test_an_unknown_hook_is_wrong_usage(site: Path) -> None:
    error = json.loads(run(site, "--json", "--hook", "clockwork_observer", code=2))["error"]
    assert error["code"] == "usage"
    assert "did you mean 'clockwork_observe'" in error["message"]


@pytest.mark.parametrize("command", ["plugins", "plugins --json", "graph", "graph --json", "--help"])
def test_a_disabled_name_that_is_none_is_told_once_by_every_command(site: Path, command: str) -> None:
    (site / "main.py").write_text("from clockwork import Resource\nbox = Resource(name='box')\n")
    done = clockwork(
        *command.split(), cwd=site, PYTHONPATH=str(site), CLOCKWORK_DISABLE_PLUGINS="broken,modt"
    )
    assert done.stderr.splitlines() == [
        "clockwork: warning: CLOCKWORK_DISABLE_PLUGINS: no plugin is called 'modt'; did you mean 'motd'?"
    ]
