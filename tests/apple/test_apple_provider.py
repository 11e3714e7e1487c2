"""The provider of containers, call by call: made, found, replaced, brought back, kept, removed."""

from __future__ import annotations

import asyncio
import socket
import urllib.request

import pytest
from pydantic import ValidationError

from clockwork.errors import ProviderError
from support.apple import AppleCalls, Machine, created, wish
from support.fake_container.machine import FakeContainer
from support.services import free_port

run = asyncio.run


def fetched(port: int, path: str = "/") -> str:
    with urllib.request.urlopen(f"http://127.0.0.1:{port}{path}", timeout=10) as answer:
        return str(answer.read().decode())


def test_a_container_is_made_as_it_was_wished_for(machine: Machine, calls: AppleCalls) -> None:
    (calls.project / "site").mkdir()
    (calls.project / "site" / "index.html").write_text("hello")
    port = free_port()
    state = created(
        calls,
        ports=[f"127.0.0.1:{port}:80"],
        volumes=["./site:/usr/share/nginx/html:ro", "cwtest-logs:/var/log"],
        env_vars={"MODE": "prod", "EMPTY": ""},
    )
    web = machine.inspect("cwtest-web")["configuration"]
    assert fetched(port) == "hello"
    assert {"MODE=prod", "EMPTY="} <= set(web["initProcess"]["environment"])
    assert [one["destination"] for one in web["mounts"]] == ["/usr/share/nginx/html", "/var/log"]
    assert web["labels"]["clockwork.stack"] == "project/dev"
    assert web["labels"]["clockwork.generation"] == state.generation
    assert (state.image, state.running) == ("docker.io/library/nginx:alpine", True)
    assert state.image_digest.startswith("sha256:")
    assert state.ip_address.count(".") == 3


def test_no_variable_is_seen_on_a_command_line(fake: FakeContainer, calls: AppleCalls) -> None:
    values = {"PASSWORD": "hunter2 =# ", "KEY": "-----BEGIN\nhunter2\n-----END", "#ODD": "hunter2"}
    created(calls, env_vars=values)
    found = fake.inspect("cwtest-web")["configuration"]["initProcess"]["environment"]
    assert {f"{name}={value}" for name, value in values.items()} <= set(found)
    assert not [word for line in fake.calls() for word in line if "hunter2" in word]


def test_a_very_long_environment_arrives(machine: Machine, calls: AppleCalls) -> None:
    values = {f"NAME_{number}": "x" * 1000 for number in range(200)}
    created(calls, env_vars=values)
    found = machine.inspect("cwtest-web")["configuration"]["initProcess"]["environment"]
    assert {f"{name}={value}" for name, value in values.items()} <= set(found)


def test_the_fetching_of_an_image_is_told(fake: FakeContainer, calls: AppleCalls) -> None:
    created(calls)
    assert calls.progress[0] == "fetching nginx:alpine"
    assert calls.progress[1:4] == ["fetching image", "fetching image 40%", "unpacking image 100%"]
    pulls = [line for line in fake.calls() if line[:2] == ["image", "pull"]]
    run(calls.container("other").create(wish(name="cwtest-other")))
    assert [line for line in fake.calls() if line[:2] == ["image", "pull"]] == pulls


def test_one_that_should_not_run_is_only_made(machine: Machine, calls: AppleCalls) -> None:
    state = created(calls, start=False)
    assert machine.state_of("cwtest-web") == "stopped"
    assert not state.running


def test_what_is_as_wished_has_no_difference(machine: Machine, calls: AppleCalls) -> None:
    (calls.project / "site").mkdir()
    port, other = free_port(), free_port()
    ports = [f"{port}:80", f"127.0.0.1:{other}:81"]
    volumes = ["cwtest-data:/data", "./site:/www"]
    old = wish(ports=ports, volumes=volumes, env_vars={"A": "1", "B": "2"})
    state = run(calls.container().create(old))
    new = wish(
        image="docker.io/library/nginx:alpine",
        ports=[*reversed(ports)],
        volumes=["./site:/www/", "cwtest-data:/data"],
        env_vars={"B": "2", "A": "1"},
        networks=["default"],
    )
    assert not run(calls.container().diff(state, old, old)).changes
    assert not run(calls.container().diff(state, old, new)).changes


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("image", "redis:7"),
        ("ports", ["18080:80"]),
        ("volumes", ["other:/data"]),
        ("env_vars", {"A": "2"}),
        ("env_vars", {}),
        ("env_vars", {"A": "1", "B": "2"}),
        ("networks", ["none"]),
    ],
)
def test_whatever_else_changes_makes_it_anew(
    machine: Machine, calls: AppleCalls, field: str, value: object
) -> None:
    old = wish(env_vars={"A": "1"})
    state = run(calls.container().create(old))
    diff = run(calls.container().diff(state, old, old.model_copy(update={field: value})))
    assert list(diff.changes) == [field]
    assert diff.replaces
    assert not diff.changes[field].drift
    assert not diff.delete_first


