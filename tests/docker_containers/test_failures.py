"""Containers that cannot be: what a person reads, and what is left."""

from __future__ import annotations

import socket
from typing import Any

import pytest

from support.deploying import Deployment, actions, resource
from support.docker_images import DIES, STUBBORN
from support.docker_things import Things
from support.pages import page
from support.services import free_port

pytestmark = [pytest.mark.engine, pytest.mark.docker]


def test_one_that_dies_at_once_is_told_with_its_last_words(deployment: Deployment, things: Things) -> None:
    deployment.declare(things.declare("web", image=DIES))
    told = deployment.told("apply", code=1)
    assert "ended at once, with exit code 3" in told
    assert "cannot open the configuration" in told
    assert things.containers() == []


def test_one_that_restarts_for_ever_has_died_too(deployment: Deployment, things: Things) -> None:
    deployment.declare(things.declare("web", image=DIES, restart="always"))
    assert "cannot open the configuration" in deployment.told("apply", code=1)
    assert things.containers() == []


def test_one_that_does_not_become_healthy_is_told(deployment: Deployment, things: Things) -> None:
    check = {"command": "echo the page is missing; exit 1", "interval": "200ms", "retries": 2}
    deployment.declare(things.declare("web", healthcheck=check))
    told = deployment.told("apply", code=1)
    assert "it is unhealthy" in told
    assert "the page is missing" in told
    assert things.containers() == []


def test_apply_waits_until_it_is_healthy(deployment: Deployment, things: Things) -> None:
    check = {"command": "test -e /up || { touch /up; exit 1; }", "interval": "300ms"}
    deployment.declare(things.declare("web", healthcheck=check))
    deployment.run("apply")
    assert things.container("web").attrs["State"]["Health"]["Status"] == "healthy"
    assert actions(deployment.run("plan")) == {}


def test_a_port_that_a_program_has_names_the_program(deployment: Deployment, things: Things) -> None:
    with socket.socket() as holder:
        holder.bind(("0.0.0.0", 0))
        holder.listen()
        port = holder.getsockname()[1]
        deployment.declare(things.declare("web", ports=[f"{port}:80"]))
        (note,) = resource(deployment.run("plan"), "web")["notes"]
        told = deployment.told("apply", code=1)
    assert note.startswith(f"the port {port} of the host is taken by")
    assert f"the port {port} of the host is taken by" in told
    assert "(process" in told
    assert things.containers() == []


def test_a_port_that_a_container_has_names_the_container(deployment: Deployment, things: Things) -> None:
    port = free_port()
    other = things.name("other")
    things.client.containers.run(STUBBORN, name=other, ports={"80/tcp": port}, detach=True)
    deployment.declare(things.declare("web", ports=[f"{port}:80"]))
    (note,) = resource(deployment.run("plan"), "web")["notes"]
    assert note == f"the port {port} of the host is taken by the container '{other}'"
    assert f"is taken by the container '{other}'" in deployment.told("apply", code=1)
    assert things.containers() == ["other"]


def test_a_published_port_with_nobody_behind_it_is_not_ready(deployment: Deployment, things: Things) -> None:
    port = free_port()
    sleeps = things.declare("web", image=STUBBORN, ports=[f"127.0.0.1:{port}:80"])
    look = f"web.assertions = [PortAccessibleAssert(name='port {port}', port={port}, timeout_seconds=0)]"
    deployment.declare("from clockwork.assertions import PortAccessibleAssert", sleeps, look)
    deployment.run("apply")
    seen = {one["name"]: one for one in deployment.run("assert", code=1)["assertions"]}
    assert seen["running"]["passed"]
    assert not seen[f"port {port}"]["passed"]
    assert "nothing listens behind it" in seen[f"port {port}"]["message"]


def test_a_network_that_does_not_exist_is_told(deployment: Deployment, things: Things) -> None:
    deployment.declare(things.declare("web", networks=[things.name("nowhere")]))
    told = deployment.told("apply", code=1)
    assert f"there is no network {things.name('nowhere')!r}" in told
    assert "at web.networks" in told
    assert "Declare it as a DockerNetwork" in told
    assert things.containers() == []


@pytest.mark.parametrize(
    ("fields", "error", "field"),
    [
        ({"user": "nobodyhere"}, "the image knows no user 'nobodyhere'", "user"),
        ({"command": ["nosuch", "x"]}, "the image has no command 'nosuch' that can be run", "command"),
        ({"command": ["/no/such"]}, "the image has no command '/no/such' that can be run", "command"),
        ({"entrypoint": ["nosuch"]}, "the image has no command 'nosuch' that can be run", "entrypoint"),
    ],
)
def test_what_the_image_does_not_have_is_told_by_the_field(
    deployment: Deployment, things: Things, fields: dict[str, Any], error: str, field: str
) -> None:
    deployment.declare(things.declare("web", **fields))
    told = deployment.told("apply", code=1)
    assert error in told
    assert f"at web.{field}" in told


