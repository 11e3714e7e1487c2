"""A published port of a container, and how people write one."""

from __future__ import annotations

from dataclasses import dataclass
from ipaddress import ip_address
from typing import Annotated

from pydantic import WithJsonSchema

PROTOCOLS = ("tcp", "udp", "sctp")
_FORMS = "write CONTAINER, HOST:CONTAINER or ADDRESS:HOST:CONTAINER, each with /udp behind it if need be"

PortText = Annotated[
    str, WithJsonSchema({"type": "string", "pattern": r"^([0-9.]+:)?[0-9]{2,5}:[0-9]{1,5}(/(tcp|udp))?$"})
]
"""A published port as people write it; of a model, the forms alone that it needs."""


@dataclass(frozen=True)
class Port:
    """A port of a container, and where the host publishes it.

    ``str(port)`` is its canonical text, which :func:`parse_port` reads back.

    Attributes:
        container: The port inside the container.
        host: The port on the host; ``None`` lets the container engine choose a free one.
        address: The host's address that is listened on; empty for all of them.
        protocol: ``tcp``, ``udp`` or ``sctp``.

    Raises:
        ValueError: A port is not one of 1 to 65535, the address is none, or the protocol is unknown.
    """

    container: int
    host: int | None = None
    address: str = ""
    protocol: str = "tcp"

    def __post_init__(self) -> None:
        for number in (self.container, self.host):
            if number is not None and not 1 <= number <= 65535:
                raise ValueError(f"port {number} is not between 1 and 65535")
        if self.protocol not in PROTOCOLS:
            raise ValueError(f"protocol {self.protocol!r} is not one of {', '.join(PROTOCOLS)}")
        object.__setattr__(self, "address", _canonical(self.address))

    def __str__(self) -> str:
        """The port as people write it, in its shortest form."""
        host = "" if self.host is None else str(self.host)
        address = f"[{self.address}]" if ":" in self.address else self.address
        published = f"{address}:{host}:" if address else f"{host}:" if host else ""
        return f"{published}{self.container}{'' if self.protocol == 'tcp' else '/' + self.protocol}"


def parse_port(text: str) -> Port:
    """Read a port as people write it.

    Args:
        text: Such as ``80``, ``8080:80``, ``127.0.0.1:8080:80/udp``, ``[::1]:8080:80`` or
            ``127.0.0.1::80``, where the engine chooses the port of the host.

    Returns:
        The port.

    Raises:
        ValueError: The text is no port; the message says what is wrong with which part.
    """
    published, slash, protocol = text.partition("/")
    address, numbers = _split_address(text, published)
    host = "" if len(numbers) == 1 else numbers[0]
    if address == "" and host == "" and len(numbers) > 1:
        raise ValueError(f"{text!r} has no host port before the colon; {_FORMS}")
    try:
        return Port(
            container=_number(numbers[-1]),
            host=_number(host) if host else None,
            address=address,
            protocol=protocol.lower() if slash else "tcp",
        )
    except ValueError as error:
        raise ValueError(f"{text!r}: {error}") from None


def _split_address(text: str, published: str) -> tuple[str, list[str]]:
    """Give the address, without brackets, and the one or two numbers behind it."""
    if published.startswith("["):
        address, closed, rest = published[1:].partition("]:")
        numbers = rest.split(":")
        if not closed or len(numbers) != 2 or ":" not in address:
            raise ValueError(f"{text!r}: an IPv6 address is written [ADDRESS]:HOST:CONTAINER")
        return address, numbers
    parts = published.split(":")
    if len(parts) > 3:
        raise ValueError(
            f"{text!r} has too many colons; write an IPv6 address in brackets, as in [::1]:8080:80"
        )
    if len(parts) == 3:
        if not parts[0]:
            raise ValueError(f"{text!r} has no address before the first colon; {_FORMS}")
        return parts[0], parts[1:]
    return "", parts


def _number(text: str) -> int:
    if text.isascii() and text.isdigit() and len(text) <= 5:
        return int(text)
    if "-" in text:
        raise ValueError(f"{text!r} is a range; write each port on its own")
    raise ValueError(
        f"{text!r} is not a port between 1 and 65535" if text else f"a port is missing; {_FORMS}"
    )


def _canonical(address: str) -> str:
    if not address:
        return ""
    try:
        found = ip_address(address)
    except ValueError:
        raise ValueError(f"{address!r} is not an IP address of the host") from None
    if "%" in address:
        raise ValueError(f"{address!r}: an address with a zone cannot be published")
    return str(found)
