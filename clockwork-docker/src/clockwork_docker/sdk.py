"""Docker's SDK, imported when something of it is first needed: not before there is work for the engine."""

from __future__ import annotations

from importlib import import_module
from typing import Any

_HOMES = {
    "ContextAPI": "docker.context",
    "get_current_context_name": "docker.context.config",
    "APIError": "docker.errors",
    "BuildError": "docker.errors",
    "ContextNotFound": "docker.errors",
    "DockerException": "docker.errors",
    "ImageNotFound": "docker.errors",
    "NotFound": "docker.errors",
    "create_api_error_from_http_exception": "docker.errors",
    "TLSConfig": "docker.tls",
    "parse_repository_tag": "docker.utils",
    "ConnectionError": "requests.exceptions",
    "HTTPError": "requests.exceptions",
    "ReadTimeout": "requests.exceptions",
}


def __getattr__(name: str) -> Any:
    """Import a name from where the SDK, or the HTTP client below it, has it.

    Raises:
        AttributeError: It is not one of those that are used.
    """
    if name not in _HOMES:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    return getattr(import_module(_HOMES[name]), name)
