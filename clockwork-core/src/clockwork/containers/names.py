"""Names that every container engine takes: patterns for them, and the full name of an image."""

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


def image_name(name: str) -> str:
    """Give an image's full name: with its registry and its tag, ``latest`` where none is written.

    Args:
        name: The image, as people write it.
    """
    if name.startswith("sha256:"):
        return name
    rest, at, digest = name.partition("@")
    head, slash, tail = rest.rpartition("/")
    repository, colon, tag = tail.partition(":")
    path = f"{head}{slash}{repository}"
    first = path.split("/")[0]
    if "/" not in path:
        path = f"docker.io/library/{path}"
    elif not ("." in first or ":" in first or first == "localhost"):
        path = f"docker.io/{path}"
    path = path.replace("index.docker.io/", "docker.io/", 1)
    return f"{path}@{digest}" if at else f"{path}:{tag if colon else 'latest'}"
