"""The assertions of resources together: which there are, how they run, who waits for them."""

from __future__ import annotations

import asyncio
import re
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import pytest
from pydantic import ValidationError

from clockwork import Resource, assertions, completable, hookimpl
from clockwork.assertions import Assertion, ContainerRunningAssert, FileExistsAssert, PredicateAssert
from clockwork.assertions.choice import checks_of
from clockwork.assertions.readiness import not_ready, wait_until_ready
from clockwork.assertions.runner import AT_ONCE, run_assertions
from clockwork.containers.readiness import ContainerState
from clockwork.errors import LoadError, UsageError
from clockwork.hook_types import Event
from clockwork.plugins.manager import PluginManager
from clockwork.resources.targets import chosen
from support.asserting import Box, knowing, result_of, web


def passing(name: str, **more: Any) -> PredicateAssert:
    return PredicateAssert(name=name, function=lambda _resource: True, **more)


def failing(name: str, **more: Any) -> PredicateAssert:
    return PredicateAssert(name=name, function=lambda _resource: "wrong", timeout_seconds=0, **more)


def giving(*assertions: Any) -> PluginManager:
    """A manager whose one plugin gives these assertions for everything."""

    class Giving:
        @hookimpl
        def clockwork_assertions(self, resource: Resource) -> Any:
            return assertions

    manager = PluginManager()
    manager.register(Giving(), name="giving")
    return manager


def names_of(resource: Resource, plugins: PluginManager) -> list[tuple[str, str]]:
    """The names of a resource's assertions, and who gave them."""
    found = checks_of(resource, plugins).checks
    return [(one.assertion.name, one.origin.name if one.origin else "the user") for one in found]


def test_own_assertions_join_those_of_plugins() -> None:
    found = names_of(web(passing("b")), giving(passing("a")))
    assert found == [("a", "giving"), ("b", "the user"), ("complete", "core")]


def test_an_own_assertion_replaces_a_plugins_of_the_same_name() -> None:
    found = names_of(web(passing("a")), giving(passing("a")))
    assert found == [("a", "the user"), ("complete", "core")]


def test_two_assertions_of_one_name_are_an_error_at_once() -> None:
    with pytest.raises(ValidationError, match="two assertions are named 'a'; give one of them another name="):
        web(passing("a"), passing("a"))


def test_two_assertions_of_one_name_are_found_when_they_are_added_later() -> None:
    resource = web(passing("a"))
    resource.assertions.append(passing("a"))
    with pytest.raises(LoadError, match=r"web.assertions: two of its assertions are named 'a'"):
        checks_of(resource, PluginManager())


@pytest.mark.parametrize("wrong", ["healthy", {"name": "a"}, 7])
def test_what_is_no_assertion_is_refused(wrong: Any) -> None:
    with pytest.raises(ValidationError, match="instance of Assertion"):
        Resource(name="web", assertions=[wrong])


def test_a_plugin_that_gives_no_assertion_is_a_failed_one_beside_the_others() -> None:
    plugins = giving(Event("x", "y"))
    events: list[Event] = []
    results = asyncio.run(run_assertions([web(passing("a"))], plugins, events.append))
    assert [(one.name, one.passed) for one in results] == [
        ("assertions of giving", False),
        ("a", True),
        ("complete", True),
    ]
    assert "clockwork_assertions gave Event" in results[0].message
    assert sum(one.kind == "assertion.done" for one in events) == 3
    assert waited(web(), plugins, asked=False) == [("assertions of giving", False)]


class Note(Resource):
    text: str | None = completable("a few words")


def test_assertions_are_nothing_to_complete_and_no_value_of_a_resource() -> None:
    note = Note(name="note", assertions=[passing("a")])
    assert note.missing_fields() == ["text"]
    assert "assertions" not in note.model_dump()
    assert "assertions" not in repr(note)


def test_assertions_stay_through_completion_however_they_came() -> None:
    note, other = Note(name="note"), Note(name="other")
    note.assertions.append(passing("a"))
    note.depends_on.append(other)
    whole = note.completed({"text": "done"}, {})
    assert [one.name for one in whole.assertions] == ["a"]
    assert whole.depends_on == [other]


def test_results_stand_by_resource_and_name() -> None:
    first, second = web(failing("b"), passing("a")), web(passing("c"))
    second.place("app", Path.cwd())
    results = asyncio.run(run_assertions([first, second], PluginManager(), lambda _event: None))
    assert [(one.address, one.name, one.passed) for one in results] == [
        ("web", "a", True),
        ("web", "b", False),
        ("web", "complete", True),
        ("app", "c", True),
        ("app", "complete", True),
    ]


