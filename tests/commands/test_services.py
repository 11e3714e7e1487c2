"""Services: started, stopped, checked, by a stand-in for systemctl that keeps units as files."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from support.deploying import Deployment, actions
from support.systemctl import install

pytestmark = pytest.mark.engine

SEED = '''
from typing import Any, Optional
from clockwork import Resource

class ServiceResource(Resource):
    name: str
    service_name: Optional[str] = None  # AI can suggest
    port: Optional[int] = None          # AI can suggest

    def needs_completion(self) -> bool:
        return self.service_name is None or self.port is None

    def to_pulumi(self) -> Any:
        """Create Pulumi resource using pulumi-command provider."""
        from pulumi_command import local

        return local.Command(
            f"systemd-{self.name}",
            create=f"systemctl start {self.service_name}",
            delete=f"systemctl stop {self.service_name}",
        )

web = ServiceResource(name="web", service_name="nginx", port=80)
'''


@pytest.fixture
def units(deployment: Deployment, tmp_path: Path) -> Path:
    """The folder of the units that are active."""
    units = install(tmp_path / "bin")
    deployment.environment = {"PATH": f"{units.parent}:{os.environ['PATH']}"}
    return units


def log(units: Path) -> list[str]:
    return (units / "log").read_text(encoding="utf-8").splitlines()


def test_a_service_is_started_kept_active_and_stopped(deployment: Deployment, units: Path) -> None:
    deployment.declare("web = ServiceResource(name='web', service_name='nginx', port=1)")
    assert actions(deployment.run("apply")) == {"web": "create"}
    assert actions(deployment.run("apply")) == {}
    (units / "nginx").unlink()
    assert actions(deployment.run("plan")) == {"web": "update"}
    deployment.run("apply")
    found = {one["name"]: one["passed"] for one in deployment.run("assert", code=1)["assertions"]}
    assert found == {"active": True, "complete": True, "port 1": False}
    deployment.run("destroy")
    assert log(units) == ["start nginx", "start nginx", "stop nginx"]


def test_another_unit_stops_the_old_one(deployment: Deployment, units: Path) -> None:
    deployment.declare("web = ServiceResource(name='web', service_name='nginx', port=80)")
    deployment.run("apply")
    deployment.declare("web = ServiceResource(name='web', service_name='caddy', port=80)")
    assert actions(deployment.run("apply")) == {"web": "replace"}
    assert log(units) == ["start nginx", "stop nginx", "start caddy"]


def test_one_that_is_active_already_is_not_started_again(deployment: Deployment, units: Path) -> None:
    (units / "nginx").touch()
    deployment.declare("web = ServiceResource(name='web', service_name='nginx', port=80)")
    deployment.run("apply")
    assert not (units / "log").exists()


@pytest.mark.parametrize("name", ["a b", "x; reboot", "$(reboot)", "-x", "a/b"])
def test_a_name_that_is_no_unit_is_refused(name: str, deployment: Deployment) -> None:
    deployment.declare(f"web = ServiceResource(name='web', service_name={name!r}, port=80)")
    assert "service_name" in deployment.told("plan", code=1)


def test_a_class_of_ones_own_that_returns_a_published_command(deployment: Deployment, units: Path) -> None:
    (deployment.folder / "main.py").write_text(SEED, encoding="utf-8")
    assert actions(deployment.run("apply")) == {"web": "create"}
    assert actions(deployment.run("apply")) == {}
    deployment.run("destroy")
    assert log(units) == ["start nginx", "stop nginx"]