def test_the_old_container_runs_again_when_the_new_one_fails(deployment: Deployment, things: Things) -> None:
    port = free_port()
    deployment.declare(things.declare("web", ports=[f"{port}:80"]))
    deployment.run("apply")
    before = things.container("web").id
    deployment.declare(things.declare("web", ports=[f"{port}:80"], image=DIES))
    told = deployment.told("apply", code=1)
    assert "cannot open the configuration" in told
    assert "runs again" in told
    assert things.containers() == ["web"]
    assert (things.container("web").id, things.container("web").status) == (before, "running")
    assert page(f"http://127.0.0.1:{port}/") == "hello from one\n"


@pytest.mark.parametrize("image", ["clockwork-test/typo:1", "127.0.0.1:9/shop/web:9"])
def test_the_old_container_runs_on_when_the_new_image_cannot_be_had(
    image: str, deployment: Deployment, things: Things
) -> None:
    deployment.declare(things.declare("web"))
    deployment.run("apply")
    before, started = things.container("web").id, things.container("web").attrs["State"]["StartedAt"]
    deployment.declare(things.declare("web", image=image))
    assert "runs again" not in deployment.told("apply", code=1)
    assert things.containers() == ["web"]
    assert things.container("web").id == before
    assert things.container("web").attrs["State"]["StartedAt"] == started
    seen = deployment.told("plan")
    assert "by hand" not in seen
    assert "killed" not in seen
    deployment.declare(things.declare("web"))
    deployment.run("apply")
    assert (things.container("web").id, things.container("web").status) == (before, "running")


def fail_to_replace(deployment: Deployment, things: Things) -> str:
    deployment.declare(things.declare("web"))
    deployment.run("apply")
    before = str(things.container("web").id)
    deployment.declare(things.declare("web", image=DIES))
    deployment.run("apply", code=1)
    return before


def test_the_old_wish_again_keeps_the_old_container(deployment: Deployment, things: Things) -> None:
    before = fail_to_replace(deployment, things)
    deployment.declare(things.declare("web"))
    assert actions(deployment.run("plan")) == {}
    assert actions(deployment.run("apply")) == {}
    assert things.container("web").id == before
    deployment.run("destroy")
    assert things.containers() == []


def test_a_mended_wish_replaces_the_old_container(deployment: Deployment, things: Things) -> None:
    before = fail_to_replace(deployment, things)
    deployment.declare(things.declare("web", image=STUBBORN))
    deployment.run("apply")
    assert things.containers() == ["web"]
    assert things.container("web").id != before


def test_destroy_after_a_failed_replacement_leaves_nothing(deployment: Deployment, things: Things) -> None:
    fail_to_replace(deployment, things)
    assert actions(deployment.run("destroy", "--dry-run")) == {"web": "delete"}
    assert actions(deployment.run("destroy")) == {"web": "delete"}
    assert things.containers() == []


def test_a_stack_remembers_what_it_could_not_remove(
    deployment: Deployment, things: Things, monkeypatch: pytest.MonkeyPatch
) -> None:
    fail_to_replace(deployment, things)
    with monkeypatch.context() as elsewhere:
        elsewhere.setenv("DOCKER_HOST", "unix:///nowhere/docker.sock")
        deployment.run("destroy", code=1)
        assert "no Docker engine answers" in deployment.told("refresh", code=1)
    assert actions(deployment.run("destroy")) == {"web": "delete"}
    assert things.containers() == []


def test_one_that_is_no_longer_declared_goes_after_a_failed_replacement(
    deployment: Deployment, things: Things
) -> None:
    fail_to_replace(deployment, things)
    deployment.declare(f"other = DockerVolume(name={things.name('other')!r})")
    deployment.run("apply")
    assert things.containers() == []


def test_an_engine_that_is_not_there_is_told(
    deployment: Deployment, things: Things, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("DOCKER_HOST", "unix:///nowhere/docker.sock")
    deployment.declare(things.declare("web"))
    told = deployment.told("plan", code=1)
    assert "no Docker engine answers at unix:///nowhere/docker.sock (from DOCKER_HOST)" in told
    assert "No such file or directory" in told


@pytest.mark.parametrize("restart", ["no", "always"])
def test_nothing_waits_for_a_container_that_has_ended(
    deployment: Deployment, things: Things, restart: str
) -> None:
    running = "ContainerRunningAssert(name='running', timeout_seconds=3)"
    ready = "DatabaseReadyAssert(name='ready', scheme='redis', port=6379, timeout_seconds=3)"
    deployment.declare(
        "from clockwork.assertions import ContainerRunningAssert, DatabaseReadyAssert",
        things.declare("web", restart=restart),
        f"web.assertions = [{running}, {ready}]",
    )
    deployment.run("apply")
    things.container("web").stop()
    seen = {one["name"]: one["message"] for one in deployment.run("assert", code=1)["assertions"]}
    assert seen["running"].startswith("exited with code ")
    assert seen["ready"].startswith("exited with code ")
