"""What a model may choose for a container, and what it may not."""

from __future__ import annotations

import errno
import platform
import socket
from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from clockwork.containers.ports import Port, parse_port
from clockwork.containers.volumes import Mount, parse_mount
from clockwork.errors import ProviderError
from clockwork.hook_types import CompletionContext, Refusal
from clockwork.logs import get_logger
from clockwork.paths import inside_project
from clockwork.resources.base import Resource
from clockwork_docker.client import connect, find_endpoint
from clockwork_docker.provider.ownership import FOLDER
from clockwork_docker.resource import DockerImage, DockerResource

_SOCKETS = ("docker.sock", "containerd.sock", "podman.sock", "crio.sock", "docker_engine")
_ONLY_YOURS = "only you may write it, and you write it in the file"
_MACHINES = {"x86_64": "amd64", "AMD64": "amd64", "aarch64": "arm64", "armv7l": "arm"}
_log = get_logger(__name__)


def refusals(
    resource: DockerResource | DockerImage, values: Mapping[str, Any], context: CompletionContext
) -> Iterable[Refusal]:
    """Refuse what would leave the project, control the host, or cannot work on this machine.

    Args:
        resource: The completed resource.
        values: What did not come from the user.
        context: The project and its other resources.
    """
    for field in ("privileged", "networks"):
        if values.get(field):
            yield Refusal(field, f"it gives rights over the host; {_ONLY_YOURS}")
    for text in values.get("volumes") or []:
        yield from _of_mount(parse_mount(text), context)
    for text in values.get("ports") or []:
        yield from _of_port(parse_port(text), resource, context)
    image_field = "name" if isinstance(resource, DockerImage) else "image"
    if image_field in values and resource.build is None:
        yield from _of_image(image_field, str(values[image_field]))


def _of_mount(mount: Mount, context: CompletionContext) -> Iterator[Refusal]:
    if mount.source.endswith(_SOCKETS) or mount.target.endswith(_SOCKETS):
        yield Refusal("volumes", f"{mount} gives the container the engine's socket; {_ONLY_YOURS}")
    elif mount.is_path and (outside := inside_project(mount.source, context.project)):
        yield Refusal("volumes", f"{outside}, or a named volume")


def _of_port(port: Port, resource: Resource, context: CompletionContext) -> Iterator[Refusal]:
    if port.host is None:
        return
    others = (other for other in context.resources if other.address != resource.address)
    for other in others:
        if isinstance(other, DockerResource) and port.host in _published(other):
            yield Refusal("ports", f"{other.address} publishes the port {port.host} already; choose another")
            return
    holder = _holder(port, context)
    if holder:
        yield Refusal("ports", f"the port {port.host} of the host is taken by {holder}; choose another")


def _published(other: DockerResource) -> set[int]:
    texts = (text for text in other.ports or [] if isinstance(text, str))
    return {port.host for port in map(parse_port, texts) if port.host is not None}


def _holder(port: Port, context: CompletionContext) -> str | None:
    """Say who has a port of the engine's host; ``None`` when it is free, ours, or cannot be seen."""
    try:
        running = connect().containers()
        is_local = find_endpoint().is_local
    except ProviderError as error:
        _log.debug("port not checked", port=port.host, reason=error.message)
        return None
    for container in running:
        if any(one.get("PublicPort") == port.host for one in container.get("Ports") or []):
            if (container.get("Labels") or {}).get(FOLDER) == str(context.project):
                return None
            return f"the container {container['Names'][0].lstrip('/')!r}"
    return "another program" if is_local and not _is_free(port) else None


def _is_free(port: Port) -> bool:
    kind = socket.SOCK_DGRAM if port.protocol == "udp" else socket.SOCK_STREAM
    family = socket.AF_INET6 if ":" in port.address else socket.AF_INET
    with socket.socket(family, kind) as probe:
        if kind is socket.SOCK_STREAM:
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((port.address, port.host or 0))
        except OSError as error:
            # Whether a low port is free only root can find out.
            return error.errno != errno.EADDRINUSE
    return True


def _of_image(field: str, name: str) -> Iterator[Refusal]:
    if _engine_has(name):
        return
    from clockwork_docker.registry import Finding, ask

    answer = ask(name)
    match answer.finding:
        case Finding.MISSING:
            yield Refusal(field, f"{name} does not exist in its registry; choose an image and a tag that do")
        case Finding.NEEDS_LOGIN:
            yield Refusal(field, f"{name} does not exist in its registry, or needs a login; choose another")
        case Finding.NOT_CHECKED:
            _log.debug("image not checked", image=name, reason=answer.reason)
        case Finding.EXISTS:
            wanted = _platform()
            if answer.platforms and wanted not in answer.platforms:
                listed = ", ".join(answer.platforms)
                yield Refusal(field, f"{name} is made for {listed}, and this engine is {wanted}")


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
