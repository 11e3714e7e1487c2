"""``--providers official`` where Pulumi's own program is not there and cannot be had."""

from __future__ import annotations

from importlib.metadata import version

import pytest

from support.deploying import Deployment, actions, file

pytestmark = pytest.mark.engine

VOLUME = "from clockwork_docker.resource import DockerVolume\ndata = DockerVolume(name='data')"
OFFICIAL = ("--providers", "official")
NOBODY = "http://127.0.0.1:9"


@pytest.fixture
def offline(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let nothing be downloaded."""
    monkeypatch.setenv("HTTPS_PROXY", NOBODY)


@pytest.mark.usefixtures("offline")
@pytest.mark.parametrize("command", ["plan", "apply"])
def test_it_is_said_what_is_missing_and_what_to_do(deployment: Deployment, command: str) -> None:
    deployment.declare(file("note"), VOLUME)
    document = deployment.run(command, *OFFICIAL, code=1)
    released = version("pulumi-docker")
    assert document["error"]["message"].splitlines() == [
        "data: nothing here builds the Pulumi package 'docker': its program pulumi-resource-docker "
        f"{released} is neither on PATH nor among Pulumi's plugins, and could not be downloaded",
        f"Run `pulumi plugin install resource docker {released}` where there is internet access, or put the "
        "program on PATH; or deploy with Clockwork's own provider: --providers embedded.",
    ]
    assert document["error"]["address"] == "data"


def test_downloads_can_be_forbidden(deployment: Deployment, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PULUMI_DISABLE_AUTOMATIC_PLUGIN_ACQUISITION", "true")
    monkeypatch.setenv("CW_PROVIDERS", "official")
    deployment.declare(VOLUME)
    message = deployment.run("plan", code=1)["error"]["message"]
    assert "is neither on PATH nor among Pulumi's plugins\nRun `pulumi plugin install" in message
    assert "download" not in message


def test_clockworks_own_packages_need_no_program(deployment: Deployment) -> None:
    deployment.declare(file("note"))
    assert actions(deployment.run("apply", *OFFICIAL)) == {"note": "create"}
    assert deployment.names() == ["note.txt"]
