"""Turns declared things into the classes of ``pulumi_docker``."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pulumi
import pulumi_docker as docker

from clockwork.containers.ports import parse_port
from clockwork.containers.volumes import parse_mount
from clockwork_docker.resource.values import Build, Healthcheck, lifted, megabytes

if TYPE_CHECKING:
    from clockwork_docker.resource.container import DockerResource
    from clockwork_docker.resource.image import DockerImage

_MODES = ("host", "none")


def compile_container(declared: DockerResource) -> docker.Container:
    """Register a container, and before it the image that is built for it.

    Args:
        declared: The completed resource.
    """
    restart, _, times = (declared.restart or "").partition(":")
    networks = declared.networks or []
    mode = next((name for name in networks if name in _MODES), None)
    inputs: dict[str, Any] = {
        "name": declared.name,
        "image": _image(declared),
        "command": declared.command,
        "entrypoints": declared.entrypoint,
        "envs": [_variable(*pair) for pair in (declared.env_vars or {}).items()] or None,
        "ports": [lifted(_port, port) for port in declared.ports or []] or None,
        "volumes": [lifted(lambda text: _volume(text, declared.project), v) for v in declared.volumes or []]
        or None,
        "network_mode": mode,
        "networks_advanced": None
        if mode
        else [docker.ContainerNetworksAdvancedArgs(name=name) for name in networks] or None,
        "restart": restart or None,
        "max_retry_count": int(times) if times else None,
        "healthcheck": _healthcheck(declared.healthcheck) if declared.healthcheck else None,
        "wait": True if declared.healthcheck and declared.start else None,
        "memory": None if declared.memory is None else lifted(megabytes, declared.memory),
        "cpus": None if declared.cpus is None else lifted(lambda cpus: f"{cpus:g}", declared.cpus),
        "user": declared.user,
        "working_dir": declared.workdir,
        "labels": labels(declared.labels),
        "privileged": declared.privileged or None,
        "start": None if declared.start else False,
        "must_run": None if declared.start else False,
    }
    return docker.Container(declared.address, **inputs)


def pinned(declared: DockerResource | DockerImage, field: str) -> Any:
    """Give an image's name with the digest that the lock pins it to, as ``NAME:TAG@DIGEST``.

    Args:
        declared: The resource.
        field: Its field that names the image.
    """
    name, digest = getattr(declared, field), declared.pinned(field)
    return f"{name}@{digest}" if digest else name


def compile_image(address: str, name: str, build: Build | None, project: Path) -> docker.RemoteImage:
    """Register an image that is pulled, or built where it says how.

    Args:
        address: Its Pulumi name.
        name: The image's name.
        build: How it is built.
        project: The folder of the user's file.
    """
    if build is None:
        return docker.RemoteImage(address, name=name)
    described = docker.RemoteImageBuildArgs(
        context=str(build.folder(project)),
        dockerfile=build.dockerfile,
        build_args=build.args or None,
        target=build.target,
        platform=build.platform,
    )
    triggers = {"context": build.digest(project)}
    return docker.RemoteImage(address, name=name, build=described, triggers=triggers)


def labels(given: Mapping[str, Any]) -> list[Any] | None:
    """Give labels in Pulumi's form.

    Args:
        given: Their values by name.
    """
    return [{"label": name, "value": value} for name, value in given.items()] or None


def _image(declared: DockerResource) -> Any:
    if declared.build is None:
        return pinned(declared, "image")
    name = declared.image or f"clockwork-{str(declared.name).lower()}:latest"
    return compile_image(f"{declared.address}.image", name, declared.build, declared.project).image_id


def _variable(name: str, value: Any) -> Any:
    return f"{name}={value}" if isinstance(value, str) else pulumi.Output.concat(name, "=", value)


def _port(text: str) -> docker.ContainerPortArgs:
    port = parse_port(text)
    protocol = None if port.protocol == "tcp" else port.protocol
    return docker.ContainerPortArgs(
        internal=port.container, external=port.host, ip=port.address or None, protocol=protocol
    )


def _volume(text: str, project: Path) -> docker.ContainerVolumeArgs:
    mount = parse_mount(text)
    source = str((project / Path(mount.source).expanduser()).resolve()) if mount.is_path else mount.source
    return docker.ContainerVolumeArgs(
        container_path=mount.target,
        host_path=source if mount.is_path else None,
        volume_name=None if mount.is_path else source,
        read_only=mount.read_only or None,
    )


def _healthcheck(check: Healthcheck) -> docker.ContainerHealthcheckArgs:
    return docker.ContainerHealthcheckArgs(
        tests=check.tests(),
        interval=check.interval,
        timeout=check.timeout,
        retries=check.retries,
        start_period=check.start_period,
    )
