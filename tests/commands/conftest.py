"""Projects whose resources are commands."""

from __future__ import annotations

from pathlib import Path

import pytest

from support.deploying import Deployment

HEAD = "from clockwork.resources import CommandResource, FileResource, ServiceResource\n"


@pytest.fixture
def deployment(tmp_path: Path) -> Deployment:
    """A project in an empty folder."""
    folder = tmp_path / "project"
    folder.mkdir()
    return Deployment(folder, HEAD)
