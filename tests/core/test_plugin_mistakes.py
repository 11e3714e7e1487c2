"""A plugin that gives what no hook asks for, or raises: it is named, and the others work."""

from __future__ import annotations

from pathlib import Path
from types import SimpleNamespace
from typing import Any

import click
import pytest

from clockwork import (
    Check,
    CompletionContext,
    CompletionTool,
    EmbeddedResource,
    Event,
    FoundResource,
    GuardRule,
    Health,
    HealthCheck,
    LoadedFile,
    Meaning,
    ModelBackend,
    Pin,
    PromptPart,
    Refusal,
    Resource,
    hookimpl,
)
from clockwork.assertions import Assertion, PredicateAssert, Seen, Subject
from clockwork.connections import Network
from clockwork.errors import PluginError
from clockwork.plugins.contracts import CONTRACTS
from clockwork.plugins.info import Failure
from clockwork.plugins.manager import PluginManager
from support.kinds import Thing, ThingResource


class Nameless(Assertion):
    """An assertion that does not say what it checks."""

    def title(self) -> str:
        return ""

    async def check(self, subject: Subject) -> Seen:
        return Seen(True, "there")


NOTE = Resource(name="note")
ARGUMENTS: dict[str, dict[str, Any]] = {
    "clockwork_load_file": {"path": Path("main.toml")},
    "clockwork_discover_resources": {"loaded": LoadedFile(Path("main.toml"), {})},
    "clockwork_completion_prompt": {"resource": NOTE, "context": CompletionContext(Path(), ())},
    "clockwork_completion_tools": {"resource": NOTE, "context": None},
    "clockwork_check_completion": {"resource": NOTE, "values": {}, "context": CompletionContext(Path(), ())},
    "clockwork_verify_completion": {"resource": NOTE, "values": {}, "context": CompletionContext(Path(), ())},
    "clockwork_pins": {"resource": NOTE, "resources": (NOTE,)},
    "clockwork_compile": {"resource": NOTE},
    "clockwork_commands": {"type_token": "a:b:C", "inputs": {}},
    "clockwork_assertions": {"resource": NOTE},
    "clockwork_container": {"resource": NOTE},
    "clockwork_connect": {"resource": NOTE, "connection": Network(to=NOTE, name="x")},
    "clockwork_observe": {"event": Event("load.done")},
}
LISTED = {
    "clockwork_resource_types": ThingResource,
    "clockwork_discover_resources": FoundResource("note", NOTE),
    "clockwork_completion_prompt": PromptPart("a part", "text"),
    "clockwork_completion_tools": CompletionTool("a tool", lambda: None),
    "clockwork_check_completion": Refusal("", "the whole is wrong"),
    "clockwork_verify_completion": Check("name", "whether it is free", lambda: None),
    "clockwork_guard_rules": GuardRule("a rule", "what is too loud"),
    "clockwork_pins": Pin("branch", "main", "name", ".*", lambda: None, Meaning),
    "clockwork_providers": Thing,
    "clockwork_commands": "make",
    "clockwork_assertions": PredicateAssert(name="a check", function=lambda _note: None),
    "clockwork_cli_commands": click.Command("hello"),
    "clockwork_model_backends": ModelBackend("a backend", lambda _settings: False, lambda _settings: None),
    "clockwork_health_checks": HealthCheck("a check", lambda: Health(True, "well")),
}
SINGLE = [
    "clockwork_load_file",
    "clockwork_compile",
    "clockwork_container",
    "clockwork_connect",
    "clockwork_observe",
]
NEARLY: dict[str, list[Any]] = {
    "clockwork_resource_types": [Resource(name="x"), Thing],
    "clockwork_discover_resources": [FoundResource("", NOTE), FoundResource("x", 5), NOTE],  # type: ignore[arg-type]
    "clockwork_completion_prompt": [PromptPart("", "text"), PromptPart("a", None)],  # type: ignore[arg-type]
    "clockwork_completion_tools": [CompletionTool("a", "b"), print],  # type: ignore[arg-type]
    "clockwork_check_completion": ["path", Refusal("path", None), False],  # type: ignore[arg-type]
    "clockwork_verify_completion": [Check("name", "whether", "now"), Refusal("name", "no")],  # type: ignore[arg-type]
    "clockwork_guard_rules": [GuardRule("", "what"), GuardRule("a rule", "")],
    "clockwork_pins": [
        Pin("branch", "", "name", ".*", lambda: None, Meaning),
        Pin("branch", "main", "name", ".*", None, Meaning),  # type: ignore[arg-type]
        Meaning("4f2a"),
    ],
    "clockwork_commands": [b"make", ["make"]],
    "clockwork_providers": [EmbeddedResource, ThingResource, object()],
    "clockwork_assertions": [PredicateAssert, Seen(True, "there"), Nameless()],
    "clockwork_cli_commands": [print, click.Command(None), click.Command],
    "clockwork_model_backends": [ModelBackend("a", True, print), "openai"],  # type: ignore[arg-type]
    "clockwork_health_checks": [Health(True, "well"), HealthCheck("a", Health(True, "well"))],  # type: ignore[arg-type]
}


