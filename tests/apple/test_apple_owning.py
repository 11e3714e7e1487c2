"""Whose a container is: ours, somebody else's, or one that a killed run left."""

from __future__ import annotations

import asyncio
from pathlib import Path

import pytest

from clockwork.errors import ProviderError
from clockwork.state.journal import Journal
from clockwork_apple_container.provider import Container
from support.apple import AppleCalls, Machine, created, replaced, wish
from support.fake_container.machine import FakeContainer
from support.providers import removed
from support.services import free_port

run = asyncio.run


def test_somebody_elses_container_is_never_touched(machine: Machine, calls: AppleCalls) -> None:
    machine("run", "-d", "--name", "cwtest-web", "nginx:alpine")
    found = machine.inspect("cwtest-web")
    for attempt in (calls.container().check(wish(), None), calls.container().create(wish())):
        with pytest.raises(ProviderError, match="this stack did not make it") as refused:
            run(attempt)
        assert "container delete cwtest-web" in str(refused.value.hint)
    state = Container.State(name="cwtest-web", generation="0" * 32, image="", image_digest="")
    with pytest.raises(ProviderError, match="this stack did not make it"):
        run(calls.container().diff(state, wish(), wish()))
    with pytest.raises(ProviderError, match="this stack did not make it"):
        run(calls.container().update(state, wish()))
    removed(calls.container(), state)
    assert "is kept" in calls.notes[-1]
    assert run(calls.container().read(state)) is None
    assert machine.inspect("cwtest-web") == found


def test_a_container_of_another_stack_is_not_ours(machine: Machine, calls: AppleCalls) -> None:
    created(calls)
    other = AppleCalls(calls.project, stack="test")
    with pytest.raises(ProviderError, match="this stack did not make it"):
        run(other.container().create(wish()))


def test_what_a_killed_run_made_is_adopted(machine: Machine, calls: AppleCalls) -> None:
    state = created(calls)
    found = machine.inspect("cwtest-web")["status"]
    after = calls.next_run()
    run(after.container().check(wish(), None))
    assert run(after.container().create(wish())) == state
    assert machine.inspect("cwtest-web")["status"] == found
    assert "it is adopted" in after.notes[-1]


def test_what_a_killed_run_made_otherwise_is_made_anew(machine: Machine, calls: AppleCalls) -> None:
    state = created(calls)
    after = calls.next_run()
    fresh = run(after.container().create(wish(env_vars={"A": "1"})))
    assert fresh.generation != state.generation
    assert machine.names() == ["cwtest-web"]


def test_what_a_killed_replacement_made_is_adopted_and_removed_in_the_end(
    machine: Machine, calls: AppleCalls
) -> None:
    old, new = wish(), wish(env_vars={"A": "1"})
    state = run(calls.container().create(old))
    run(calls.container().diff(state, old, new))
    run(calls.container().create(new))

    after = calls.next_run()
    diff = run(after.container().diff(state, old, new))
    assert list(diff.changes) == ["name", "ip_address"]
    fresh = run(after.container().update(state, new))
    assert not run(after.container().diff(fresh, new, new)).changes
    run(calls.next_run().container().delete(state))
    assert machine.names() == []


def test_a_killed_run_is_remembered_by_its_journal_where_the_folder_moved(
    machine: Machine, calls: AppleCalls, tmp_path: Path
) -> None:
    journal = tmp_path / "journal.jsonl"
    run(AppleCalls(calls.project, Journal(journal)).container().create(wish()))
    moved = calls.project.rename(tmp_path / "moved")
    with pytest.raises(ProviderError, match="did not make it"):
        run(AppleCalls(moved, Journal()).container().create(wish()))
    after = AppleCalls(moved, Journal(journal))
    run(after.container().create(wish()))
    for claim in after.journal.recovered:
        run(after.container().discard(claim))
    assert machine.names() == []


def test_a_project_that_moves_keeps_its_containers(
    machine: Machine, calls: AppleCalls, tmp_path: Path
) -> None:
    state = created(calls)
    moved = AppleCalls(calls.project.rename(tmp_path / "moved"))
    assert not run(moved.container().diff(state, wish(), wish())).changes
    fresh = replaced(moved, state, wish(), wish(env_vars={"A": "1"}))
    run(moved.container().delete(fresh))
    assert machine.names() == []


def test_a_container_passes_on_to_a_resource_of_another_address(machine: Machine, calls: AppleCalls) -> None:
    port = free_port()
    given = wish(ports=[f"{port}:80"])
    state = run(calls.container("web").create(given))
    run(calls.container("site").check(given, None))
    fresh = run(calls.container("site").create(given))
    run(calls.container("web").delete(state))
    assert machine.inspect("cwtest-web")["configuration"]["labels"]["clockwork.address"] == "site"
    run(calls.container("site").delete(fresh))
    assert machine.names() == []


def test_what_the_program_of_a_killed_run_makes_late_gives_way(
    fake: FakeContainer, calls: AppleCalls
) -> None:
    """The program outlives the run that started it, and makes its container while the next run works."""
    created(calls)
    inputs, container = wish(env_vars={"A": "1"}), calls.next_run().container()
    fake.turn(unseen_once=["cwtest-web"])
    run(container.create(inputs))
    assert "A=1" in fake.inspect("cwtest-web")["configuration"]["initProcess"]["environment"]
