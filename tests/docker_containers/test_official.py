"""A stack that goes over to Pulumi's own Docker program, and comes back, without a change."""

from __future__ import annotations

import os
from importlib.metadata import version
from pathlib import Path

import pytest

from support import official_docker
from support.deploying import Deployment, actions, file
from support.docker_images import WEB
from support.docker_things import Things
from support.services import free_port

pytestmark = [pytest.mark.engine, pytest.mark.docker]

OFFICIAL = ("--providers", "official")
VERSION = version("pulumi-docker")


@pytest.fixture
def trace(tmp_path: Path) -> Path:
    """Where the program notes that it was started."""
    return tmp_path / "started"


@pytest.fixture
def on_path(tmp_path: Path, trace: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The program, on ``PATH``."""
    official_docker.install(tmp_path / "bin", trace)
    monkeypatch.setenv("PATH", os.pathsep.join([str(tmp_path / "bin"), os.environ["PATH"]]))


@pytest.fixture
def shop(deployment: Deployment, things: Things) -> Deployment:
    """A project with one of everything, in which much is left to defaults."""
    (deployment.folder / "site").mkdir()
    (deployment.folder / "app").mkdir()
    (deployment.folder / "app" / "Dockerfile").write_text(f"FROM {WEB}\nENV A=1\n")
    net, data = things.name("net"), things.name("data")
    rich = things.declare(
        "rich",
        ports=[f"{free_port()}:80", f"127.0.0.1:{free_port()}:81/udp", "82"],
        env_vars={"A": "1"},
        networks=[net],
        memory="64m",
        restart="on-failure:3",
        labels={"a": "b"},
        volumes=["./site:/site:ro", f"{data}:/data"],
        healthcheck={"command": "true", "interval": "1s"},
    )
    deployment.declare(
        "from clockwork.resources import FileResource",
        f"net = DockerNetwork(name={net!r}, subnet='10.213.117.0/24', labels={{'a': 'b'}})",
        f"bare = DockerNetwork(name={things.name('bare')!r})",
        f"data = DockerVolume(name={data!r})",
        things.declare("plain"),
        things.declare("still", start=False),
        things.declare("built", image=None, build="app"),
        f"{rich[:-1]}, depends_on=[net, data])",
        file("note"),
    )
    return deployment


def ids(things: Things) -> dict[str, str]:
    return {word: str(things.container(word).id) for word in things.containers()}


@pytest.mark.usefixtures("on_path")
def test_it_takes_a_stack_over_and_hands_it_back(shop: Deployment, things: Things, trace: Path) -> None:
    shop.run("apply")
    made = ids(things)
    assert not trace.exists()
    assert actions(shop.run("apply", *OFFICIAL)) == {}
    assert trace.exists()
    assert actions(shop.run("apply")) == {}
    assert actions(shop.run("plan", *OFFICIAL)) == {}
    assert ids(things) == made
    shop.run("destroy")
    assert (things.containers(), shop.names()) == ([], ["app", "site"])


@pytest.mark.usefixtures("on_path")
def test_what_it_made_goes_on_with_clockworks_own(shop: Deployment, things: Things) -> None:
    shop.run("apply", *OFFICIAL)
    made = ids(things)
    assert actions(shop.run("plan", "--refresh")) == {}
    assert actions(shop.run("apply")) == {}
    assert ids(things) == made


@pytest.mark.usefixtures("on_path")
def test_what_it_made_is_replaced_without_a_trace(deployment: Deployment, things: Things) -> None:
    deployment.declare(things.declare("web"))
    deployment.run("apply", *OFFICIAL)
    assert not any(label.startswith("clockwork.") for label in things.container("web").labels)
    deployment.declare(things.declare("web", env_vars={"A": "1"}))
    assert actions(deployment.run("apply")) == {"web": "replace"}
    assert things.containers() == ["web"]
    assert actions(deployment.run("plan", *OFFICIAL)) == {}
    deployment.run("destroy", *OFFICIAL)
    assert things.containers() == []


@pytest.mark.usefixtures("on_path")
def test_it_may_not_look_at_what_clockwork_made(deployment: Deployment, things: Things) -> None:
    deployment.declare(f"data = DockerVolume(name={things.name('data')!r})")
    deployment.run("apply")
    for command in (("plan", "--refresh"), ("refresh",)):
        error = deployment.run(*command, *OFFICIAL, code=1)["error"]
        assert error["address"] == "data"
        assert "make it anew\nRefresh with --providers embedded" in error["message"]
    deployment.run("refresh")
    assert actions(deployment.run("plan", *OFFICIAL)) == {}


def test_a_program_among_pulumis_plugins_is_found(
    deployment: Deployment, things: Things, trace: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    home = tmp_path / "pulumi-home"
    official_docker.install(home / "plugins" / f"resource-docker-v{VERSION}", trace)
    monkeypatch.setenv("PULUMI_HOME", str(home))
    deployment.declare(f"data = DockerVolume(name={things.name('data')!r})")
    assert actions(deployment.run("apply", *OFFICIAL)) == {"data": "create"}
    assert trace.exists()
    deployment.run("destroy", *OFFICIAL)
