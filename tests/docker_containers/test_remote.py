"""Engines on other machines: reached over TLS and over SSH."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from support.deploying import Deployment
from support.docker_remote import behind_ssh, behind_tls, make_certificates
from support.docker_things import Things
from support.dockerd import DockerEngine

pytestmark = [pytest.mark.engine, pytest.mark.docker]


def test_an_engine_behind_tls(
    deployment: Deployment, things: Things, docker_host: DockerEngine, tmp_path: Path
) -> None:
    if not docker_host.host.startswith("unix://"):
        pytest.skip("the engine of this machine has no socket")
    certificates = make_certificates(tmp_path / "certificates")
    with behind_tls(docker_host.host.removeprefix("unix://"), certificates) as host:
        deployment.environment = {
            "DOCKER_HOST": host,
            "DOCKER_TLS_VERIFY": "1",
            "DOCKER_CERT_PATH": str(certificates),
        }
        deployment.declare(things.declare("web"))
        deployment.run("apply")
        assert things.containers() == ["web"]
        deployment.environment["DOCKER_CERT_PATH"] = str(make_certificates(tmp_path / "others"))
        told = deployment.told("plan", code=1)
        assert f"no Docker engine answers at {host} (from DOCKER_HOST): " in told
        assert "certificate verify failed" in told


@pytest.mark.skipif(os.geteuid() != 0, reason="the SSH server logs in who runs the tests: root")
def test_an_engine_behind_ssh(
    deployment: Deployment,
    things: Things,
    docker_host: DockerEngine,
    tmp_path: Path,
) -> None:
    with behind_ssh(docker_host.host, tmp_path / "ssh") as (host, tools):
        deployment.environment = {"DOCKER_HOST": host, "PATH": f"{tools}:{os.environ['PATH']}"}
        deployment.declare(things.declare("web"))
        deployment.run("apply")
        assert things.containers() == ["web"]
        deployment.run("destroy")
        assert things.containers() == []
        (tools.parent / "authorized").write_text("")
        deployment.declare(things.declare("web"))
        assert "Permission denied (publickey" in deployment.told("plan", code=1)
