"""Many containers at once, and runs that are stopped."""

from __future__ import annotations

import signal

import pytest

from support.deploying import Deployment, actions
from support.docker_images import WEB
from support.docker_things import Things
from support.killing import under_way, wait_until

pytestmark = [pytest.mark.engine, pytest.mark.docker]

NUMBER = 12
NEVER_HEALTHY = {"command": "exit 1", "interval": "1h", "start_period": "2h"}


def many(things: Things, **fields: object) -> str:
    """The statement that declares a list of containers."""
    names = [things.name(f"c{n}") for n in range(NUMBER)]
    given = {"description": "one", "image": WEB, "ports": [], "volumes": [], "env_vars": {}, **fields}
    told = ", ".join(f"{name}={value!r}" for name, value in given.items())
    return f"many = [DockerResource(name=name, {told}) for name in {names!r}]"


def test_containers_are_waited_for_at_once(deployment: Deployment, things: Things) -> None:
    """None becomes healthy before all of them are there: waiting for one must not hold up another."""
    check = {"command": "test -e /shared/up", "interval": "200ms", "retries": 1000}
    shared = deployment.folder / "shared"
    shared.mkdir()
    deployment.declare(many(things, healthcheck=check, volumes=["./shared:/shared"]))
    with under_way("apply", "--parallel", str(NUMBER), cwd=deployment.folder) as process:
        wait_until(lambda: len(running(things)) == NUMBER, process)
        (shared / "up").touch()
        assert process.wait(timeout=120) == 0, process.communicate()
    assert actions(deployment.run("plan")) == {}


def running(things: Things) -> list[str]:
    """The names of this test's containers that run."""
    listed = things.client.api.containers(filters={"name": things.prefix})
    return [str(one["Names"][0]) for one in listed]


def test_a_stopped_run_leaves_nothing_that_the_next_does_not_know(
    deployment: Deployment, things: Things
) -> None:
    deployment.declare(things.declare("web", healthcheck=NEVER_HEALTHY))
    with under_way("apply", cwd=deployment.folder) as process:
        wait_until(lambda: bool(running(things)), process)
        process.send_signal(signal.SIGINT)
        assert process.wait(timeout=60) != 0
    deployment.declare(things.declare("web"))
    deployment.run("apply")
    assert things.containers() == ["web"]
    assert things.container("web").status == "running"
    deployment.run("destroy")
    assert things.containers() == []
