"""Apple's containers on the real engine, through the command line."""

from __future__ import annotations

import os
import socket
import urllib.request
from pathlib import Path
from typing import Any

import pytest

from support.apple import Machine
from support.deploying import Deployment, actions, resource
from support.fake_container.machine import FakeContainer
from support.killing import kill, under_way, wait_until
from support.services import free_port

pytestmark = pytest.mark.engine
IMPORTS = "from clockwork.resources import AppleContainerResource, AppleNetwork, AppleVolume"


@pytest.fixture
def deployment(project: Path) -> Deployment:
    return Deployment(project)


def container(variable: str = "web", **fields: Any) -> str:
    """The statement that declares a complete container."""
    given = {
        "name": f"cwtest-{variable}",
        "image": "nginx:alpine",
        "ports": [],
        "volumes": [],
        "env_vars": {},
    }
    told = ", ".join(f"{name}={value!r}" for name, value in {**given, **fields}.items())
    return f"{variable} = AppleContainerResource(description='a container', {told})"


def fetched(port: int) -> str:
    with urllib.request.urlopen(f"http://127.0.0.1:{port}/", timeout=10) as answer:
        return str(answer.read().decode())


def test_the_way_of_a_container(deployment: Deployment, machine: Machine) -> None:
    port = free_port()
    deployment.declare(IMPORTS, container(ports=[f"{port}:80"]))
    assert actions(deployment.run("plan")) == {"web": "create"}
    assert machine.names() == []
    assert actions(deployment.run("apply")) == {"web": "create"}
    assert fetched(port)
    assert actions(deployment.run("plan")) == {}
    assert actions(deployment.run("apply")) == {}
    checked = {one["name"]: one["passed"] for one in deployment.run("assert")["assertions"]}
    assert checked == {"complete": True, "running": True, f"port {port}:80 answers": True}
    assert actions(deployment.run("destroy")) == {"web": "delete"}
    assert machine.names() == []
    assert not (deployment.folder / ".clockwork").exists()


def test_a_change_replaces_and_says_so(deployment: Deployment, machine: Machine) -> None:
    port = free_port()
    deployment.declare(IMPORTS, container(ports=[f"{port}:80"]))
    deployment.run("apply")
    deployment.declare(IMPORTS, container(ports=[f"{port}:80"], env_vars={"MODE": "prod"}))
    plan = deployment.run("plan")
    assert actions(plan) == {"web": "replace"}
    assert resource(plan, "web")["changed"] == ["env_vars"]
    assert "replace, because env_vars changes" in deployment.told("plan")
    assert actions(deployment.run("apply")) == {"web": "replace"}
    assert "MODE=prod" in machine.inspect("cwtest-web")["configuration"]["initProcess"]["environment"]
    assert machine.names() == ["cwtest-web"]
    assert actions(deployment.run("plan")) == {}


def test_starting_and_stopping_are_updates(deployment: Deployment, machine: Machine) -> None:
    deployment.declare(IMPORTS, container())
    deployment.run("apply")
    deployment.declare(IMPORTS, container(start=False))
    assert actions(deployment.run("apply")) == {"web": "update"}
    assert machine.state_of("cwtest-web") == "stopped"
    assert actions(deployment.run("plan")) == {}


def test_what_should_not_be_present_goes(deployment: Deployment, machine: Machine) -> None:
    deployment.declare(IMPORTS, container())
    deployment.run("apply")
    deployment.declare(IMPORTS, container(present=False), container("other"))
    assert actions(deployment.run("apply")) == {"web": "delete", "other": "create"}
    assert machine.names() == ["cwtest-other"]
    assert actions(deployment.run("apply")) == {}


def test_changes_by_hand_are_shown_and_mended(deployment: Deployment, machine: Machine) -> None:
    deployment.declare(IMPORTS, container())
    deployment.run("apply")
    machine("stop", "cwtest-web")
    assert "the container cwtest-web does not run; it is started again" in deployment.told("plan")
    assert "start false -> true changed by hand" in deployment.told("plan")
    assert actions(deployment.run("apply")) == {"web": "update"}
    assert machine.state_of("cwtest-web") == "running"
    machine("delete", "--force", "cwtest-web")
    assert "the container cwtest-web is gone; it is made again" in deployment.told("plan")
    assert actions(deployment.run("plan", "--refresh")) == {"web": "create"}
    assert actions(deployment.run("apply")) == {"web": "create"}
    assert machine.state_of("cwtest-web") == "running"


def test_a_container_with_its_network_and_volume(deployment: Deployment, machine: Machine) -> None:
    deployment.declare(
        IMPORTS,
        "back = AppleNetwork(name='cwtest-back')",
        "data = AppleVolume(name='cwtest-data', size='1G')",
        container(networks=["cwtest-back"], volumes=["cwtest-data:/data"])[:-1]
        + ", depends_on=[back, data])",
    )
    assert actions(deployment.run("apply")) == dict.fromkeys(("back", "data", "web"), "create")
    assert machine.inspect("cwtest-web")["configuration"]["networks"][0]["network"] == "cwtest-back"
    assert actions(deployment.run("apply")) == {}
    deployment.run("destroy")
    assert machine.names() == []
    for kind in ("network", "volume"):
        assert "cwtest" not in machine(kind, "list", "-q")


def test_a_site_that_is_made_and_mounted(deployment: Deployment, machine: Machine) -> None:
    port = free_port()
    volumes = ["./site:/usr/share/nginx/html:ro"]
    deployment.declare(
        IMPORTS,
        "page = FileResource(description='p', path='site/index.html', content='hello', mode='644')",
        container(ports=[f"{port}:80"], volumes=volumes)[:-1] + ", depends_on=[page])",
    )
    deployment.run("apply")
    assert fetched(port) == "hello"
    deployment.run("destroy")
    assert deployment.names() == []