def plugin(hook: str, answer: Any) -> SimpleNamespace:
    """A plugin whose one hook gives an answer, or raises it where it is an exception."""

    def implementation() -> Any:
        if isinstance(answer, BaseException):
            raise answer
        return answer

    return SimpleNamespace(**{hook: hookimpl(implementation)})


def managing(hook: str, odd: Any, *good: Any) -> PluginManager:
    manager = PluginManager()
    manager.register(plugin(hook, odd), name="odd", distribution="clockwork-odd", version="0.3")
    for number, answer in enumerate(good):
        manager.register(plugin(hook, answer), name=f"good-{number}")
    return manager


def failure_of(manager: PluginManager, hook: str) -> Failure:
    [failure] = manager.collect(hook, **ARGUMENTS.get(hook, {})).failures
    return failure


def test_every_hook_is_covered_here() -> None:
    assert {*LISTED, *SINGLE} == set(CONTRACTS)


@pytest.mark.parametrize("hook", LISTED)
@pytest.mark.parametrize("answer", ["x", 5, [5], [None], {"name": 1}, True], ids=repr)
def test_what_is_no_result_is_the_failure_of_its_plugin_alone(hook: str, answer: Any) -> None:
    manager = managing(hook, answer, [LISTED[hook]])
    collected = manager.collect(hook, **ARGUMENTS.get(hook, {}))
    assert LISTED[hook] in [one.result for one in collected.given]
    [failure] = collected.failures
    assert failure.message.startswith(f"plugin odd (clockwork-odd 0.3): {hook} gave ")
    assert failure.message.endswith(f", expected {CONTRACTS[hook].expected}")
    assert "CLOCKWORK_DISABLE_PLUGINS=odd" in (failure.error.hint or "")


@pytest.mark.parametrize(("hook", "answer"), [(hook, one) for hook, many in NEARLY.items() for one in many])
def test_what_only_looks_like_a_result_is_none(hook: str, answer: Any) -> None:
    assert " gave " in failure_of(managing(hook, [answer]), hook).message


@pytest.mark.parametrize("hook", LISTED)
def test_nothing_is_a_fine_answer(hook: str) -> None:
    collected = managing(hook, None, []).collect(hook, **ARGUMENTS.get(hook, {}))
    assert collected.failures == ()


@pytest.mark.parametrize("hook", ["clockwork_load_file", "clockwork_compile", "clockwork_container"])
def test_a_wrong_first_answer_stops_and_names_its_plugin(hook: str) -> None:
    with pytest.raises(PluginError) as raised:
        managing(hook, 5).first(hook, **ARGUMENTS[hook])
    assert raised.value.message == (
        f"plugin odd (clockwork-odd 0.3): {hook} gave 5, expected {CONTRACTS[hook].expected}"
    )


@pytest.mark.parametrize("hook", [*LISTED, *SINGLE])
def test_an_async_hook_is_told_what_it_is(hook: str, capsys: pytest.CaptureFixture[str]) -> None:
    async def implementation() -> list[Any]:
        return []

    manager = PluginManager()
    manager.register(SimpleNamespace(**{hook: hookimpl(implementation)}), name="odd")
    if hook == "clockwork_observe":
        manager.notify(Event("load.done"))
        told = capsys.readouterr().err
    elif hook in SINGLE:
        with pytest.raises(PluginError) as raised:
            manager.first(hook, **ARGUMENTS[hook])
        told = raised.value.message
    else:
        told = failure_of(manager, hook).message
    assert "plugin odd" in told
    assert f"{hook} is async; a hook is an ordinary function" in told


