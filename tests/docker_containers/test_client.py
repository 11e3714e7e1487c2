"""The way to the engine: found as the ``docker`` command finds it, and told when nobody is there."""

from __future__ import annotations

import hashlib
import json
from pathlib import Path

import pytest

from clockwork.errors import ProviderError
from clockwork_docker.client import DEFAULT_HOST, connect, find_endpoint
from clockwork_docker.health import docker_health
from support.command import clockwork
from support.dockerd import DockerEngine


@pytest.fixture(autouse=True)
def config(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Path:
    """An empty Docker configuration."""
    for name in ("DOCKER_HOST", "DOCKER_CONTEXT", "DOCKER_TLS_VERIFY", "DOCKER_CERT_PATH"):
        monkeypatch.delenv(name, raising=False)
    folder = tmp_path / "config"
    folder.mkdir()
    (folder / "config.json").write_text("{}")
    monkeypatch.setenv("DOCKER_CONFIG", str(folder))
    return folder


def add_context(config: Path, name: str, host: str) -> None:
    """Write a context as ``docker context create`` does."""
    folder = config / "contexts" / "meta" / hashlib.sha256(name.encode()).hexdigest()
    folder.mkdir(parents=True)
    meta = {"Name": name, "Metadata": {}, "Endpoints": {"docker": {"Host": host, "SkipTLSVerify": False}}}
    (folder / "meta.json").write_text(json.dumps(meta))


def test_without_a_choice_it_is_the_default_socket() -> None:
    assert (find_endpoint().host, find_endpoint().origin) == (DEFAULT_HOST, "the default socket")


def test_the_chosen_context_is_used(config: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    add_context(config, "far", "ssh://me@far")
    (config / "config.json").write_text(json.dumps({"currentContext": "far"}))
    found = find_endpoint()
    assert (found.host, found.origin, found.machine) == ("ssh://me@far", "the context 'far'", "far")
    add_context(config, "near", "unix:///near.sock")
    monkeypatch.setenv("DOCKER_CONTEXT", "near")
    assert find_endpoint().host == "unix:///near.sock"
    monkeypatch.setenv("DOCKER_HOST", "tcp://10.0.0.1:2375")
    assert (find_endpoint().host, find_endpoint().origin) == ("tcp://10.0.0.1:2375", "DOCKER_HOST")


def test_a_context_that_is_not_there_is_told(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("DOCKER_CONTEXT", "gone")
    with pytest.raises(ProviderError, match="the Docker context 'gone' does not exist"):
        find_endpoint()


def test_an_engine_that_does_not_answer_says_what_was_tried(
    config: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    add_context(config, "far", "tcp://127.0.0.1:1")
    monkeypatch.setenv("DOCKER_CONTEXT", "far")
    with pytest.raises(ProviderError, match=r"at tcp://127\.0\.0\.1:1 \(from the context 'far'\).*refused"):
        connect()
    health = docker_health()
    assert not health.ok
    assert "DOCKER_HOST" in (health.hint or "")


@pytest.mark.docker
def test_doctor_names_the_engine(
    docker_host: DockerEngine, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setenv("DOCKER_HOST", docker_host.host)
    health = docker_health()
    assert health.ok
    assert health.message.endswith(f"at {docker_host.host} (from DOCKER_HOST)")
    assert f"Docker {docker_host.client().version()['Version']}" in clockwork("doctor", cwd=tmp_path).stdout
