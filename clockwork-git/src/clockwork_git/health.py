"""Git's line in ``clockwork doctor``."""

from __future__ import annotations

import subprocess

from clockwork.errors import ProviderError
from clockwork.hook_types import Health
from clockwork_git.git import find_git


def git_health() -> Health:
    """Say which git there is, and where."""
    try:
        program = find_git()
    except ProviderError as error:
        return Health(False, error.message, error.hint)
    told = subprocess.run([program, "--version"], capture_output=True, text=True, check=False)
    if told.returncode != 0:
        return Health(False, f"{program} does not work: {told.stderr.strip()}", "Install git anew.")
    return Health(True, f"{told.stdout.strip()} at {program}")