def test_what_a_hook_gave_is_told_briefly_whatever_it_is() -> None:
    class Unspeakable:
        def __repr__(self) -> str:
            raise RuntimeError("no words")

    assert (
        "Unspeakable"
        in failure_of(managing("clockwork_assertions", [Unspeakable()]), "clockwork_assertions").message
    )
    assert len(failure_of(managing("clockwork_assertions", "x" * 5000), "clockwork_assertions").message) < 300


def test_a_hook_that_ends_the_program_is_a_failure_too() -> None:
    failure = failure_of(managing("clockwork_health_checks", SystemExit(3)), "clockwork_health_checks")
    assert failure.message == ("plugin odd (clockwork-odd 0.3): clockwork_health_checks raised SystemExit: 3")


SPARING = [
    "clockwork_resource_types",
    "clockwork_completion_tools",
    "clockwork_providers",
    "clockwork_cli_commands",
    "clockwork_health_checks",
]


@pytest.mark.parametrize("hook", SPARING)
@pytest.mark.parametrize("odd", ["x", ValueError("no luck")], ids=["gives nonsense", "raises"])
def test_where_the_others_suffice_a_failure_is_told_once(
    hook: str, odd: Any, capsys: pytest.CaptureFixture[str]
) -> None:
    manager = managing(hook, odd, [LISTED[hook]])
    for _ in range(2):
        assert LISTED[hook] in manager.results(hook, **ARGUMENTS.get(hook, {}))
    warned = capsys.readouterr().err
    assert warned.count(f"plugin odd (clockwork-odd 0.3): {hook} ") == 1


@pytest.mark.parametrize("hook", SPARING)
def test_where_the_others_suffice_two_of_one_name_are_both_left_out(
    hook: str, capsys: pytest.CaptureFixture[str]
) -> None:
    manager = managing(hook, [LISTED[hook]], [LISTED[hook]])
    assert LISTED[hook] not in manager.results(hook, **ARGUMENTS.get(hook, {}))
    warned = capsys.readouterr().err
    assert "by good-0 (this process) and by odd (clockwork-odd 0.3)" in warned


@pytest.mark.parametrize("hook", SPARING)
def test_strictly_every_failure_is_an_error(hook: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("CLOCKWORK_STRICT_PLUGINS", "1")
    with pytest.raises(PluginError, match="plugin odd"):
        managing(hook, "x", [LISTED[hook]]).results(hook, **ARGUMENTS.get(hook, {}))


@pytest.mark.parametrize(
    "hook",
    [
        "clockwork_discover_resources",
        "clockwork_check_completion",
        "clockwork_verify_completion",
        "clockwork_guard_rules",
        "clockwork_model_backends",
    ],
)
def test_where_going_on_would_be_wrong_a_failure_stops(hook: str) -> None:
    with pytest.raises(PluginError, match=rf"plugin odd \(clockwork-odd 0.3\): {hook} gave 'x'"):
        managing(hook, "x", [LISTED[hook]]).results(hook, **ARGUMENTS.get(hook, {}))


def test_a_name_of_cores_own_cannot_be_taken_silently() -> None:
    engine = HealthCheck("engine", lambda: Health(True, "well"))
    with pytest.raises(PluginError, match=r"by odd .* and by core"):
        managing("clockwork_health_checks", [engine]).results("clockwork_health_checks")


def test_two_hooks_of_one_plugin_are_told_apart(capsys: pytest.CaptureFixture[str]) -> None:
    hooks = {**vars(plugin("clockwork_providers", 5)), **vars(plugin("clockwork_cli_commands", 6))}
    manager = PluginManager()
    manager.register(SimpleNamespace(**hooks), name="odd")
    manager.results("clockwork_providers")
    manager.results("clockwork_cli_commands")
    warned = capsys.readouterr().err
    assert "gave 5" in warned
    assert "gave 6" in warned
