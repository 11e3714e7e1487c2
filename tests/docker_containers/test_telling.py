"""Changes of containers, told by the fields that people declare them with."""

from __future__ import annotations

from pathlib import Path

import pytest

from clockwork_docker.provider import Container
from support.deploying import Deployment, resource
from support.docker_things import Things

pytestmark = [pytest.mark.engine, pytest.mark.docker]


def test_changes_are_told_by_the_fields_of_the_file(deployment: Deployment, things: Things) -> None:
    net = things.name("net")
    joined = f"net = DockerNetwork(name={net!r}, description='shared')"
    deployment.declare(
        joined,
        things.declare("web", memory="64m", env_vars={"A": "1"}, labels={"role": "old"}, ports=["18080:80"]),
    )
    deployment.run("apply")
    deployment.declare(
        joined,
        things.declare(
            "web",
            memory="128m",
            env_vars={"A": "2"},
            labels={"role": "new"},
            ports=["127.0.0.1:18080:80"],
            networks=[net],
            workdir="/tmp",
            restart="on-failure:3",
        ),
        "web.connect(net)",
    )
    changed = set(resource(deployment.run("plan"), "web")["changed"])
    told = deployment.told("plan")
    assert 'env_vars {"A": "1"} -> {"A": "2"} you' in told
    assert 'labels {"role": "old"} -> {"role": "new"} you' in told
    assert "memory 64m -> 128m you" in told
    assert f'networks (unset) -> ["{net}"] you' in told
    assert 'ports ["18080:80"] -> ["127.0.0.1:18080:80"] you' in told
    assert "restart no -> on-failure:3 you" in told
    assert "workdir (unset) -> /tmp you" in told
    assert changed == {"env_vars", "labels", "memory", "networks", "ports", "restart", "workdir"}


def test_a_network_that_is_joined_again_is_told_once(deployment: Deployment, things: Things) -> None:
    net = things.name("net")

    def declare(subnet: str) -> None:
        deployment.declare(
            f"net = DockerNetwork(name={net!r}, description='shared', subnet={subnet!r})",
            things.declare("web", networks=[net]),
            "web.connect(net)",
        )

    declare("10.213.241.0/28")
    deployment.run("apply")
    declare("10.213.242.0/28")
    told = deployment.told("apply")
    assert "subnet 10.213.241.0/28 -> 10.213.242.0/28 you" in told
    assert f'networks set again to ["{net}"] you' in told


@pytest.mark.parametrize(
    ("inputs", "field", "written"),
    [
        ({"memory": 1536}, "memory", "1536m"),
        ({"memory": 2048}, "memory", "2g"),
        ({"restart": "on-failure", "maxRetryCount": 3.0}, "restart", "on-failure:3"),
        ({"networkMode": "host"}, "networks", ["host"]),
        ({"envs": "[secret]"}, "env_vars", "[secret]"),
        ({"envs": ["A=1", "[secret]"]}, "env_vars", ["A=1", "[secret]"]),
        (
            {"volumes": [{"containerPath": "/www", "hostPath": "/srv/shop/site", "readOnly": True}]},
            "volumes",
            ["./site:/www:ro"],
        ),
        ({"volumes": [{"containerPath": "/data", "volumeName": "data"}]}, "volumes", ["data:/data"]),
        (
            {"healthcheck": {"tests": ["CMD-SHELL", "true"], "interval": "5s", "startPeriod": "0s"}},
            "healthcheck",
            {"command": "true", "interval": "5s", "start_period": "0s"},
        ),
    ],
)
def test_inputs_are_read_back(inputs: dict[str, object], field: str, written: object) -> None:
    assert Container.as_declared(inputs, Path("/srv/shop"))[field] == written
