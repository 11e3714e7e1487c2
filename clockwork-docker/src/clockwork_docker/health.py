"""Docker's line in ``clockwork doctor``."""

from __future__ import annotations

from clockwork.errors import ProviderError
from clockwork.hook_types import Health


def docker_health() -> Health:
    """Say whether a Docker engine answers, which one, and where."""
    from clockwork_docker.client import connect, find_endpoint

    try:
        endpoint = find_endpoint()
        version = connect().version()
    except ProviderError as error:
        return Health(False, error.message, error.hint)
    return Health(True, f"Docker {version['Version']} at {endpoint.host} (from {endpoint.origin})")
