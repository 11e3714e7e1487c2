"""Hosts as ``pulumi_command`` describes them, and back."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Any

from clockwork.providers.published import PublishedModel

if TYPE_CHECKING:
    from clockwork.hosts import SSHHost

_DEFAULT_PORT = 22
_DIAL_ERRORS = 10
"""How often Pulumi's own program tries; its default, so that it finds its own wish in the state."""


class ProxyConnection(PublishedModel):
    """The machine on the way to another; every input of the published type that holds no key or password."""

    host: str
    port: float | None = None
    user: str | None = None
    host_key: str | None = None
    per_dial_timeout: float | None = None
    dial_error_limit: float | None = None

    def to_host(self, jump: SSHHost | None = None) -> SSHHost:
        """Give the host that it describes, which has no other name than its address.

        Args:
            jump: The machine on the way to it.
        """
        from clockwork.hosts import SSHHost

        known = {
            "port": None if self.port is None else int(self.port),
            "user": self.user,
            "host_key": self.host_key,
            "connect_timeout_seconds": self.per_dial_timeout or None,
            "jump": jump,
        }
        return SSHHost(self.host, **{name: value for name, value in known.items() if value is not None})


class Connection(ProxyConnection):
    """How a machine is reached, in the words of the published type."""

    proxy: ProxyConnection | None = None

    def to_host(self, jump: SSHHost | None = None) -> SSHHost:
        """Give the host that it describes, with the machine on the way."""
        return super().to_host(self.proxy.to_host() if self.proxy else None)


def connection_of(host: SSHHost) -> dict[str, Any]:
    """Describe a host in the words of the published type, as far as they go.

    Args:
        host: The host; what stands for a later value in it stays so.
    """
    described = _described(host)
    return described if host.jump is None else {**described, "proxy": _described(host.jump)}


def is_all_said(host: SSHHost) -> bool:
    """Tell whether the published type says all of a host, so that Pulumi's own program reaches it too.

    That program checks no key of a host but one that it is given.

    Args:
        host: The host.
    """
    on_the_way = [host] if host.jump is None else [host, host.jump]
    if any(one.host_key is None or one.user is None for one in on_the_way):
        return False
    return Connection.model_validate(connection_of(host)).to_host() == host


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
