"""Programs of the system that a test needs."""

from __future__ import annotations

import os
import shutil

import pytest


def program(name: str) -> str:
    """Where a program is; without it the test is skipped, but fails under CI."""
    found = shutil.which(name, path=f"{os.environ['PATH']}:/usr/sbin:/sbin")
    if found is None:
        reason = f"{name} is not installed"
        if os.environ.get("CI"):
            pytest.fail(reason)
        pytest.skip(reason)
    return found
