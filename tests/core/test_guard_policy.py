"""The guard of a project: checks at once and bounded, and what cannot be checked."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Callable
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest

from clockwork import hookimpl
from clockwork.errors import PluginError, ProviderError
from clockwork.guard import policy
from clockwork.guard.policy import Allowance, Guard, Verdict, way_to_allow
from clockwork.hook_types import Check, CompletionContext, NotChecked, Refusal
from clockwork.plugins.manager import PluginManager
from clockwork.resources.base import Resource


class Thing(Resource):
    claimed: str = ""

    def claims(self) -> list[str]:
        return [self.claimed] if self.claimed else []


def verdict(*runs: Callable[[], Any]) -> Verdict:
    """Have checks made, one for each function."""
    checks = [Check("name", f"number {number}", run) for number, run in enumerate(runs)]
    plugins = PluginManager()
    plugins.register(
        SimpleNamespace(clockwork_verify_completion=hookimpl(lambda resource: checks)), name="curious"
    )
    thing = Thing(name="x")
    context = CompletionContext(Path(), ("name",), (thing,))
    return asyncio.run(Guard(plugins).verdict(thing, {"name": "x"}, context))


def test_all_checks_are_made_at_once() -> None:
    together = threading.Barrier(3, timeout=30)

    def look() -> str:
        together.wait()
        return "seen"

    assert verdict(look, look, look).refusals == (Refusal("name", "seen"),) * 3


def test_a_check_that_takes_too_long_is_not_made(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(policy, "CHECK_SECONDS", 0.05)
    end = threading.Event()
    try:
        found = verdict(end.wait, lambda: "seen")
    finally:
        end.set()
    assert found.unchecked == {"name": "number 0: no answer within 0.05 s"}
    assert found.refusals == (Refusal("name", "seen"),)


def failing(error: Exception) -> Callable[[], Any]:
    def run() -> None:
        raise error

    return run


@pytest.mark.parametrize("error", [NotChecked("it is closed"), ProviderError("it is closed")])
def test_what_cannot_be_checked_refuses_nothing(error: Exception) -> None:
    assert verdict(failing(error)) == Verdict((), {"name": "number 0: it is closed"})


def test_a_check_that_raises_something_else_names_its_plugin() -> None:
    with pytest.raises(PluginError, match=r"plugin curious .* the check 'number 0' raised OSError: broken"):
        verdict(failing(OSError("broken")))


def test_one_thing_is_claimed_once() -> None:
    guard = Guard(PluginManager())
    first, second, third = (Thing(name=name, claimed="port 80") for name in ("a", "b", "c"))
    assert guard.claim(first) == []
    assert guard.claim(first) == []
    assert [one.reason for one in guard.claim(second)] == [
        "it would claim port 80, which a has; choose another"
    ]
    second.claimed = "port 81"
    assert guard.claim(second, [third]) == []
    assert guard.claim(Thing(name="d", claimed="port 80"), [third]) != []


def test_an_allowance_is_for_a_rule_and_perhaps_for_some_things_alone() -> None:
    refusal = Refusal("path", "no", "outside-project", "/srv/www/a/b.html")
    assert Allowance.read("outside-project").covers(refusal)
    assert Allowance.read("outside-project: /srv/www/*").covers(refusal)
    assert not Allowance.read("outside-project: /srv/*.md").covers(refusal)
    assert not Allowance.read("hidden-path").covers(refusal)
    assert not Allowance.read("").covers(Refusal("path", "no", "x"))


@pytest.mark.parametrize(
    ("refusal", "said"),
    [
        (Refusal("mode", "no", "special-mode", "4755"), '"special-mode: 4755"'),
        (Refusal("path", "no", "outside-project", "/srv/a*b"), '"outside-project"'),
        (Refusal("path", "no", "outside-project", 'say "x"'), '"outside-project"'),
        (Refusal("path", "no", "outside-project", ""), '"outside-project"'),
    ],
)
def test_what_may_be_allowed_is_told_as_it_is_written(refusal: Refusal, said: str) -> None:
    assert way_to_allow([refusal]) == f"allow it for the project: [tool.clockwork.guard] allow = [{said}]"


def test_neither_mistakes_nor_credentials_are_offered_to_be_allowed() -> None:
    for rule in ("", "credential", "foreign-value", "control-character"):
        assert (
            way_to_allow([Refusal("mode", "no", "special-mode", "4755"), Refusal("a", "no", rule, "b")]) == ""
        )
