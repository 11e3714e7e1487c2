"""What the tests of deployment may ask for."""

from __future__ import annotations

from pathlib import Path

import pytest

from support.deploying import Deployment


@pytest.fixture
def deployment(project: Path) -> Deployment:
    """A project folder to deploy from, through the command line."""
    return Deployment(project)
