"""Projects whose resources are commands."""

from __future__ import annotations

from pathlib import Path

import pytest

from support.deploying import Deployment

HEAD = "from clockwork.resources import CommandResource, FileResource, ServiceResource\n"


@pytest.fixture
def deployment(project: Path) -> Deployment:
    """A project in an empty folder, with the engine at hand wherever the person's home is."""
    return Deployment(project, HEAD)
