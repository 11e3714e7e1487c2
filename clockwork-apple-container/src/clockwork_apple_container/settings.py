"""What a person may choose in the environment."""

from __future__ import annotations

import os
import shutil

PROGRAM = "CW_APPLE_CONTAINER"
"""The path of the ``container`` program, where it is not on ``PATH``."""

START_SYSTEM = "CW_APPLE_START_SYSTEM"
"""Whether Clockwork starts Apple's container service when it is not started: ``1`` or ``0``."""

_USUAL_PLACES = ("/usr/local/bin/container", "/opt/homebrew/bin/container")


def find_program() -> str | None:
    """Find the ``container`` program; ``None`` when it is not installed."""
    if chosen := os.environ.get(PROGRAM):
        return shutil.which(chosen)
    found = (shutil.which(name) for name in ("container", *_USUAL_PLACES))
    return next((path for path in found if path), None)


def may_start_system() -> bool:
    """Tell whether the person allowed to start the service."""
    return os.environ.get(START_SYSTEM, "").lower() in ("1", "true", "yes", "on")
