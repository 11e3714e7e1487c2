"""How the program is run: its versions, its service, its time, its end."""

from __future__ import annotations

import asyncio
import os
import re
import time
from pathlib import Path

import pytest

from clockwork.containers.readiness import ContainerState
from clockwork.errors import ProviderError
from clockwork_apple_container import cli, client
from clockwork_apple_container.failures import CommandFailed, NotFound, failure_of
from clockwork_apple_container.health import apple_container_health
from clockwork_apple_container.progress import telling
from clockwork_apple_container.view import AppleContainer
from support.apple import AppleCalls, Machine, wish
from support.fake_container.machine import FakeContainer
from support.services import free_port

run = asyncio.run


@pytest.fixture(params=["1.2.2", "0.12.3"])
def version(request: pytest.FixtureRequest, fake: FakeContainer) -> str:
    """Both families of versions, whose JSON has other shapes."""
    fake.turn(version=request.param)
    return str(request.param)


def test_containers_of_both_shapes_are_read(version: str, fake: FakeContainer) -> None:
    assert run(client.find_container("web")) is None
    port = free_port()
    flags = ("-p", f"[::1]:{port}:80", "-v", "data:/data:ro", "-l", "a.b=c", "-e", "A=b=c")
    fake("run", "-d", "--name", "web", *flags, "nginx:alpine")
    found = run(client.find_container("web"))
    assert found is not None
    assert (found.name, found.running, found.was_started) == ("web", True, True)
    assert found.image == "docker.io/library/nginx:alpine"
    assert (found.environment["A"], found.labels, found.networks) == ("b=c", {"a.b": "c"}, ("default",))
    assert [str(one) for one in found.ports] == [f"[::1]:{port}:80"]
    assert [(one.source, one.target, one.read_only) for one in found.mounts] == [("data", "/data", True)]
    assert found.address == "192.168.64.2"
    fake("stop", "web")
    stopped = run(client.find_container("web"))
    assert stopped is not None
    assert (stopped.running, stopped.address) == (False, "")
    assert {one.name for one in run(client.all_containers())} == {"web", "buildkit"}
    fake("delete", "web")
    run(client.remove_container("web"))


def test_networks_volumes_and_images_of_both_shapes_are_read(version: str, fake: FakeContainer) -> None:
    assert run(client.find_network("back")) is None
    assert run(client.find_volume("data")) is None
    assert not run(client.has_image("nginx:alpine"))
    fake("network", "create", "back", "--internal", "--label", "a=b", "--subnet", "10.9.0.0/24")
    fake("volume", "create", "data", "--label", "a=b", "-s", "10G")
    fake("image", "pull", "nginx:alpine")
    network, volume = run(client.find_network("back")), run(client.find_volume("data"))
    assert network is not None
    assert (network.internal, network.subnet, network.gateway) == (True, "10.9.0.0/24", "10.9.0.1")
    assert volume is not None
    assert (volume.size, volume.labels, network.labels) == (10 * 1024**3, {"a": "b"}, {"a": "b"})
    assert run(client.has_image("nginx:alpine"))


def test_the_whole_way_of_a_container_works_with_both(
    version: str, fake: FakeContainer, calls: AppleCalls
) -> None:
    state = run(calls.container().create(wish()))
    assert not run(calls.container().diff(state, wish(), wish())).changes
    fresh = run(calls.container().create(wish(env_vars={"A": "1"})))
    run(calls.container().delete(fresh))
    assert fake.names() == []


def test_a_service_that_is_not_started_is_never_taken_for_a_missing_container(
    fake: FakeContainer, calls: AppleCalls
) -> None:
    state = run(calls.container().create(wish()))
    fake("system", "stop")
    for attempt in (
        calls.container().check(wish(name="cwtest-new"), None),
        calls.container().diff(state, wish(), wish()),
        calls.container().read(state),
        calls.container().create(wish()),
        calls.container().delete(state),
    ):
        with pytest.raises(ProviderError, match="service is not started") as failed:
            run(attempt)
        assert "container system start" in str(failed.value.hint)


