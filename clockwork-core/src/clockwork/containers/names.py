"""Patterns for names that every container engine takes, for ``pattern=`` and for ``re.fullmatch``."""

from __future__ import annotations

CONTAINER_NAME_PATTERN = r"^[a-zA-Z0-9][a-zA-Z0-9_.-]{1,62}$"
"""A container's name. It is a host name in the container's networks, hence at most 63 characters."""

VOLUME_NAME_PATTERN = r"^[a-zA-Z0-9][a-zA-Z0-9_.-]{1,254}$"
"""A volume's name."""

NETWORK_NAME_PATTERN = r"^[a-z0-9][a-z0-9_.-]{0,61}[a-z0-9]$"
"""A network's name, in lower case."""

IMAGE_PATTERN = (
    r"^(?:(?:[a-zA-Z0-9](?:[a-zA-Z0-9.-]*[a-zA-Z0-9])?|\[[0-9a-fA-F:]+\])(?::[0-9]{1,5})?/)?"
    r"[a-z0-9]+(?:(?:\.|_|__|-+)[a-z0-9]+)*(?:/[a-z0-9]+(?:(?:\.|_|__|-+)[a-z0-9]+)*)*"
    r"(?::[a-zA-Z0-9_][a-zA-Z0-9_.-]{0,127})?(?:@sha256:[0-9a-f]{64})?$"
)
"""An image: registry, repository, tag and digest, of which only the repository is needed."""
