"""``clockwork plugins``."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from click.testing import CliRunner

from clockwork.commands.plugins import plugins
from clockwork.errors import UsageError
from clockwork.plugins.manager import PluginManager
from support.plugins import Shelf, resource_plugin


@pytest.fixture
def manager(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> PluginManager:
    shelf = Shelf(tmp_path / "site", monkeypatch)
    shelf.install("clockwork-motd", resource_plugin("MotdResource"), version="2.3")
    shelf.install("clockwork-broken", "raise RuntimeError('no luck')", version="0.3")
    shelf.install("clockwork-asleep", resource_plugin("AsleepResource"))
    monkeypatch.setenv("CLOCKWORK_DISABLE_PLUGINS", "asleep")
    return PluginManager.load()


def run(manager: PluginManager, *arguments: str) -> str:
    with manager.in_use():
        return CliRunner().invoke(plugins, arguments, catch_exceptions=False).stdout


def test_it_lists_active_disabled_and_failed_plugins(manager: PluginManager) -> None:
    rows = [line.split() for line in run(manager).splitlines() if not line.startswith(" ")]
    shown = {row[0]: row[1:] for row in rows}
    assert shown["motd"] == ["clockwork-motd", "2.3", "active"]
    assert shown["broken"] == ["clockwork-broken", "0.3", "failed"]
    assert shown["asleep"] == ["clockwork-asleep", "1.0", "disabled"]
    assert "core" in shown
    assert "  resource types: MotdResource" in run(manager)
    assert "RuntimeError: no luck" in run(manager)


def test_json_is_one_document_with_every_field(manager: PluginManager) -> None:
    document = json.loads(run(manager, "--json"))
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


def test_hook_lists_only_those_that_implement_it(manager: PluginManager) -> None:
    document = json.loads(run(manager, "--json", "--hook", "clockwork_load_file"))
    assert [one["name"] for one in document["plugins"]] == ["core"]
    assert run(manager, "--hook", "clockwork_completion_tools") == "no plugin implements this hook\n"


def test_an_unknown_hook_is_wrong_usage(manager: PluginManager) -> None:
    with pytest.raises(UsageError, match="did you mean clockwork_observe"):
        run(manager, "--hook", "clockwork_observer")
