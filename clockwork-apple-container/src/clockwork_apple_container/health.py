"""Whether Apple's containers can be had on this machine, for ``clockwork doctor``."""

from __future__ import annotations

import json
import platform
import re
import subprocess
import sys

from clockwork.hook_types import Health
from clockwork_apple_container.settings import find_program

OLDEST = (0, 10)
NETWORKS_SINCE = 26
_SECONDS = 20


def apple_container_health() -> Health:
    """Say whether the program is there, of which version, and whether its service runs."""
    program = find_program()
    if program is None:
        return _not_installed()
    try:
        version = _version_of(program)
        is_running = _is_running(program)
    except (OSError, subprocess.TimeoutExpired) as error:
        return Health(False, f"{program} does not answer: {error}", "Install it anew.")
    if version is None:
        return Health(
            False,
            f"{program} does not say its version",
            "Is it Apple's program? Name the right one in CW_APPLE_CONTAINER.",
        )
    told = f"container {'.'.join(map(str, version))} at {program}"
    if version < OLDEST:
        return Health(
            False, f"{told} is too old", "Update it: 0.10 and newer are understood, best 1.0 and newer."
        )
    if not is_running:
        return Health(False, f"{told}, but its service is not started", "Run `container system start`.")
    return Health(True, f"{told}, service running{_without_networks()}")


def _not_installed() -> Health:
    if sys.platform != "darwin":
        return Health(True, "not on a Mac: Apple's containers cannot be had here")
    return Health(
        False,
        "the `container` program is not installed",
        "Get it from https://github.com/apple/container/releases.",
    )


def _without_networks() -> str:
    release = platform.mac_ver()[0].partition(".")[0]
    if release and int(release) < NETWORKS_SINCE:
        return f"; macOS {release} has no networks of one's own"
    return ""


def _version_of(program: str) -> tuple[int, ...] | None:
    found = re.search(r"version (\d+(?:\.\d+)+)", _said(program, "--version").stdout)
    return tuple(map(int, found[1].split("."))) if found else None


def _is_running(program: str) -> bool:
    told = _said(program, "system", "status", "--format", "json")
    if told.returncode != 0:
        return False
    try:
        status = json.loads(told.stdout).get("status")
    except (json.JSONDecodeError, AttributeError):
        # Old versions print words whatever the format.
        return True
    return bool(status == "running")


def _said(*command: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        command, stdin=subprocess.DEVNULL, capture_output=True, text=True, check=False, timeout=_SECONDS
    )
