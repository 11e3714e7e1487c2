"""The example of a service on another machine: planned, built, spoiled by hand, changed and removed."""

from __future__ import annotations

import getpass
import shutil
from collections.abc import Iterator
from pathlib import Path

import httpx
import pytest

from support.deploying import Deployment, actions
from support.ssh_host import SSHServer
from support.systemctl import install

pytestmark = pytest.mark.engine
EXAMPLE = Path(__file__).parents[2] / "examples" / "remote_service"
PAGE = "http://127.0.0.1:8476/"
PARTS = {"page", "settings", "unit", "installed", "pottery"}


@pytest.fixture
def units(tmp_path: Path) -> Path:
    """The units that are active on the machine."""
    return install(tmp_path / "there")


@pytest.fixture
def server(units: Path, tmp_path: Path) -> Iterator[SSHServer]:
    """The machine."""
    with SSHServer.make(tmp_path / "ssh", path=str(units.parent)).running() as server:
        yield server


@pytest.fixture
def example(server: SSHServer, project: Path, tmp_path: Path) -> Deployment:
    """A copy of the example, of a person whose SSH settings know ``web1``."""
    ignored = shutil.ignore_patterns(".clockwork", "__pycache__")
    shutil.copytree(EXAMPLE, project, dirs_exist_ok=True, ignore=ignored)
    settings = tmp_path / "me" / ".ssh"
    settings.mkdir(parents=True)
    (settings / "config").write_text(
        f"Host web1\n  HostName 127.0.0.1\n  Port {server.port}\n  User {getpass.getuser()}\n"
        f"  IdentityFile {server.key}\n  UserKnownHostsFile {server.known_hosts}\n"
    )
    deployment = Deployment(project)
    deployment.environment = {
        "HOME": str(settings.parent),
        "SSH_AUTH_SOCK": "",
        "CW_BASE_URL": "http://127.0.0.1:9/v1",
        "POTTERY_FOLDER": str(server.home / "pottery"),
    }
    return deployment


def test_a_service_on_another_machine(example: Deployment, server: SSHServer, units: Path) -> None:
    assert actions(example.run("plan")) == dict.fromkeys(PARTS, "create")
    assert [*server.home.iterdir()] == []

    example.run("apply", "--assert")
    assert "Welcome to the pottery" in httpx.get(PAGE).text
    assert actions(example.run("apply")) == {}
    checked = {(one["address"], one["name"]): one["passed"] for one in example.run("assert")["assertions"]}
    assert all(checked.values())
    assert checked["pottery", "port 8476"]

    (server.home / "pottery/site/index.html").write_text("spoiled")
    assert actions(example.run("apply")) == {"page": "update"}
    assert "Welcome to the pottery" in httpx.get(PAGE).text

    main = example.folder / "main.py"
    main.write_text(main.read_text().replace("Restart=on-failure", "Restart=always"))
    assert actions(example.run("apply")) == {"unit": "update", "installed": "update"}
    assert "try-restart pottery" in (units / "calls").read_text()
    example.run("assert")

    example.run("destroy")
    assert [*server.home.iterdir()] == []
    assert sorted(path.name for path in units.iterdir()) == ["calls", "log"]
    with pytest.raises(httpx.ConnectError):
        httpx.get(PAGE)
