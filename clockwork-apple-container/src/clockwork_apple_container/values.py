"""What people write in ports, volumes, networks and variables, checked for what the program takes."""

from __future__ import annotations

import re
from collections.abc import Iterable
from ipaddress import IPv4Network

from clockwork.containers.env import check_env
from clockwork.containers.names import NETWORK_NAME_PATTERN
from clockwork.containers.ports import Port, parse_port
from clockwork.containers.volumes import parse_mount
from clockwork.placeholders import is_literal

MOST_PORTS = 64
_EVERYWHERE = {"": "127.0.0.1", "0.0.0.0": "127.0.0.1", "::": "::1"}

SIZE_PATTERN = r"^[1-9][0-9]*[KMGT]?$"
"""How much a volume can hold, such as ``10G``."""


def check_ports(texts: list[str]) -> list[str]:
    """Check published ports.

    Raises:
        ValueError: One is none, has no port of the host, or is published twice.
    """
    if len(texts) > MOST_PORTS:
        raise ValueError(f"a container can publish {MOST_PORTS} ports, not {len(texts)}")
    taken: set[tuple[int, str]] = set()
    for text in known(texts):
        port = parse_port(text)
        if port.host is None:
            raise ValueError(f"{text!r} has no port of this machine; write HOST:{port.container}")
        if min(port.host, port.container) < 2:
            raise ValueError(f"{text!r}: port 1 cannot be published")
        if port.protocol not in ("tcp", "udp"):
            raise ValueError(f"{text!r}: only tcp and udp can be published")
        if (port.host, port.protocol) in taken:
            raise ValueError(f"{text!r}: port {port.host} of this machine is published twice")
        taken.add((port.host, port.protocol))
    return texts


def check_volumes(texts: list[str]) -> list[str]:
    """Check mounts.

    Raises:
        ValueError: One is none, or two are at one place of the container.
    """
    targets: set[str] = set()
    for text in known(texts):
        mount = parse_mount(text)
        if mount.target in targets:
            raise ValueError(f"{text!r}: something else is mounted at {mount.target}")
        targets.add(mount.target)
    return texts


def check_networks(names: list[str]) -> list[str]:
    """Check the networks of a container.

    Raises:
        ValueError: A name cannot be a network's, stands twice, or ``none`` is not alone.
    """
    for name in known(names):
        if not re.fullmatch(NETWORK_NAME_PATTERN, name):
            raise ValueError(f"{name!r} is no network's name: lower-case letters, digits, and . _ -")
    if len(set(names)) != len(names):
        raise ValueError("a network is named twice")
    if "none" in names and len(names) > 1:
        raise ValueError("none means that there is no network; it must stand alone")
    return names


def check_variables(variables: dict[str, str]) -> dict[str, str]:
    """Check an environment.

    Raises:
        ValueError: A name is none, or a value holds NUL.
    """
    check_env(variables)
    return variables


def check_subnet(subnet: str | None) -> str | None:
    """Check the addresses of a network.

    Raises:
        ValueError: They are no IPv4 network.
    """
    if subnet is not None:
        try:
            IPv4Network(subnet)
        except ValueError:
            raise ValueError(f"{subnet!r} is no IPv4 network such as 10.9.0.0/24") from None
    return subnet


def bytes_of(size: str) -> int:
    """Read a size such as ``10G``, in powers of 1024."""
    unit = size[-1]
    return int(size) if unit.isdigit() else int(size[:-1]) * 1024 ** ("KMGT".index(unit) + 1)


def reachable(port: Port) -> str:
    """The host at which a published port is reached from this machine, as it stands in a URL."""
    address = _EVERYWHERE.get(port.address, port.address)
    return f"[{address}]" if ":" in address else address


def known(texts: Iterable[str] | None) -> list[str]:
    """Those of several texts that stand for themselves, and not for a value that is known later."""
    return [text for text in texts or () if is_literal(text)]


def host_ports(texts: Iterable[str]) -> list[tuple[int, str]]:
    """The ports of this machine that are published, with their protocols."""
    ports = (parse_port(text) for text in texts)
    return [(port.host, port.protocol) for port in ports if port.host is not None]