def test_stopped_killed_and_deleted_by_hand_is_seen_and_mended(machine: Machine, calls: AppleCalls) -> None:
    state = created(calls)

    def drifted() -> list[str]:
        diff = run(calls.container().diff(state, wish(), wish()))
        return [name for name, change in diff.changes.items() if change.drift and not change.replace]

    machine("stop", "cwtest-web")
    assert drifted() == ["start"]
    seen = run(calls.container().read(state))
    assert seen is not None
    assert not seen.running
    run(calls.container().update(state, wish()))
    assert drifted() == []
    machine.kill_process("cwtest-web")
    while machine.state_of("cwtest-web") != "stopped":
        continue
    assert drifted() == ["start"]
    machine("delete", "cwtest-web")
    assert drifted() == ["name"]
    assert run(calls.container().read(state)) is None
    state = run(calls.container().update(state, wish()))
    assert drifted() == []
    assert "the container cwtest-web is gone; it is made again" in calls.notes


def test_start_is_changed_in_place(machine: Machine, calls: AppleCalls) -> None:
    state = created(calls)
    diff = run(calls.container().diff(state, wish(), wish(start=False)))
    assert list(diff.changes) == ["start"]
    assert not diff.replaces
    state = run(calls.container().update(state, wish(start=False)))
    assert (state.running, machine.state_of("cwtest-web")) == (False, "stopped")
    generation = state.generation
    state = run(calls.container().update(state, wish()))
    assert (state.running, state.generation) == (True, generation)


def test_a_network_that_is_not_there_is_told(machine: Machine, calls: AppleCalls) -> None:
    with pytest.raises(ProviderError, match="network cwtest-nope not found") as failed:
        created(calls, networks=["cwtest-nope"])
    assert "AppleNetwork" in str(failed.value.hint)
    assert machine.names() == []


def test_a_container_that_ends_at_once_is_told_with_its_log_and_removed(
    fake: FakeContainer, calls: AppleCalls
) -> None:
    fake.image("docker.io/library/dies:1", ends=1, log=[f"line {number}" for number in range(20)])
    with pytest.raises(ProviderError, match="the last lines of its log:\n  line 10\n") as failed:
        created(calls, image="dies:1")
    assert failed.value.message.endswith("\n  line 19")
    assert fake.names() == []


def test_a_taken_port_is_told_before_anything_is_made(machine: Machine, calls: AppleCalls) -> None:
    with socket.create_server(("127.0.0.1", 0)) as server:
        port = server.getsockname()[1]
        with pytest.raises(
            ProviderError, match=f"port {port} of this machine is in use by another"
        ) as failed:
            run(calls.container().check(wish(ports=[f"127.0.0.1:{port}:80"]), None))
    assert failed.value.field == "ports"


def test_a_port_of_another_container_is_told_with_its_name(machine: Machine, calls: AppleCalls) -> None:
    port = free_port()
    machine("run", "-d", "--name", "cwtest-other", "-p", f"{port}:80", "nginx:alpine")
    with pytest.raises(ProviderError, match="in use by the container cwtest-other"):
        run(calls.container().check(wish(ports=[f"{port}:80"]), None))


def test_a_port_that_was_taken_while_the_container_was_stopped_is_told(
    machine: Machine, calls: AppleCalls
) -> None:
    with socket.create_server(("0.0.0.0", 0)) as server:
        ports = [f"{server.getsockname()[1]}:80"]
        run(calls.container().check(wish(ports=ports), wish(ports=ports)))
        with pytest.raises(ProviderError, match="in use by another program"):
            run(calls.container().check(wish(ports=ports), wish(ports=ports, start=False)))


def test_a_port_that_is_taken_at_the_last_moment_is_told(fake: FakeContainer, calls: AppleCalls) -> None:
    port = free_port()
    fake.turn(taken_ports=[port])
    with pytest.raises(ProviderError, match="a port that it publishes is in use") as failed:
        created(calls, ports=[f"{port}:80"])
    assert failed.value.field == "ports"
    assert fake.names() == []


def test_deleting_twice_is_fine(machine: Machine, calls: AppleCalls) -> None:
    state = created(calls)
    run(calls.container().delete(state))
    run(calls.container().delete(state))
    assert machine.names() == []


def test_a_volume_that_came_with_a_container_stays(machine: Machine, calls: AppleCalls) -> None:
    state = created(calls, volumes=["cwtest-data:/data"])
    run(calls.container().delete(state))
    assert "cwtest-data" in machine("volume", "list", "-q").split()
    assert "the volume cwtest-data was made with it, and stays when it goes" in calls.notes[0]


@pytest.mark.parametrize(
    ("given", "told"),
    [
        ({"name": "w"}, "name"),
        ({"image": "Not An Image"}, "image"),
        ({"ports": ["80"]}, "no port of this machine"),
        ({"ports": ["8080:80", "127.0.0.1:8080:81"]}, "published twice"),
        ({"ports": ["8080:80/sctp"]}, "only tcp and udp"),
        ({"volumes": ["/data"]}, "does not say what is mounted"),
        ({"volumes": ["a1:/data", "b1:/data/"]}, "something else is mounted"),
        ({"env_vars": {"A=B": "1"}}, "no variable's name"),
        ({"networks": ["Back"]}, "no network's name"),
        ({"networks": ["none", "back"]}, "must stand alone"),
    ],
)
def test_inputs_that_cannot_be_are_refused(given: dict[str, object], told: str) -> None:
    with pytest.raises(ValidationError, match=told):
        wish(**given)
