"""The model that the tests ask."""

from __future__ import annotations

from pathlib import Path

import pytest

from support.local_model import gguf


@pytest.fixture(scope="session")
def model() -> Path:
    """A GGUF file with a language model that answers."""
    return gguf()
