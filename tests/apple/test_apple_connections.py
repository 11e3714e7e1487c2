"""Containers that need each other: in one network, by their addresses, with secrets."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from support.apple import Machine
from support.deploying import Deployment, actions
from support.services import free_port

pytestmark = pytest.mark.engine
IMPORTS = """
from clockwork import Secret
from clockwork.connections import Database, File, Network, Service
from clockwork.resources import AppleContainerResource, AppleVolume

def container(name, **fields):
    given = dict(image="nginx:alpine", ports=[], volumes=[], env_vars={}, **fields)
    return AppleContainerResource(description="one", name=f"cwtest-{name}", **given)
"""


@pytest.fixture
def deployment(project: Path) -> Deployment:
    return Deployment(project)


def variables(machine: Machine, name: str) -> dict[str, str]:
    entries = machine.inspect(name)["configuration"]["initProcess"]["environment"]
    return dict(entry.partition("=")[::2] for entry in entries)


def address(machine: Machine, name: str) -> str:
    container: dict[str, Any] = machine.inspect(name)
    attached = container.get("networks") or container["status"]["networks"]
    return str(attached[0]["ipv4Address"].partition("/")[0])


def test_a_database_is_reached_by_its_address_with_a_secret_password(
    deployment: Deployment, machine: Machine
) -> None:
    deployment.declare(
        IMPORTS,
        "password = Secret.generate()",
        "db = container('db')",
        "web = container('web').connect(Database(to=db, user='app', password=password))",
        "web.connect(Service(to=db, port=80, env='API', path='/v1'), Network(to=db, name='cwtest-shop'))",
    )
    assert actions(deployment.run("plan"))["web"] == "create"
    deployment.run("apply")
    found = variables(machine, "cwtest-web")
    db = address(machine, "cwtest-db")
    assert found["API"] == f"http://{db}:80/v1"
    before, _at, after = found["DATABASE_URL"].partition("@")
    assert after == f"{db}:5432/app"
    secret = before.removeprefix("postgresql://app:")
    assert len(secret) == 32
    for name in ("cwtest-web", "cwtest-db"):
        assert machine.inspect(name)["configuration"]["networks"][0]["network"] == "cwtest-shop"
    state = deployment.folder / ".clockwork"
    kept = [path for path in state.rglob("*") if path.is_file() and secret in path.read_text(errors="ignore")]
    assert kept == []
    assert secret not in deployment.told("plan")
    assert actions(deployment.run("plan")) == {}
    deployment.run("destroy")
    assert machine.names() == []
    assert "cwtest" not in machine("network", "list", "-q")


def test_a_new_address_reaches_those_that_use_it(deployment: Deployment, machine: Machine) -> None:
    deployment.declare(
        IMPORTS, "db = container('db')", "web = container('web').connect(Service(to=db, port=80, env='API'))"
    )
    deployment.run("apply")
    machine("stop", "cwtest-db")
    machine("start", "cwtest-db")
    assert "was started again and has another address" in deployment.told("plan")
    assert actions(deployment.run("apply")) == {"db": "update", "web": "replace"}
    assert variables(machine, "cwtest-web")["API"] == f"http://{address(machine, 'cwtest-db')}:80"
    assert actions(deployment.run("plan")) == {}


def test_files_and_volumes_are_mounted_and_health_is_waited_for(
    deployment: Deployment, machine: Machine
) -> None:
    port = free_port()
    deployment.declare(
        IMPORTS,
        "page = FileResource(description='p', path='site/index.html', content='hello', mode='644')",
        "data = AppleVolume(name='cwtest-data', size='1G')",
        "api = container('api').connect(File(to=page, at='/usr/share/nginx/html/index.html'))",
        f"api.ports = ['{port}:80']",
        "api.connect(File(to=data, at='/data', read_only=False))",
        "web = container('web').connect(Service(to=api, port=80, env='API', health='/'))",
    )
    deployment.run("apply")
    mounts = machine.inspect("cwtest-api")["configuration"]["mounts"]
    assert {one["destination"] for one in mounts} == {"/usr/share/nginx/html/index.html", "/data"}
    assert actions(deployment.run("plan")) == {}
    deployment.run("destroy")
    assert "cwtest" not in machine("volume", "list", "-q")


def test_only_apples_containers_share_their_network(deployment: Deployment, machine: Machine) -> None:
    deployment.declare(
        IMPORTS,
        "page = FileResource(description='p', path='index.html', content='hello', mode='644')",
        "web = container('web').connect(Network(to=page, name='cwtest-shop'))",
    )
    told = deployment.told("plan", code=1)
    assert "a FileResource cannot be in a network of AppleContainerResource" in told
