"""A container in the place of another: taken over, brought back when the new one fails."""

from __future__ import annotations

import asyncio

import pytest

from clockwork.errors import ProviderError
from support.apple import AppleCalls, Machine, created, replaced, wish
from support.services import free_port

run = asyncio.run


def test_a_replacement_takes_the_name_over(machine: Machine, calls: AppleCalls) -> None:
    port = free_port()
    old, new = wish(ports=[f"{port}:80"]), wish(ports=[f"{port}:80"], env_vars={"A": "1"})
    state = run(calls.container().create(old))
    fresh = replaced(calls, state, old, new)
    assert fresh.generation != state.generation
    assert machine.names() == ["cwtest-web"]
    assert machine.state_of("cwtest-web") == "running"
    assert not run(calls.container().diff(fresh, new, new)).changes


def test_a_replacement_of_another_name_takes_the_port_over(machine: Machine, calls: AppleCalls) -> None:
    port = free_port()
    old = wish(ports=[f"{port}:80"])
    new = wish(name="cwtest-site", ports=[f"{port}:80"])
    state = run(calls.container().create(old))
    run(calls.container().check(new, old))
    replaced(calls, state, old, new)
    assert machine.names() == ["cwtest-site"]
    assert machine.state_of("cwtest-site") == "running"


def test_the_old_one_runs_again_when_the_new_one_ends_at_once(machine: Machine, calls: AppleCalls) -> None:
    port = free_port()
    (calls.project / "site").mkdir()
    old = wish(ports=[f"{port}:80"], env_vars={"A": "1\n2"}, volumes=["./site:/www:ro", "cwtest-d:/d"])
    state = run(calls.container().create(old))
    with pytest.raises(ProviderError, match="ended right after it was started") as failed:
        replaced(calls, state, old, wish(image="alpine:latest"))
    assert failed.value.message.endswith("\nthe container cwtest-web as it was before is there again")
    assert machine.state_of("cwtest-web") == "running"
    assert list(run(calls.container().diff(state, old, old)).changes) == ["ip_address"]


def test_the_old_one_of_another_name_runs_again_too(machine: Machine, calls: AppleCalls) -> None:
    port = free_port()
    old = wish(ports=[f"{port}:80"])
    state = run(calls.container().create(old))
    with pytest.raises(ProviderError, match="cwtest-web runs again"):
        replaced(calls, state, old, wish(name="cwtest-site", image="alpine:latest", ports=[f"{port}:80"]))
    assert machine.names() == ["cwtest-web"]
    assert list(run(calls.container().diff(state, old, old)).changes) == ["ip_address"]


@pytest.mark.parametrize(
    ("given", "told", "field"),
    [
        ({"image": "clockwork-nothing/nothing:1"}, "401 Unauthorized|404 Not Found|403", "image"),
        ({"volumes": ["./missing:/www"]}, "missing, which it mounts, does not exist", "volumes"),
    ],
)
def test_what_surely_fails_does_so_before_the_old_one_is_touched(
    machine: Machine, calls: AppleCalls, given: dict[str, object], told: str, field: str
) -> None:
    state = created(calls)
    started = machine.inspect("cwtest-web")["status"]
    with pytest.raises(ProviderError, match=told) as failed:
        replaced(calls, state, wish(), wish(**given))
    assert failed.value.field == field
    assert failed.value.hint
    assert machine.inspect("cwtest-web")["status"] == started
