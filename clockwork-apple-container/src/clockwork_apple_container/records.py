"""What the ``container`` program tells of its things, in the shapes of 1.x and of the versions before."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any, Self

from clockwork.containers.ports import Port
from clockwork.errors import ProviderError

ANY_ADDRESS = "0.0.0.0"
"""What the program publishes on unless it is told otherwise."""


@dataclass(frozen=True)
class MountRecord:
    """Something that a container mounts; a volume by its name, anything else by its path."""

    source: str
    target: str
    read_only: bool
    is_volume: bool


@dataclass(frozen=True)
class ContainerRecord:
    """A container as it is.

    Attributes:
        name: Its name, which is its id.
        running: Whether its process runs.
        was_started: Whether it ran since the service was started.
        image: The full reference that it was made from.
        digest: What that reference meant then.
        environment: Its variables, those of the image included.
        ports: What it publishes.
        mounts: What it mounts.
        networks: Where it is attached, the first one first.
        address: Its IPv4 address while it runs.
        labels: What it was marked with when it was made.
    """

    name: str
    running: bool
    was_started: bool
    image: str
    digest: str
    environment: Mapping[str, str]
    ports: frozenset[Port]
    mounts: frozenset[MountRecord]
    networks: tuple[str, ...]
    address: str
    labels: Mapping[str, str]

    @classmethod
    def of(cls, told: Mapping[str, Any]) -> Self:
        """Read one container."""
        status, wanted = told["status"], told["configuration"]
        # Up to 0.12 the status was a word, and what it holds now stood beside it.
        now = status if isinstance(status, Mapping) else {**told, "state": status}
        attached = now.get("networks") or ()
        addresses = (one.get("ipv4Address") or one.get("address") or "" for one in attached)
        return cls(
            name=wanted["id"],
            running=now["state"] == "running",
            was_started=now.get("startedDate") is not None,
            image=wanted["image"]["reference"],
            digest=wanted["image"]["descriptor"]["digest"],
            environment=dict(
                entry.partition("=")[::2] for entry in wanted["initProcess"].get("environment", ())
            ),
            ports=frozenset(_ports(wanted.get("publishedPorts") or ())),
            mounts=frozenset(_mount(one) for one in wanted.get("mounts") or ()),
            networks=tuple(one["network"] for one in wanted.get("networks") or ()),
            address=next(addresses, "").partition("/")[0],
            labels=wanted.get("labels") or {},
        )


@dataclass(frozen=True)
class NetworkRecord:
    """A network as it is."""

    name: str
    internal: bool
    subnet: str
    gateway: str
    labels: Mapping[str, str]

    @classmethod
    def of(cls, told: Mapping[str, Any]) -> Self:
        """Read one network."""
        wanted = told.get("configuration") or told["config"]
        status = told.get("status") or {}
        return cls(
            name=told["id"],
            internal=wanted.get("mode") == "hostOnly",
            subnet=status.get("ipv4Subnet") or status.get("address") or "",
            gateway=status.get("ipv4Gateway") or status.get("gateway") or "",
            labels=wanted.get("labels") or {},
        )


@dataclass(frozen=True)
class VolumeRecord:
    """A volume as it is."""

    name: str
    size: int
    labels: Mapping[str, str]

    @classmethod
    def of(cls, told: Mapping[str, Any]) -> Self:
        """Read one volume."""
        wanted = told.get("configuration") or told
        return cls(wanted["name"], int(wanted.get("sizeInBytes") or 0), wanted.get("labels") or {})


def items_in(text: str, command: str) -> list[Mapping[str, Any]]:
    """Read the list that a command printed.

    Raises:
        ProviderError: It is no list in JSON.
    """
    try:
        found = json.loads(text)
    except json.JSONDecodeError:
        found = None
    if not isinstance(found, list):
        raise ProviderError(
            f"`container {command}` printed something that is not a list in JSON: {text[:80]!r}",
            hint="`container --version` tells which version there is; 0.10 and newer are understood.",
        )
    return found


def _ports(told: Any) -> Iterator[Port]:
    for one in told:
        for step in range(one.get("count", 1)):
            yield Port(
                one["containerPort"] + step,
                one["hostPort"] + step,
                one["hostAddress"],
                one.get("proto", "tcp"),
            )


def _mount(told: Mapping[str, Any]) -> MountRecord:
    volume = told["type"].get("volume")
    source = volume["name"] if volume else told["source"]
    return MountRecord(source, told["destination"], "ro" in told.get("options", ()), volume is not None)
