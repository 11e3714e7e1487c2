"""Translates the inputs of a container to the engine's own configuration."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from clockwork_docker.provider.canonical import seconds
from clockwork_docker.provider.models import ContainerInputs, Healthcheck, NetworkAttachment, VolumeInput

_MEGABYTE = 1024 * 1024
_NANO = 1_000_000_000


def configuration(inputs: ContainerInputs, labels: Mapping[str, str]) -> dict[str, Any]:
    """Give the body of the engine's request that creates a container.

    The first network is part of it; an engine joins the others later, one by one.

    Args:
        inputs: What the container should be.
        labels: The labels by which Clockwork knows it.
    """
    first = next(iter(inputs.networks_advanced or []), None)
    own = {label.label: label.value for label in inputs.labels or []}
    body: dict[str, Any] = {
        "Image": inputs.image,
        "Cmd": inputs.command,
        "Entrypoint": inputs.entrypoints,
        "Env": inputs.envs,
        "User": inputs.user,
        "WorkingDir": inputs.working_dir,
        "Hostname": inputs.hostname,
        "Domainname": inputs.domainname,
        "Labels": {**own, **labels},
        "ExposedPorts": {_port_key(port.internal, port.protocol): {} for port in inputs.ports or []},
        "Healthcheck": _healthcheck(inputs.healthcheck),
        "StopSignal": inputs.stop_signal,
        "StopTimeout": inputs.stop_timeout,
        "OpenStdin": inputs.stdin_open,
        "Tty": inputs.tty,
        "HostConfig": _host_configuration(inputs),
        "NetworkingConfig": {"EndpointsConfig": {first.name: endpoint(first)}} if first else None,
    }
    return _set(body)


def endpoint(attachment: NetworkAttachment) -> dict[str, Any]:
    """Give the engine's settings of a container in one network."""
    addresses = {"IPv4Address": attachment.ipv4_address, "IPv6Address": attachment.ipv6_address}
    return _set({"Aliases": attachment.aliases, "IPAMConfig": _set(addresses) or None})


def resources(inputs: ContainerInputs) -> dict[str, Any]:
    """Give what the engine can also change later: limits and the restart policy."""
    return {
        "Memory": (inputs.memory or 0) * _MEGABYTE,
        "MemorySwap": _swap(inputs),
        "MemoryReservation": (inputs.memory_reservation or 0) * _MEGABYTE,
        "NanoCpus": round(float(inputs.cpus) * _NANO) if inputs.cpus else 0,
        "CpuShares": inputs.cpu_shares or 0,
        "CpusetCpus": inputs.cpu_set or "",
        "RestartPolicy": {
            "Name": inputs.restart or "no",
            "MaximumRetryCount": inputs.max_retry_count or 0,
        },
    }


def _host_configuration(inputs: ContainerInputs) -> dict[str, Any]:
    capabilities, volumes = inputs.capabilities, inputs.volumes or []
    hosts_paths = [one for one in volumes if one.host_path and not one.from_container]
    first = next(iter(inputs.networks_advanced or []), None)
    return _set(
        {
            **resources(inputs),
            "Binds": [_bind(one) for one in volumes if not one.host_path and not one.from_container],
            "VolumesFrom": [one.from_container for one in volumes if one.from_container],
            "Mounts": [*map(_mount_of_host, hosts_paths), *map(_mount, inputs.mounts or [])],
            "Tmpfs": inputs.tmpfs,
            "PortBindings": _bindings(inputs),
            "PublishAllPorts": inputs.publish_all_ports,
            "NetworkMode": inputs.network_mode or (first.name if first else None),
            "Dns": inputs.dns,
            "DnsOptions": inputs.dns_opts,
            "DnsSearch": inputs.dns_searches,
            "ExtraHosts": [f"{host.host}:{host.ip}" for host in inputs.hosts or []],
            "ShmSize": inputs.shm_size and inputs.shm_size * _MEGABYTE,
            "Privileged": inputs.privileged,
            "CapAdd": capabilities and capabilities.adds,
            "CapDrop": capabilities and capabilities.drops,
            "Devices": [_device(device) for device in inputs.devices or []],
            "GroupAdd": inputs.group_adds,
            "SecurityOpt": inputs.security_opts,
            "Sysctls": inputs.sysctls,
            "Ulimits": [{"Name": u.name, "Soft": u.soft, "Hard": u.hard} for u in inputs.ulimits or []],
            "PidMode": inputs.pid_mode,
            "IpcMode": inputs.ipc_mode,
            "UsernsMode": inputs.userns_mode,
            "ReadonlyRootfs": inputs.read_only,
            "Init": inputs.init,
            "LogConfig": {"Type": inputs.log_driver, "Config": inputs.log_opts or {}}
            if inputs.log_driver
            else None,
            "Runtime": inputs.runtime,
        }
    )


def _swap(inputs: ContainerInputs) -> int:
    """Memory and swap together: unlimited as wished, or twice the memory as the engine's own default."""
    if inputs.memory_swap is not None:
        return inputs.memory_swap if inputs.memory_swap < 0 else inputs.memory_swap * _MEGABYTE
    return (inputs.memory or 0) * _MEGABYTE * 2


def _bindings(inputs: ContainerInputs) -> dict[str, list[dict[str, str]]]:
    found: dict[str, list[dict[str, str]]] = {}
    for port in inputs.ports or []:
        binding = {"HostIp": port.ip or "", "HostPort": str(port.external or "")}
        found.setdefault(_port_key(port.internal, port.protocol), []).append(binding)
    return found


def _port_key(number: int, protocol: str | None) -> str:
    return f"{number}/{protocol or 'tcp'}"


def _mount_of_host(volume: VolumeInput) -> dict[str, Any]:
    """Mount a path in the long form: in the short one the engine makes a folder of a path that is missing."""
    mounted = {"Target": volume.container_path, "Source": volume.host_path, "Type": "bind"}
    return _set({**mounted, "ReadOnly": volume.read_only})


def _bind(volume: VolumeInput) -> str:
    source = volume.volume_name or ""
    target = f"{source}:{volume.container_path}" if source else str(volume.container_path)
    return f"{target}:ro" if volume.read_only else target


def _mount(mount: Any) -> dict[str, Any]:
    options = mount.tmpfs_options
    in_memory = options and _set({"SizeBytes": options.size_bytes, "Mode": options.mode})
    return _set(
        {
            "Target": mount.target,
            "Source": mount.source,
            "Type": mount.type,
            "ReadOnly": mount.read_only,
            "TmpfsOptions": in_memory,
        }
    )


def _device(device: Any) -> dict[str, str]:
    return {
        "PathOnHost": device.host_path,
        "PathInContainer": device.container_path or device.host_path,
        "CgroupPermissions": device.permissions or "rwm",
    }


def _healthcheck(check: Healthcheck | None) -> dict[str, Any] | None:
    if check is None:
        return None
    timed = {"Interval": check.interval, "Timeout": check.timeout, "StartPeriod": check.start_period}
    spans = {name: int(seconds(value) * _NANO) for name, value in timed.items() if value}
    return _set({"Test": check.tests, "Retries": check.retries, **spans})


def _set(values: Mapping[str, Any]) -> dict[str, Any]:
    """Leave out what says nothing; zero says something."""
    return {
        name: value for name, value in values.items() if value is not None and value != [] and value != {}
    }
