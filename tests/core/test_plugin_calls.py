"""Asking plugins: order, conflicts, failures that name the plugin, observers, the trace."""

from __future__ import annotations

import re
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest

from clockwork import Event, HealthCheck, LoadedFile, PromptPart, Refusal, Resource, hookimpl
from clockwork.errors import LoadError, UsageError
from clockwork.hook_types import Health
from clockwork.plugins.manager import PluginManager


def plugin(**hooks: Any) -> SimpleNamespace:
    """An object that implements hooks, each named and given as a function."""
    return SimpleNamespace(**{name: hookimpl(function) for name, function in hooks.items()})


def checks(*names: str) -> SimpleNamespace:
    def clockwork_health_checks() -> list[HealthCheck]:
        return [HealthCheck(name, lambda: Health(True, "well")) for name in names]

    return plugin(clockwork_health_checks=clockwork_health_checks)


def test_results_are_flat_and_sorted_by_name() -> None:
    manager = PluginManager()
    manager.register(checks("zebra", "apple"), name="one")
    manager.register(checks("mango"), name="two")
    names = [check.name for check in manager.results("clockwork_health_checks")]
    assert names == ["apple", "engine", "mango", "zebra"]


def test_the_same_name_twice_names_both_distributions_and_versions() -> None:
    manager = PluginManager()
    manager.register(checks("docker"), name="one", distribution="first-dist", version="1.2")
    manager.register(checks("docker"), name="two", distribution="second-dist", version="3.4")
    [conflict] = manager.collect("clockwork_health_checks").problems()
    assert "docker" in conflict.message
    assert "first-dist 1.2" in conflict.message
    assert "second-dist 3.4" in conflict.message


def test_the_same_name_twice_is_fine_where_it_need_not_be_unique() -> None:
    manager = PluginManager()
    article = Resource(name="article")
    for name in ("one", "two"):
        manager.register(
            plugin(clockwork_check_completion=lambda resource: [Refusal("name", "never")]), name=name
        )
    refused = manager.collect("clockwork_check_completion", resource=article, values={}, context=None)
    mine = [one.result for one in refused.given if one.origin.name != "core"]
    assert mine == [Refusal("name", "never")] * 2


def test_plugins_are_asked_in_the_order_they_ask_for_and_core_last() -> None:
    manager = PluginManager()
    plain, eager = LoadedFile(Path("plain"), {}), LoadedFile(Path("eager"), {})
    manager.register(plugin(clockwork_load_file=lambda path: plain), name="plain")
    manager.register(
        SimpleNamespace(clockwork_load_file=hookimpl(tryfirst=True)(lambda path: eager)), name="eager"
    )
    manager.register(plugin(clockwork_load_file=lambda path: None), name="silent")
    assert manager.first("clockwork_load_file", path=Path("x")) is eager


def test_a_failing_hook_names_its_plugin_and_keeps_the_cause() -> None:
    manager = PluginManager()

    def clockwork_completion_prompt(resource: Resource) -> Any:
        yield PromptPart("a", "text")
        raise ValueError("out of words")

    manager.register(
        plugin(clockwork_completion_prompt=clockwork_completion_prompt),
        name="poet",
        distribution="clockwork-poet",
        version="0.9",
    )
    collected = manager.collect(
        "clockwork_completion_prompt", resource=Resource(name="article"), context=None
    )
    error = next(failure.error for failure in collected.failures if failure.origin.name == "poet")
    assert error.message == (
        "plugin poet (clockwork-poet 0.9): clockwork_completion_prompt raised ValueError: out of words"
    )
    assert error.address == "article"
    assert isinstance(error.__cause__, ValueError)


def test_an_error_that_a_plugin_means_is_passed_on_as_it_is() -> None:
    manager = PluginManager()

    def clockwork_load_file(path: object) -> Any:
        raise LoadError("the file is upside down")

    manager.register(plugin(clockwork_load_file=clockwork_load_file), name="strict")
    with pytest.raises(LoadError, match=r"^the file is upside down$"):
        manager.first("clockwork_load_file", path=None)


def test_an_unknown_hook_is_a_mistake_of_the_caller() -> None:
    with pytest.raises(UsageError, match="did you mean 'clockwork_compile"):
        PluginManager().first("clockwork_compil")


def test_an_observer_that_raises_is_told_once_and_the_others_go_on(
    capsys: pytest.CaptureFixture[str],
) -> None:
    manager = PluginManager()
    seen: list[str] = []

    def clockwork_observe(event: Event) -> None:
        raise RuntimeError("cannot look")

    manager.register(plugin(clockwork_observe=lambda event: seen.append(event.kind)), name="keen")
    manager.register(plugin(clockwork_observe=clockwork_observe), name="blind", distribution="b", version="7")
    for kind in ("load.done", "engine.start"):
        manager.notify(Event(kind))
    assert seen == ["load.done", "engine.start"]
    warned = capsys.readouterr().err
    assert warned.count("cannot look") == 1
    assert "plugin blind (b 7)" in warned


def test_the_trace_tells_hook_plugin_and_seconds(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    manager = PluginManager()
    manager.register(checks("docker"), name="one", distribution="dist", version="1")
    monkeypatch.setenv("CLOCKWORK_TRACE_PLUGINS", "1")
    manager.results("clockwork_health_checks")
    traced = capsys.readouterr().err
    assert re.search(r"^clockwork: clockwork_health_checks one \(dist 1\) done \d+\.\d{4} s$", traced, re.M)
    monkeypatch.delenv("CLOCKWORK_TRACE_PLUGINS")
    manager.results("clockwork_health_checks")
    assert capsys.readouterr().err == ""