def test_assertions_run_at_once() -> None:
    meeting = asyncio.Barrier(10)

    async def meets(_resource: Resource) -> None:
        await meeting.wait()

    resource = web(*(PredicateAssert(name=str(number), function=meets) for number in range(10)))
    assert all(
        one.passed for one in asyncio.run(run_assertions([resource], PluginManager(), lambda _event: None))
    )


def test_no_more_than_so_many_look_at_the_same_moment() -> None:
    looking = most = 0

    async def looks(_resource: Resource) -> None:
        nonlocal looking, most
        looking += 1
        most = max(most, looking)
        for _turn in range(3):
            await asyncio.sleep(0)
        looking -= 1

    resource = web(*(PredicateAssert(name=str(number), function=looks) for number in range(3 * AT_ONCE)))
    asyncio.run(run_assertions([resource], PluginManager(), lambda _event: None))
    assert 1 < most <= AT_ONCE


def test_events_tell_of_the_start_the_wait_and_the_end() -> None:
    answers = iter(["not yet", None])
    events: list[Event] = []
    result_of(PredicateAssert(name="there", function=lambda _web: next(answers)), observe=events.append)
    assert [(one.kind, one.address, dict(one.data)) for one in events if one.data["name"] == "there"] == [
        ("assertion.start", "web", {"name": "there"}),
        ("assertion.waiting", "web", {"name": "there", "seen": "not yet"}),
        ("assertion.done", "web", {"name": "there", "passed": True, "seen": "as it should be"}),
    ]


def test_a_function_that_never_returns_does_not_keep_the_process() -> None:
    program = (
        "import threading\n"
        "from clockwork.assertions import PredicateAssert\n"
        "from support.asserting import result_of\n"
        "never = threading.Event()\n"
        "print(result_of(PredicateAssert(function=lambda _: never.wait(), timeout_seconds=0.1)))\n"
    )
    tests = str(Path(__file__).parents[1])
    done = subprocess.run(
        [sys.executable, "-c", program], cwd=tests, capture_output=True, text=True, timeout=60, check=True
    )
    assert "no answer within 1.0 s" in done.stdout


def waited(resource: Resource, plugins: PluginManager, **more: Any) -> list[tuple[str, bool]]:
    results = asyncio.run(wait_until_ready(resource, plugins, lambda _event: None, **more))
    return [(one.name, one.passed) for one in results]


def test_who_asks_to_wait_waits_for_all_but_those_that_gate_nothing() -> None:
    resource = web(passing("always", gate=True), passing("asked"), passing("never", gate=False))
    assert waited(resource, PluginManager()) == [("always", True), ("asked", True), ("complete", True)]


def test_who_does_not_ask_waits_where_a_resource_says_so() -> None:
    resource = web(passing("always", gate=True), passing("asked"), passing("never", gate=False))
    assert waited(resource, PluginManager(), asked=False) == [("always", True)]


def test_what_is_not_ready_says_why_with_the_end_of_its_log() -> None:
    plugins = knowing(web=Box(ContainerState(running=False, what="exited with code 1"), log=["no table"]))
    resource = web(ContainerRunningAssert(timeout_seconds=0))
    results = asyncio.run(wait_until_ready(resource, plugins, lambda _event: None))
    error = not_ready("web", results)
    assert error is not None
    assert str(error) == (
        "web: it is not ready: container is running (exited with code 1)\n"
        "The last lines of its log:\n  no table"
    )
    assert not_ready("web", []) is None


def test_of_several_that_failed_each_has_its_line() -> None:
    resource = web(failing("one"), failing("two"))
    results = asyncio.run(wait_until_ready(resource, PluginManager(), lambda _event: None))
    assert str(not_ready("web", results)) == (
        "web: it is not ready, 2 assertions failed:\n  one (wrong)\n  two (wrong)"
    )


def test_waiting_works_in_several_event_loops_at_once() -> None:
    resource = web(passing("a"), FileExistsAssert(path=Path(__file__)))
    with ThreadPoolExecutor(4) as threads:
        found = list(threads.map(lambda _number: waited(resource, PluginManager()), range(8)))
    assert all(len(one) == 3 and all(passed for _name, passed in one) for one in found)


class TooMany(Assertion):
    """One's own kind of assertion."""

    most: int

    def title(self) -> str:
        return f"at most {self.most}"

    async def check(self, subject: Any) -> Any:
        raise RuntimeError("no way to count")


