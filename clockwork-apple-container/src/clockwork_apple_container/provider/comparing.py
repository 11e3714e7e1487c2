"""What of a real container differs from the wish, and how a wish is written on the command line."""

from __future__ import annotations

import hashlib
import os
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path
from typing import Protocol

from clockwork.containers.ports import Port, parse_port
from clockwork.containers.volumes import Mount, parse_mount
from clockwork_apple_container.records import ANY_ADDRESS, ContainerRecord, MountRecord

VARIABLES = "clockwork.variables"
"""The label with a digest of the names of the variables that were wished for."""

DEFAULT_NETWORKS = ("default",)
NO_NETWORK = "none"
_DEFAULT_PART = "library/"
"""What the program puts before a repository that stands alone."""


class Wish(Protocol):
    """The inputs of a container that make it anew when they change."""

    name: str
    image: str
    ports: list[str]
    volumes: list[str]
    env_vars: dict[str, str]
    networks: list[str]


def differing_fields(record: ContainerRecord, wish: Wish, project: Path) -> list[str]:
    """Name the fields of a wish that a real container does not fulfil; orders do not matter.

    Args:
        record: The container.
        wish: The inputs.
        project: The folder of the user's file, to which paths are relative.
    """
    variables = record.labels.get(VARIABLES)
    same = {
        "name": record.name == wish.name,
        "image": is_same_image(record.image, wish.image),
        "ports": record.ports == frozenset(map(_published, wish.ports)),
        "volumes": _resolved(record.mounts) == _resolved(mounts_of(wish.volumes, project)),
        "env_vars": variables == digest_of_names(wish.env_vars)
        and wish.env_vars.items() <= record.environment.items(),
        "networks": record.networks == networks_of(wish.networks),
    }
    return [field for field, fulfilled in same.items() if not fulfilled]


def shown_of(record: ContainerRecord) -> dict[str, object]:
    """Give what a real container has, by field and as people write it; variables may be secret."""
    return {
        "image": record.image,
        "ports": sorted(map(str, record.ports)),
        "volumes": sorted(str(Mount(one.source, one.target, one.read_only)) for one in record.mounts),
        "networks": list(record.networks) or [NO_NETWORK],
    }


def is_same_image(full: str, wished: str) -> bool:
    """Tell whether a full reference is what a short one means, whatever the default registry is."""
    registry, repository = split_image(wished)
    full_registry, full_repository = split_image(full)
    return registry in ("", full_registry) and repository == full_repository


def split_image(reference: str) -> tuple[str, str]:
    """Split a reference into its registry, empty when it has none, and the rest with a tag."""
    with_tag = reference if _has_tag(reference) else f"{reference}:latest"
    first, slash, rest = with_tag.partition("/")
    has_registry = bool(slash) and ("." in first or ":" in first or first == "localhost")
    registry, repository = (first, rest) if has_registry else ("", with_tag)
    return registry, repository.removeprefix(_DEFAULT_PART)


def mounts_of(volumes: Iterable[str], project: Path) -> frozenset[MountRecord]:
    """Read mounts as the program will tell them: paths of the host in full."""
    return frozenset(_record_of(parse_mount(text), project) for text in volumes)


def networks_of(networks: list[str]) -> tuple[str, ...]:
    """The networks that a container is attached to when these are wished for."""
    if networks == [NO_NETWORK]:
        return ()
    return tuple(networks) or DEFAULT_NETWORKS


def flags_of_wish(wish: Wish, project: Path) -> list[str]:
    """Write a wish as the program takes it, without name, image and variables."""
    return list(
        _flags(
            map(_published, wish.ports),
            mounts_of(wish.volumes, project),
            wish.networks or DEFAULT_NETWORKS,
        )
    )


def flags_of_record(record: ContainerRecord) -> list[str]:
    """Write a real container as the program takes it, to make it again."""
    return list(_flags(record.ports, record.mounts, record.networks or (NO_NETWORK,)))


def digest_of_names(variables: Mapping[str, str]) -> str:
    """A digest of the names of variables, which tells whether one was added or removed."""
    return hashlib.sha256("\n".join(sorted(variables)).encode()).hexdigest()[:32]


def _flags(ports: Iterable[Port], mounts: Iterable[MountRecord], networks: Iterable[str]) -> Iterator[str]:
    for port in sorted(ports, key=str):
        address = f"[{port.address}]" if ":" in port.address else port.address
        yield from ("--publish", f"{address}:{port.host}:{port.container}/{port.protocol}")
    for mount in sorted(mounts, key=lambda one: one.target):
        yield from ("--volume", f"{mount.source}:{mount.target}{':ro' if mount.read_only else ''}")
    for network in networks:
        yield from ("--network", network)


def _published(text: str) -> Port:
    port = parse_port(text)
    return Port(port.container, port.host, port.address or ANY_ADDRESS, port.protocol)


def _record_of(mount: Mount, project: Path) -> MountRecord:
    source = mount.source
    if mount.is_path:
        source = os.path.normpath(project / Path(source).expanduser())
    return MountRecord(source, mount.target, mount.read_only, not mount.is_path)


def _resolved(mounts: Iterable[MountRecord]) -> set[tuple[str, str, bool]]:
    return {
        (one.source if one.is_volume else os.path.realpath(one.source), one.target, one.read_only)
        for one in mounts
    }


def _has_tag(reference: str) -> bool:
    return "@" in reference or ":" in reference.rpartition("/")[2]
