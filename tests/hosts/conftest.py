"""Servers that the tests of a session share, and a person without SSH settings of their own."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from clockwork.hosts import in_use
from support.ssh_host import SSHServer


@pytest.fixture(scope="session")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[SSHServer]:
    """A server that runs for the whole session."""
    with SSHServer.make(tmp_path_factory.mktemp("ssh") / "web1").running() as server:
        yield server


@pytest.fixture(autouse=True)
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A home folder without SSH settings, and no agent."""
    folder = tmp_path / "home"
    folder.mkdir()
    monkeypatch.setenv("HOME", str(folder))
    monkeypatch.delenv("SSH_AUTH_SOCK", raising=False)
    return folder


@pytest.fixture(autouse=True)
def _fresh_connections(home: Path) -> Iterator[None]:
    """Connections that end with the test."""
    with in_use():
        yield