def test_the_old_container_runs_again_when_the_new_one_fails(
    deployment: Deployment, machine: Machine
) -> None:
    port = free_port()
    deployment.declare(IMPORTS, container(ports=[f"{port}:80"]))
    deployment.run("apply")
    deployment.declare(IMPORTS, container(ports=[f"{port}:80"], image="alpine:latest"))
    error = deployment.run("apply", code=1)["error"]
    assert error["address"] == "web"
    assert "ended right after it was started" in error["message"]
    assert "cwtest-web as it was before is there again" in error["message"]
    assert fetched(port)
    deployment.declare(IMPORTS, container(ports=[f"{port}:80"]))
    plan = deployment.run("plan")
    assert resource(plan, "web")["changed"] == ["ip_address"]
    deployment.run("destroy")
    assert machine.names() == []


def test_an_image_that_dies_at_once_is_told_with_its_log(deployment: Deployment, fake: FakeContainer) -> None:
    fake.image("docker.io/library/dies:1", ends=3, log=["no configuration", "giving up"])
    deployment.declare(IMPORTS, container(image="dies:1"))
    told = deployment.told("apply", code=1)
    assert "the last lines of its log: no configuration giving up" in told
    assert "must start a process that goes on running" in told
    assert fake.names() == []


def test_a_taken_port_a_missing_image_and_a_private_one(deployment: Deployment, fake: FakeContainer) -> None:
    with socket.create_server(("0.0.0.0", 0)) as server:
        port = server.getsockname()[1]
        deployment.declare(IMPORTS, container(ports=[f"{port}:80"]))
        assert f"port {port} of this machine is in use by another program" in deployment.told("plan", code=1)
    deployment.declare(IMPORTS, container(image="nginx:nope"))
    told = deployment.told("apply", code=1)
    assert "404 Not Found" in told
    assert "Check the image's name and tag." in told
    deployment.declare(IMPORTS, container(image="private/app:1"))
    assert "container registry login" in deployment.told("apply", code=1)
    assert fake.names() == []


def test_a_service_that_is_not_started(
    deployment: Deployment, fake: FakeContainer, monkeypatch: pytest.MonkeyPatch
) -> None:
    fake("system", "stop")
    deployment.declare(IMPORTS, container())
    for command in ("plan", "apply"):
        told = deployment.told(command, code=1)
        assert "Apple's container service is not started" in told
        assert "container system start" in told
    deployment.environment = {"CW_APPLE_START_SYSTEM": "1"}
    assert actions(deployment.run("apply")) == {"web": "create"}


def test_somebody_elses_container_stops_the_plan(deployment: Deployment, machine: Machine) -> None:
    machine("run", "-d", "--name", "cwtest-web", "nginx:alpine")
    found = machine.inspect("cwtest-web")
    deployment.declare(IMPORTS, container(), container("other"))
    for command in ("plan", "apply"):
        error = deployment.run(command, code=1)["error"]
        assert error["address"] == "web"
        assert "this stack did not make it" in error["message"]
    assert machine.inspect("cwtest-web") == found
    assert machine.names() == ["cwtest-web"]


def test_two_containers_claim_one_port(deployment: Deployment, machine: Machine) -> None:
    deployment.declare(IMPORTS, container(ports=["8080:80"]), container("other", ports=["8080:81"]))
    assert "host port 8080/tcp, and so does web" in deployment.told("plan", code=1)


def test_a_variable_that_is_renamed_keeps_the_container_s_name(
    deployment: Deployment, machine: Machine
) -> None:
    port = free_port()
    deployment.declare(IMPORTS, container(ports=[f"{port}:80"]))
    deployment.run("apply")
    deployment.declare(IMPORTS, container("site", name="cwtest-web", ports=[f"{port}:80"]))
    assert actions(deployment.run("apply")) == {"web": "delete", "site": "create"}
    assert machine.state_of("cwtest-web") == "running"
    assert actions(deployment.run("apply")) == {}
    deployment.run("destroy")
    assert machine.names() == []


@pytest.mark.parametrize("with_engine", [False, True], ids=["engine-lives-on", "engine-too"])
@pytest.mark.parametrize("then", ["apply", "destroy"])
def test_a_killed_run_of_ten(deployment: Deployment, machine: Machine, with_engine: bool, then: str) -> None:
    many = "AppleContainerResource(description='one', name=f'cwtest-{n}', image='nginx:alpine', "
    rest = "ports=[], volumes=[], env_vars={}) for n in range(10)]"
    deployment.declare(IMPORTS, f"many = [{many}{rest}")
    with under_way("apply", "--parallel", "3", cwd=deployment.folder, **os.environ) as process:
        wait_until(lambda: len(machine.names()) >= 4, process)
        kill(process, with_engine=with_engine)
    if then == "apply":
        deployment.run("apply")
        assert machine.names() == sorted(f"cwtest-{n}" for n in range(10))
        assert {machine.state_of(name) for name in machine.names()} == {"running"}
        assert actions(deployment.run("plan")) == {}
    deployment.run("destroy")
    assert machine.names() == []
    assert not (deployment.folder / ".clockwork").exists()


def test_doctor_knows_the_program(deployment: Deployment, fake: FakeContainer) -> None:
    deployment.declare(IMPORTS, container())
    deployment.environment["CLOCKWORK_DISABLE_PLUGINS"] = "docker"
    assert "service running" in deployment.told("doctor")
    fake("system", "stop")
    assert "its service is not started" in deployment.told("doctor", code=1)
