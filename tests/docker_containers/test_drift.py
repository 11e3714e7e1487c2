"""Containers that somebody changed by hand: what the plan says, and what apply restores."""

from __future__ import annotations

from typing import Any

import pytest

from support.deploying import Deployment, resource
from support.docker_images import STUBBORN
from support.docker_things import Things

pytestmark = [pytest.mark.engine, pytest.mark.docker]


@pytest.fixture
def deployed(deployment: Deployment, things: Things) -> Deployment:
    """A deployed container."""
    deployment.declare(things.declare("web", memory="64m"))
    deployment.run("apply")
    return deployment


def seen(deployed: Deployment) -> dict[str, Any]:
    """What the plan says of the container."""
    return resource(deployed.run("plan"), "web")


def test_a_stopped_one_runs_again(deployed: Deployment, things: Things) -> None:
    before = things.container("web").id
    things.container("web").kill()
    planned = seen(deployed)
    assert (planned["action"], planned["changed"]) == ("update", ["start"])
    assert "it does not run: it ended with exit code 137" in planned["notes"][0]
    assert "start false -> true changed by hand" in deployed.told("plan")
    deployed.run("apply")
    assert (things.container("web").id, things.container("web").status) == (before, "running")


def test_a_paused_one_goes_on(deployed: Deployment, things: Things) -> None:
    things.container("web").pause()
    assert "paused by hand" in seen(deployed)["notes"][0]
    deployed.run("apply")
    assert things.container("web").status == "running"


def test_a_removed_one_is_made_again(deployed: Deployment, things: Things) -> None:
    things.container("web").remove(force=True)
    planned = seen(deployed)
    assert planned["action"] == "create"
    assert "the container is gone" in planned["notes"][0]
    assert resource(deployed.run("plan", "--refresh"), "web")["action"] == "create"
    assert resource(deployed.run("apply"), "web")["action"] == "create"
    assert things.container("web").status == "running"


def test_edited_limits_are_restored(deployed: Deployment, things: Things) -> None:
    things.container("web").update(mem_limit="128m", memswap_limit="256m", restart_policy={"Name": "always"})
    planned = seen(deployed)
    assert planned["action"] == "update"
    assert sorted(planned["changed"]) == ["memory", "restart"]
    assert "memory 128m -> 64m changed by hand" in deployed.told("plan")
    assert "restart always -> no changed by hand" in deployed.told("plan")
    found = deployed.told("refresh")
    assert "memory 64m -> 128m changed by hand" in found
    assert "restart no -> always changed by hand" in found
    deployed.run("apply")
    host = things.container("web").attrs["HostConfig"]
    assert (host["Memory"], host["RestartPolicy"]["Name"]) == (64 << 20, "no")


def test_another_name_is_taken_back(deployed: Deployment, things: Things) -> None:
    things.container("web").rename(things.name("other"))
    assert "renamed by hand" in seen(deployed)["notes"][0]
    assert f"name {things.name('other')} -> {things.name('web')} changed by hand" in deployed.told("plan")
    deployed.run("apply")
    assert things.containers() == ["web"]


def test_another_network_is_left_again(deployed: Deployment, things: Things) -> None:
    network = things.client.networks.create(things.name("extra"))
    network.connect(things.container("web"))
    assert "by hand" in seen(deployed)["notes"][0]
    told = deployed.told("plan")
    assert f'networks ["bridge", "{things.name("extra")}"] -> (unset) changed by hand' in told
    deployed.run("apply")
    assert [*things.container("web").attrs["NetworkSettings"]["Networks"]] == ["bridge"]


def test_a_tag_that_names_another_image_makes_a_new_container(deployment: Deployment, things: Things) -> None:
    mine = f"{things.prefix}:1"
    things.client.images.get(STUBBORN).tag(mine)
    deployment.declare(things.declare("web", image=mine))
    deployment.run("apply")
    before = things.container("web").id
    things.client.images.get("clockwork-test/web:1").tag(mine)
    assert seen(deployment)["action"] == "replace"
    deployment.run("apply")
    assert things.container("web").id != before
    assert seen(deployment)["action"] == "same"
    deployment.run("destroy")
    things.client.images.remove(mine)
