"""The person's logins at registries, as ``docker login`` keeps them."""

from __future__ import annotations

from clockwork.containers.registry import HUB

_HUBS_NAME = "https://index.docker.io/v1/"


def login_at(registry: str) -> tuple[str, str] | None:
    """Give the user's name and password at a registry; ``None`` where there is no login.

    Args:
        registry: Such as ``docker.io`` or ``ghcr.io``.
    """
    from docker import auth

    host = _HUBS_NAME if registry == HUB else registry
    found = auth.load_config().resolve_authconfig(host)
    return (found["username"], found["password"]) if found and found.get("username") else None
