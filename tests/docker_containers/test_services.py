"""Containers that need others: their health, published or not, and their addresses."""

from __future__ import annotations

import pytest

from support.deploying import Deployment, actions
from support.docker_images import ASKING, WEB
from support.docker_things import Things
from support.services import free_port

pytestmark = [pytest.mark.engine, pytest.mark.docker]
IMPORT = "from clockwork.connections import Network, Service"


def needs(things: Things, word: str, health: str) -> str:
    service = f"Service(to=api, port=80, env='API', health={health!r})"
    network = f"Network(to=api, name={things.name('net')!r})"
    return f"{things.declare(word)}.connect({service}, {network})"


@pytest.mark.parametrize("is_published", [True, False])
def test_several_may_wait_for_the_same_service(
    is_published: bool, deployment: Deployment, things: Things
) -> None:
    ports = [f"127.0.0.1:{free_port()}:80"] if is_published else []
    api = things.declare("api", ports=ports, image=WEB if is_published else ASKING)
    both = [needs(things, word, "/index.html") for word in ("one", "two")]
    deployment.declare(IMPORT, api, *both)
    done = deployment.run("apply")
    (gate,) = [one for one in done["assertions"] if one["name"] == "port 80 answers at /index.html"]
    assert gate["passed"]
    assert things.containers() == ["api", "one", "two"]
    assert "API=http://" + things.name("api") + ":80" in things.container("one").attrs["Config"]["Env"]
    deployment.run("assert")
    deployment.run("destroy")


def test_a_service_inside_that_does_not_answer_stops_who_needs_it(
    deployment: Deployment, things: Things
) -> None:
    deployment.declare(
        IMPORT,
        "from clockwork.assertions import ServiceReadyAssert",
        things.declare("api", image=ASKING, command=["/bin/sleep", "600"]),
        "api.assertions = [ServiceReadyAssert(port=80, path='/', gate=True, timeout_seconds=1)]",
        needs(things, "one", "/"),
    )
    told = deployment.told("apply", code=1)
    assert "port 80 answers at /" in told
    assert "curl ended with 7" in told
    assert "Connection refused" in told
    assert things.containers() == ["api"]


@pytest.mark.parametrize("path", ["ip_address", "networkDatas[0].ipAddress", "network_datas[0].ip_address"])
def test_an_address_goes_into_another_container(path: str, deployment: Deployment, things: Things) -> None:
    deployment.declare(
        things.declare("db"),
        things.declare("web").replace("env_vars={}", f"env_vars={{'DB': db.ref({path!r})}}"),
    )
    deployment.run("apply")
    address = things.container("db").attrs["NetworkSettings"]["Networks"]["bridge"]["IPAddress"]
    assert f"DB={address}" in things.container("web").attrs["Config"]["Env"]
    assert actions(deployment.run("plan")) == {}
    deployment.run("destroy")