def test_the_service_is_started_when_the_person_said_so(
    fake: FakeContainer, monkeypatch: pytest.MonkeyPatch
) -> None:
    fake("system", "stop")
    monkeypatch.setenv("CW_APPLE_START_SYSTEM", "1")

    async def both() -> None:
        await asyncio.gather(client.all_containers(), client.find_container("web"))

    run(both())
    assert [line for line in fake.calls() if line == ["system", "start"]] == [["system", "start"]]


def test_a_service_that_is_slow_is_asked_once_more(fake: FakeContainer) -> None:
    slow = "XPC timeout for request to com.apple.container.apiserver/networkList"
    fake.turn(failing={"network inspect": [slow], "list": [slow, slow], "network create": [slow]})
    assert run(client.find_network("default")) is not None
    with pytest.raises(CommandFailed, match="does not answer"):
        run(client.all_containers())
    with pytest.raises(CommandFailed, match="does not answer"):
        run(client.make("network", "cwtest-back", []))


def test_a_service_that_needs_a_kernel_says_what_to_do(
    fake: FakeContainer, monkeypatch: pytest.MonkeyPatch
) -> None:
    fake("system", "stop")
    fake.turn(kernel=False)
    monkeypatch.setenv("CW_APPLE_START_SYSTEM", "1")
    with pytest.raises(ProviderError, match="needs a kernel") as failed:
        run(client.all_containers())
    assert "in a terminal" in str(failed.value.hint)


@pytest.mark.parametrize(
    ("line", "told"),
    [
        ("[1/6] Fetching image 12% (3 of 8 blobs, 4.0/30.0 MB, 2.0 MB/s) [3s]", ("fetching image", 0.12)),
        ("[6/6] Starting container [0s]", ("starting container", None)),
        ("Unpacking image for linux/arm64 [1m 2s]", ("unpacking image for linux/arm64", None)),
        ('named volume was automatically created: ["name": "data"]', None),
        ("", None),
    ],
)  # fmt: skip
def test_progress_is_told_without_its_numbers(line: str, told: tuple[str, float | None] | None) -> None:
    heard: list[tuple[str, float | None]] = []
    telling(lambda text, part: heard.append((text, part)))(line)
    assert heard == ([told] if told else [])


def is_alive(pid: int) -> bool:
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    return True


def test_what_takes_too_long_is_stopped(fake: FakeContainer) -> None:
    fake.turn(hanging=["list"])
    with pytest.raises(CommandFailed, match="did not end within 2 s and was stopped"):
        run(cli.run("list", seconds=2))
    assert not is_alive(int((fake.folder / "hanging").read_text()))


def test_a_call_that_is_cancelled_ends_the_program(fake: FakeContainer) -> None:
    fake.turn(hanging=["run"])
    noted = fake.folder / "hanging"

    async def cancelled() -> int:
        task = asyncio.create_task(cli.run("run", "nginx", variables={"A": "x" * 200_000}))
        while not (noted.exists() and noted.read_text()):
            await asyncio.sleep(0.01)
        task.cancel()
        with pytest.raises(asyncio.CancelledError):
            await task
        return int(noted.read_text())

    assert not is_alive(run(cancelled()))


def test_a_replacement_that_is_cancelled_brings_the_old_one_back(
    fake: FakeContainer, calls: AppleCalls
) -> None:
    state = run(calls.container().create(wish()))
    noted = fake.folder / "hanging"

    async def cancelled() -> None:
        fake.turn(hanging=["run"])
        task = asyncio.create_task(calls.container().create(wish(env_vars={"A": "1"})))
        while not (noted.exists() and noted.read_text()):
            await asyncio.sleep(0.01)
        fake.turn(hanging=[])
        task.cancel()
        with pytest.raises(asyncio.CancelledError):
            await task

    run(cancelled())
    assert list(run(calls.container().diff(state, wish(), wish())).changes) == ["ip_address"]


