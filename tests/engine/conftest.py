"""What the tests of finding and obtaining an engine may ask for."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from support.machines import Machine
from support.releases import ReleaseServer


@pytest.fixture
def machine(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Machine:
    """A machine of this test's own, without engine, Go and network."""
    return Machine.clean(tmp_path, monkeypatch)


@pytest.fixture
def server(machine: Machine, monkeypatch: pytest.MonkeyPatch) -> Iterator[ReleaseServer]:
    """A server that publishes a release, and is the mirror to ask."""
    with ReleaseServer() as server:
        monkeypatch.setenv("CW_ENGINE_MIRROR", server.url)
        yield server
