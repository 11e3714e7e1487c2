"""What the tests of Apple's containers may ask for: a machine with the ``container`` program."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from support.fake_container.machine import FakeContainer


@pytest.fixture
def fake(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[FakeContainer]:
    """The stand-in, first on ``PATH``, with knobs for what cannot be had of the real program."""
    installed = FakeContainer(tmp_path / "fake-container")
    installed.put_on_path(monkeypatch)
    yield installed
    installed.close()
