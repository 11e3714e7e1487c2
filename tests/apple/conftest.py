"""What the tests of Apple's containers may ask for: a machine with the ``container`` program."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from support.apple import AppleCalls, Machine, RealContainer, chosen
from support.fake_container.machine import FakeContainer


def pytest_report_header() -> str:
    """Tell which program the tests work with."""
    return f"Apple's container program: the {'real one' if chosen() == 'real' else 'stand-in'}"


@pytest.fixture
def fake(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[FakeContainer]:
    """The stand-in, first on ``PATH``, with knobs for what cannot be had of the real program."""
    installed = FakeContainer(tmp_path / "fake-container")
    installed.put_on_path(monkeypatch)
    yield installed
    installed.close()


@pytest.fixture
def machine(request: pytest.FixtureRequest) -> Iterator[Machine]:
    """The real program on a Mac that has it, else the stand-in."""
    if chosen() == "fake":
        yield request.getfixturevalue("fake")
        return
    real = RealContainer()
    real.close()
    yield real
    real.close()


@pytest.fixture
def calls(tmp_path: Path) -> AppleCalls:
    """Calls of the providers, outside the engine."""
    (tmp_path / "project").mkdir()
    return AppleCalls(tmp_path / "project")
