"""A real Docker engine, tiny images, and projects that deploy to it."""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path

import pytest
from docker import DockerClient

from support.deploying import Deployment
from support.docker_engine import docker_engine
from support.docker_images import make_images
from support.docker_things import Things
from support.dockerd import DockerEngine


@pytest.fixture(scope="session")
def docker_host(tmp_path_factory: pytest.TempPathFactory) -> Iterator[DockerEngine]:
    """The engine, with the images, shared by all workers of one run."""
    base = tmp_path_factory.getbasetemp()
    shared = base.parent if "PYTEST_XDIST_WORKER" in os.environ else base
    with docker_engine(shared / "dockerd") as engine:
        yield engine


@pytest.fixture
def docker(docker_host: DockerEngine, monkeypatch: pytest.MonkeyPatch) -> Iterator[DockerClient]:
    """A client of the engine, which Clockwork's processes find too."""
    monkeypatch.setenv("DOCKER_HOST", docker_host.host)
    monkeypatch.delenv("DOCKER_CONTEXT", raising=False)
    client = docker_host.client()
    make_images(client)
    yield client
    client.close()


@pytest.fixture
def things(docker: DockerClient) -> Iterator[Things]:
    """Names that no other test uses; whatever has one is removed at the end."""
    made = Things(docker)
    yield made
    made.remove_all()


@pytest.fixture
def deployment(project: Path, things: Things) -> Deployment:
    """A project folder to deploy from, through the command line."""
    return Deployment(project, "from clockwork.resources import *\nfrom clockwork_docker.resource import *\n")
