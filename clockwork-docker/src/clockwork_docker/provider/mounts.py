"""Paths of the host that a container mounts, and that may not be there."""

from __future__ import annotations

import re
from pathlib import Path

from clockwork.errors import ProviderError
from clockwork.providers.embedded import Call
from clockwork_docker.client import find_endpoint
from clockwork_docker.provider.models import ContainerInputs

_MISSING = re.compile(r"bind source path does not exist: (?P<path>.+?)\s*$")


def tell_of_missing_paths(inputs: ContainerInputs, call: Call) -> None:
    """Say which mounted paths are not there yet, unless a resource of the stack is about to make them.

    An engine on another machine has its own paths, which cannot be looked at.

    Args:
        inputs: What the container should be.
        call: Told of each path.
    """
    if not find_endpoint().is_local:
        return
    for path in _paths(inputs):
        if not path.exists() and not call.siblings.is_wanted_in(path, call.project):
            call.note(f"{path} does not exist: the container cannot be made unless something makes it first")


def path_missing(reason: str, call: Call) -> ProviderError | None:
    """Make a better error of a refusal to mount a path.

    Args:
        reason: What the engine said.
        call: The call that failed.

    Returns:
        The error that names the path; ``None`` when the refusal is about something else.
    """
    found = _MISSING.search(reason)
    if found is None:
        return None
    return ProviderError(
        f"the path {found['path']} that it mounts does not exist on the engine's host",
        address=call.name,
        field="volumes",
        hint="Make it, correct it, or mount a named volume; what a resource makes is there in time for who "
        "depends on that resource.",
    )


def _paths(inputs: ContainerInputs) -> set[Path]:
    volumes = (volume.host_path for volume in inputs.volumes or [])
    mounts = (mount.source for mount in inputs.mounts or [] if mount.type == "bind")
    return {Path(path) for path in (*volumes, *mounts) if path}
