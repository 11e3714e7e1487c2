"""What a model may choose for a container, and what it may not."""

from __future__ import annotations

import platform
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import replace
from functools import partial
from pathlib import Path
from typing import Any

from clockwork.containers.host_ports import is_free
from clockwork.containers.mounted import missing_path
from clockwork.containers.ports import Port, parse_port
from clockwork.containers.volumes import Mount, parse_mount
from clockwork.errors import ProviderError
from clockwork.guard.paths import refused_path
from clockwork.guard.rules import STRANGE_PATH
from clockwork.hook_types import Check, CompletionContext, GuardRule, NotChecked, Refusal
from clockwork.paths import followed
from clockwork.placeholders import has_placeholder
from clockwork.resources.base import Resource
from clockwork_docker.client import connect, find_endpoint
from clockwork_docker.provider.ownership import FOLDER
from clockwork_docker.resource import DockerImage, DockerResource

_SOCKETS = ("docker.sock", "containerd.sock", "podman.sock", "crio.sock", "docker_engine")
_USUAL_SOCKETS = tuple(
    Path(f"{run}/{name}")
    for run in ("/run", "/var/run")
    for name in ("docker.sock", "containerd/containerd.sock", "podman/podman.sock", "crio/crio.sock")
)
_ONLY_YOURS = "only you may write it, and you write it in the file"
_MACHINES = {"x86_64": "amd64", "AMD64": "amd64", "aarch64": "arm64", "armv7l": "arm"}
HOST_RIGHTS = GuardRule(
    "host-rights", "privileged mode, the host's network and the container engine's socket"
)
RULES = (HOST_RIGHTS,)


def refusals(
    resource: DockerResource | DockerImage, values: Mapping[str, Any], context: CompletionContext
) -> Iterable[Refusal]:
    """Refuse what would leave the project, control the host, or take another resource's port.

    Args:
        resource: The completed resource.
        values: What did not come from the user.
        context: The project and its other resources.
    """
    for field in ("privileged", "networks"):
        if values.get(field):
            yield Refusal(field, f"it gives rights over the host; {_ONLY_YOURS}", HOST_RIGHTS.name, field)
    for text in values.get("volumes") or []:
        yield from _of_mount(text, context)
    for port in _ports(values):
        yield from _of_others(port, resource, context)


def checks(
    resource: DockerResource | DockerImage, values: Mapping[str, Any], context: CompletionContext
) -> Iterable[Check]:
    """Find out whether images exist for this engine, and mounted paths and free ports on its host.

    Args:
        resource: The completed resource.
        values: The model's values.
        context: The project and its other resources.
    """
    for mount in _mounts(values):
        if mount.is_path:
            asks = f"whether {mount.source} is there"
            yield Check("volumes", asks, partial(_missing_path, mount.source, context))
    for port in _ports(values):
        if port.host is not None:
            yield Check("ports", f"whether the port {port.host} is free", partial(_taken, port, context))
    field = "name" if isinstance(resource, DockerImage) else "image"
    image = values.get(field)
    if image and resource.build is None and not has_placeholder(image):
        yield Check(field, f"whether {image} exists", partial(_wrong_image, str(image)))


def _of_mount(text: str, context: CompletionContext) -> Iterator[Refusal]:
    if has_placeholder(text):
        yield Refusal(
            "volumes", f"{text} holds a value that is known only later; write the whole mount", STRANGE_PATH
        )
        return
    mount = parse_mount(text)
    is_socket = mount.source.endswith(_SOCKETS)
    if is_socket or mount.target.endswith(_SOCKETS) or _leads_to_socket(mount, context.project):
        reason = f"{mount} gives the container the engine's socket; {_ONLY_YOURS}"
        yield Refusal("volumes", reason, HOST_RIGHTS.name, text)
    if mount.is_path and not is_socket:
        for refusal in refused_path("volumes", mount.source, context.project):
            yield replace(refusal, reason=f"{refusal.reason}, or a named volume")


def _leads_to_socket(mount: Mount, project: Path) -> bool:
    """Tell whether a path is a link to an engine's socket, or a folder with one somewhere in it."""
    try:
        ends = followed(mount.source, project) if mount.is_path else ()
    except (OSError, RuntimeError, ValueError):
        return False
    return any(
        str(end).endswith(_SOCKETS) or any(socket.is_relative_to(end) for socket in _USUAL_SOCKETS)
        for end in ends
    )


def _ports(values: Mapping[str, Any]) -> Iterator[Port]:
    texts = (text for text in values.get("ports") or [] if not has_placeholder(text))
    return map(parse_port, texts)


def _mounts(values: Mapping[str, Any]) -> Iterator[Mount]:
    texts = (text for text in values.get("volumes") or [] if not has_placeholder(text))
    return map(parse_mount, texts)


def _missing_path(source: str, context: CompletionContext) -> str | None:
    if not find_endpoint().is_local:
        raise NotChecked("the engine runs on another machine")
    return missing_path(source, context)


def _of_others(port: Port, resource: Resource, context: CompletionContext) -> Iterator[Refusal]:
    for other in context.resources:
        is_another = isinstance(other, DockerResource) and other.address != resource.address
        if is_another and port.host is not None and port.host in _published(other):
            yield Refusal("ports", f"{other.address} publishes the port {port.host} already; choose another")
            return


def _taken(port: Port, context: CompletionContext) -> str | None:
    holder = _holder(port, context)
    return f"the port {port.host} of the host is taken by {holder}; choose another" if holder else None


def _published(other: Resource) -> set[int]:
    return {port.host for port in _ports(dict(other)) if port.host is not None}


def _holder(port: Port, context: CompletionContext) -> str | None:
    """Say who has a port of the engine's host; ``None`` when it is free or ours."""
    try:
        running = connect().containers()
        is_local = find_endpoint().is_local
    except ProviderError as error:
        raise NotChecked(error.message) from None
    for container in running:
        if any(one.get("PublicPort") == port.host for one in container.get("Ports") or []):
            if (container.get("Labels") or {}).get(FOLDER) == str(context.project):
                return None
            return f"the container {container['Names'][0].lstrip('/')!r}"
    return "another program" if is_local and not is_free(port) else None


def _wrong_image(name: str) -> str | None:
    if _engine_has(name):
        return None
    from clockwork.containers.registry import wrong_image
    from clockwork_docker.logins import login_at

    return wrong_image(name, _platform(), login_at)


def _engine_has(name: str) -> bool:
    from clockwork_docker.provider.images import find_image

    try:
        return find_image(connect(), name) is not None
    except ProviderError:
        return False


def _platform() -> str:
    """The engine's platform; this machine's where no engine answers."""
    try:
        version = connect().version()
        return f"{version['Os']}/{version['Arch']}"
    except ProviderError:
        return f"linux/{_MACHINES.get(platform.machine(), platform.machine())}"