def test_an_own_kind_that_raises_has_failed_with_what_it_raised() -> None:
    result = result_of(TooMany(most=3, timeout_seconds=0))
    assert (result.name, result.message) == ("at most 3", "the check raised RuntimeError: no way to count")


class Unprepared(TooMany):
    def prepare(self) -> None:
        raise ImportError("no module named counting")


class Answerless(TooMany):
    async def check(self, subject: Any) -> Any:
        return True


@pytest.mark.parametrize(
    ("kind", "message"),
    [
        (TooMany, "the check raised RuntimeError: no way to count"),
        (Unprepared, "the check raised ImportError: no module named counting"),
        (Answerless, "the check returned bool, not Seen"),
    ],
)
def test_a_plugins_kind_that_goes_wrong_names_the_plugin(kind: type[TooMany], message: str) -> None:
    plugins = giving(kind(most=3, timeout_seconds=0))
    [result] = [
        one
        for one in asyncio.run(run_assertions([web()], plugins, lambda _event: None))
        if one.name == "at most 3"
    ]
    assert (result.passed, result.message) == (False, f"plugin giving (this process): {message}")


def at(*addresses: str) -> list[Resource]:
    resources = [Resource(name="x") for _address in addresses]
    for resource, address in zip(resources, addresses, strict=True):
        resource.place(address, Path.cwd())
    return resources


@pytest.mark.parametrize(
    ("wanted", "found"),
    [
        ([], ["web", "servers[0]", "servers[1]", "shop.db"]),
        (["servers[1]", "web"], ["web", "servers[1]"]),
        (["servers"], ["servers[0]", "servers[1]"]),
        (["shop"], ["shop.db"]),
    ],
)
def test_addresses_choose_resources(wanted: list[str], found: list[str]) -> None:
    resources = at("web", "servers[0]", "servers[1]", "shop.db")
    assert [one.address for one in chosen(resources, wanted)] == found


@pytest.mark.parametrize(
    ("wanted", "hint"), [("wob", "Did you mean 'web'?"), ("zzz", "The resources are: web, shop.db.")]
)
def test_an_unknown_address_is_an_error_that_names_near_ones(wanted: str, hint: str) -> None:
    with pytest.raises(UsageError) as error:
        chosen(at("web", "shop.db"), ["web", wanted])
    assert (error.value.message, error.value.hint) == (f"there is no resource {wanted!r}", hint)


def test_what_a_check_needs_is_imported_before_its_time_begins() -> None:
    program = (
        "import sys\n"
        "from clockwork.assertions import HealthcheckAssert\n"
        "from support.asserting import result_of\n"
        "told = lambda event: print(event.kind, 'httpx' in sys.modules)\n"
        "check = HealthcheckAssert(url='http://127.0.0.1:1/', timeout_seconds=0)\n"
        "print('httpx' in sys.modules)\n"
        "result_of(check, observe=told)\n"
    )
    tests = str(Path(__file__).parents[1])
    done = subprocess.run(
        [sys.executable, "-c", program], cwd=tests, capture_output=True, text=True, timeout=60, check=True
    )
    assert done.stdout.splitlines()[:2] == ["False", "assertion.start True"]


def test_a_plugin_is_asked_for_its_view_of_a_container_before_the_time_of_anything_begins() -> None:
    order: list[str] = []

    class Heavy:
        @hookimpl
        def clockwork_container(self, resource: Resource) -> Any:
            order.append("view")
            return Box(ContainerState(running=True, what="running"))

    plugins = PluginManager()
    plugins.register(Heavy(), name="heavy")
    asyncio.run(run_assertions([web(passing("quick"))], plugins, lambda event: order.append(event.kind)))
    assert order.index("view") < order.index("assertion.start")


PAGE = Path(__file__).parents[2] / "docs" / "assertions.md"


def test_the_examples_of_the_page_work() -> None:
    example, own = re.findall(r"```python\n(.*?)```", PAGE.read_text(encoding="utf-8"), re.DOTALL)
    names: dict[str, Any] = {}
    exec(example, names)
    assert len(names["page"].assertions) == 4
    exec(own, names)
    result = result_of(names["DiskHasRoomAssert"](gigabytes=1e9, timeout_seconds=0))
    assert re.fullmatch(r"\d+\.\d GB are free", result.message)


def test_every_class_stands_on_the_page() -> None:
    page = PAGE.read_text(encoding="utf-8")
    kinds = [name for name in assertions.__all__ if name.endswith("Assert")]
    assert len(kinds) == 11
    for name in kinds:
        assert f"::: {getattr(assertions, name).__module__}.{name}\n" in page
