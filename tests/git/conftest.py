"""Repositories to clone, and projects that clone them."""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path

import pytest

from support.deploying import Deployment
from support.programs import program
from support.providers import RepositoryCalls
from support.repositories import Remote, git_daemon

HEAD = "from clockwork.resources import FileResource, GitRepoResource\n"


@pytest.fixture(autouse=True)
def _no_settings_of_a_person(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let no setting of whoever runs the tests reach git, and somebody commit."""
    program("git")
    monkeypatch.setenv("GIT_CONFIG_GLOBAL", os.devnull)
    monkeypatch.setenv("GIT_CONFIG_NOSYSTEM", "1")


@pytest.fixture
def remote(tmp_path: Path) -> Remote:
    """A repository with one commit on ``main``."""
    return Remote(tmp_path / "remotes", "site")


@pytest.fixture
def daemon(remote: Remote) -> Iterator[str]:
    """The address under which the folder of the repository is served."""
    with git_daemon(remote.bare.parent) as address:
        yield address


@pytest.fixture
def repositories(tmp_path: Path) -> RepositoryCalls:
    """Calls of the provider in an empty project."""
    folder = tmp_path / "project"
    folder.mkdir()
    return RepositoryCalls(folder)


@pytest.fixture
def deployment(project: Path) -> Deployment:
    """A project to deploy from, through the command line."""
    return Deployment(project, HEAD)
