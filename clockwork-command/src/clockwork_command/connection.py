"""Hosts as ``pulumi_command`` describes them, and back; light to import."""

from __future__ import annotations

import math
from collections.abc import Mapping
from typing import Any

from clockwork.hosts import SSHHost

_DEFAULT_PORT = 22
_DIAL_ERRORS = 10
"""How often Pulumi's own program tries; its default, so that it finds its own wish in the state."""


def connection_of(host: SSHHost) -> dict[str, Any]:
    """Describe a host in the words of the published type, as far as they go.

    Args:
        host: The host; what stands for a later value in it stays so.
    """
    described = _described(host)
    return described if host.jump is None else {**described, "proxy": _described(host.jump)}


def host_of(connection: Mapping[str, Any]) -> SSHHost:
    """Give the host that a connection describes, which has no other name than its address.

    Args:
        connection: What :func:`connection_of` gives, or somebody else wrote.
    """
    port, proxy = connection.get("port"), connection.get("proxy")
    known = {
        "port": None if port is None else int(port),
        "user": connection.get("user"),
        "host_key": connection.get("host_key"),
        "connect_timeout_seconds": connection.get("per_dial_timeout") or None,
        "jump": host_of(proxy) if proxy else None,
    }
    return SSHHost(connection["host"], **{name: value for name, value in known.items() if value is not None})


def is_all_said(host: SSHHost) -> bool:
    """Tell whether the published type says all of a host, so that Pulumi's own program reaches it too.

    That program checks no key of a host but one that it is given.

    Args:
        host: The host.
    """
    on_the_way = [host] if host.jump is None else [host, host.jump]
    if any(one.host_key is None or one.user is None for one in on_the_way):
        return False
    return host_of(connection_of(host)) == host


def _described(host: SSHHost) -> dict[str, Any]:
    found = {
        "host": host.address or host.name,
        "port": float(host.port or _DEFAULT_PORT),
        "user": host.user,
        "host_key": host.host_key,
        "per_dial_timeout": math.ceil(host.connect_timeout_seconds),
        "dial_error_limit": _DIAL_ERRORS,
    }
    return {name: value for name, value in found.items() if value is not None}
