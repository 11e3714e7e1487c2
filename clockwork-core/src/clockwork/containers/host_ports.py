"""Ports of this machine: who claims one, and whether one is free."""

from __future__ import annotations

import errno
import re
import socket

from clockwork.containers.ports import Port

_EVERYWHERE = ("", "0.0.0.0", "::")
_SOCKETS = {"tcp": socket.SOCK_STREAM, "udp": socket.SOCK_DGRAM}


def claim_on(port: Port) -> str | None:
    """Say which port of this machine a resource claims, for its ``claims()``.

    Plugins for containers say it alike, so that two resources of different plugins are found too.

    Args:
        port: The published port.

    Returns:
        Such as ``host port 8080/tcp`` or ``host port 127.0.0.1:53/udp``; ``None`` when the container
        engine chooses the port.
    """
    if port.host is None:
        return None
    address = f"[{port.address}]" if ":" in port.address else port.address
    place = "" if port.address in _EVERYWHERE else f"{address}:"
    return f"host port {place}{port.host}/{port.protocol}"


def claimed_port(claim: str) -> tuple[int, str] | None:
    """Read the port and its protocol out of a claim, whatever address it is at.

    Args:
        claim: What a resource claims.

    Returns:
        Such as ``(8080, "tcp")``; ``None`` when something else is claimed.
    """
    found = re.fullmatch(r"host port (?:.*:)?(\d+)/(\w+)", claim) if claim.startswith("host port ") else None
    return (int(found[1]), found[2]) if found else None


def is_everywhere(claim: str) -> bool:
    """Tell whether a claim is on a port at all addresses of this machine.

    Args:
        claim: What a resource claims.
    """
    return re.fullmatch(r"host port \d+/\w+", claim) is not None


def is_free(port: Port) -> bool:
    """Tell whether nothing listens on the port of this machine that is to be published.

    A port that may not be tried, or whose address or protocol this machine does not know, counts as free:
    the container engine will say what is wrong with it.

    Args:
        port: The published port.
    """
    kind = _SOCKETS.get(port.protocol)
    if port.host is None or kind is None:
        return True
    family = socket.AF_INET6 if ":" in port.address else socket.AF_INET
    with socket.socket(family, kind) as tried:
        if kind is socket.SOCK_STREAM:
            # Connections that have ended, and still wait for stragglers, are in nobody's way.
            tried.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            tried.bind((port.address, port.host))
        except OSError as error:
            return error.errno != errno.EADDRINUSE
    return True
