"""Services on other machines."""

from __future__ import annotations

import socket
from collections.abc import Iterator
from pathlib import Path

import pytest

from support.deploying import Deployment, actions, resource
from support.fake_endpoint import fake_endpoint
from support.ssh_host import SSHServer
from support.systemctl import install

pytestmark = pytest.mark.engine


@pytest.fixture
def server(tmp_path: Path) -> Iterator[SSHServer]:
    """A server on which a stand-in for systemctl is found."""
    install(tmp_path / "there")
    with SSHServer.make(tmp_path / "ssh", path=str(tmp_path / "there")).running() as server:
        yield server


@pytest.fixture
def units(tmp_path: Path) -> Path:
    """The units that are active there."""
    return tmp_path / "there" / "units"


@pytest.fixture
def remote(deployment: Deployment, tmp_path: Path) -> Deployment:
    """A project of a person without SSH settings, and without any systemctl here."""
    (tmp_path / "me").mkdir()
    deployment.head = "from clockwork import SSHHost\n" + deployment.head
    deployment.environment = {"HOME": str(tmp_path / "me"), "SSH_AUTH_SOCK": ""}
    return deployment


def test_a_service_is_started_checked_and_stopped_there(
    remote: Deployment, server: SSHServer, units: Path
) -> None:
    with socket.create_server(("127.0.0.1", 0)) as listener:
        port = listener.getsockname()[1]
        fields = f"on={server.declared()}, service_name='nginx', port={port}"
        remote.declare(f"web = ServiceResource(name='w', {fields})")
        assert actions(remote.run("apply")) == {"web": "create"}
        assert actions(remote.run("apply")) == {}
        assert (units / "nginx").exists()
        found = {one["name"]: one["passed"] for one in remote.run("assert")["assertions"]}
        assert found == {"active": True, "complete": True, f"port {port}": True}
        (units / "nginx").unlink()
        found = {one["name"]: one["passed"] for one in remote.run("assert", code=1)["assertions"]}
        assert found == {"active": False, "complete": True, f"port {port}": True}
    assert actions(remote.run("plan")) == {"web": "update"}
    remote.run("apply")
    remote.run("destroy")
    assert (units / "log").read_text().splitlines() == ["start nginx", "start nginx", "stop nginx"]


def test_one_unit_on_two_hosts_is_no_conflict(remote: Deployment, server: SSHServer, units: Path) -> None:
    first, second = server.declared("web1"), server.declared("web2")
    one, two = (
        f"ServiceResource(name='w', on={on}, service_name='nginx', port=80)" for on in (first, second)
    )
    remote.declare(f"one = {one}", f"two = {two}")
    remote.run("plan")
    remote.declare(f"one = {one}", f"two = {one}")
    assert "nginx" in remote.told("plan", code=1)


def test_a_unit_that_a_model_named_waits_for_a_persons_word(
    remote: Deployment, server: SSHServer, units: Path
) -> None:
    with fake_endpoint(lambda request: dict.fromkeys(request.fields, "nginx")) as model:
        remote.environment |= {"CW_BASE_URL": model.url, "CW_MODEL": "fake"}
        remote.declare(f"web = ServiceResource(name='w', on={server.declared()}, port=80)")
        waiting = resource(remote.run("plan"), "web")["unapproved"]
        assert "systemctl start nginx" in waiting
        assert "nobody allowed it" in remote.told("apply", "--yes", code=1)
    assert not (units / "log").exists()
    asked = "".join(str(request.body) for request in model.requests)
    assert str(server.key) not in asked