def test_without_the_program_the_error_says_where_to_get_it(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("CW_APPLE_CONTAINER", str(tmp_path / "nothing"))
    with pytest.raises(ProviderError, match="not installed here") as failed:
        run(client.all_containers())
    assert "github.com/apple/container" in str(failed.value.hint)


def test_the_program_may_stand_anywhere(fake: FakeContainer, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PATH", "/nonexistent")
    monkeypatch.setenv("CW_APPLE_CONTAINER", str(fake.bin / "container"))
    assert run(client.find_container("web")) is None


def test_an_answer_that_is_no_json_is_told(
    fake: FakeContainer, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    other = tmp_path / "container"
    other.write_text("#!/bin/sh\necho CONTAINER ID\n")
    other.chmod(0o755)
    monkeypatch.setenv("CW_APPLE_CONTAINER", str(other))
    with pytest.raises(ProviderError, match="not a list in JSON: 'CONTAINER ID"):
        run(client.all_containers())


@pytest.mark.parametrize(
    ("said", "told", "hint"),
    [
        ('interrupted: "XPC connection error: x"\nEnsure', "service is not started", "system start"),
        ("XPC timeout for request to x/containerList", "does not answer", "system stop"),
        ("Permission denied while binding to host port 80. Binding", "host port 80", "1024"),
        ('x "The storage device attachment is invalid." x', "another running container", ":ro"),
        ("non-default network configuration requires macOS 26 or newer", "macOS 26", "Update macOS"),
        ("Plugin 'container-network' not found.\n\n- If", "macOS 26", "Update macOS"),
        ("Unknown option '--x'\nUsage: container", "failed: Unknown option '--x'$", "Update"),
        ("access denied or wrong credentials", "wrong credentials", "registry login"),
        ("what nobody foresaw", "`container run` failed: what nobody foresaw", ""),
    ],
)
def test_every_known_failure_has_its_words(said: str, told: str, hint: str) -> None:
    failure = failure_of("run", f"Fetching image\nError: {said}", 1)
    assert re.search(told, failure.message)
    assert hint in (failure.hint or "")


def test_a_failure_without_words_has_its_exit_code() -> None:
    assert (
        failure_of("image pull", "", 70).message
        == "`container image pull` failed: it ended with exit code 70"
    )


@pytest.mark.parametrize(
    "said",
    [
        "container not found: web",
        'internalError: "x" (cause: "notFound: "container with ID web not found"")',
        "get failed: container web not found",
        "volume 'data' not found",
        "network not found: back",
        'failed to delete one or more volumes: ["data"]',
    ],
)
def test_what_is_missing_is_known_in_all_its_words(said: str) -> None:
    assert isinstance(failure_of("delete", f"Error: {said}", 1), NotFound)


def test_the_view_tells_how_a_container_is(machine: Machine, calls: AppleCalls) -> None:
    view = AppleContainer("cwtest-web")
    assert run(view.state()).what == "there is no container cwtest-web"
    assert run(view.last_log_lines(5)) == []
    state = run(calls.container().create(wish(start=False)))
    assert run(view.state()) == ContainerState(False, "stopped, not started yet")
    run(calls.container().update(state, wish()))
    assert run(view.state()).is_ready
    assert "running at " in run(view.state()).what
    until = time.monotonic() + 60
    while not run(view.last_log_lines(5)):
        assert time.monotonic() < until
    machine("stop", "cwtest-web")
    assert run(view.state()) == ContainerState(False, "stopped", ended=True)


def test_doctor_tells_program_version_and_service(
    fake: FakeContainer, monkeypatch: pytest.MonkeyPatch
) -> None:
    good = apple_container_health()
    assert good.ok
    assert good.message.startswith(f"container 1.2.2 at {fake.bin}/container, service running")
    fake.turn(version="0.9.0")
    assert "too old" in apple_container_health().message
    fake.turn(version="1.0.0")
    fake("system", "stop")
    stopped = apple_container_health()
    assert (stopped.ok, stopped.hint) == (False, "Run `container system start`.")
    monkeypatch.setattr("sys.platform", "linux")
    monkeypatch.setenv("CW_APPLE_CONTAINER", "/nonexistent")
    assert apple_container_health().ok
    monkeypatch.setattr("sys.platform", "darwin")
    assert "not installed" in apple_container_health().message
