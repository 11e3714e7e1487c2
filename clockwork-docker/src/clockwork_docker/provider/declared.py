"""Reads the inputs of ``pulumi_docker``'s types back as the fields that people declare."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

from clockwork.containers.ports import Port
from clockwork.containers.volumes import Mount

CONTAINER_FIELDS = {
    "entrypoints": "entrypoint",
    "envs": "env_vars",
    "networkMode": "networks",
    "networksAdvanced": "networks",
    "maxRetryCount": "restart",
    "wait": "healthcheck",
    "workingDir": "workdir",
    "mustRun": "start",
}
LABELLED_FIELDS = {"ipamConfigs": "subnet", "driverOpts": "driver_opts"}
IMAGE_FIELDS = {"triggers": "build"}


def container(inputs: Mapping[str, Any], project: Path) -> dict[str, Any]:
    """Read a container's inputs back.

    Args:
        inputs: By wire name.
        project: Paths inside it are written relative to it.
    """
    fields = {
        **inputs,
        "networks": _networks(inputs),
        "restart": _restart(inputs),
        "start": inputs.get("start", True),
        "workdir": inputs.get("workingDir"),
        "entrypoint": inputs.get("entrypoints"),
        "env_vars": _read(_variables, inputs.get("envs")),
        "labels": _read(_labels, inputs.get("labels")),
        "ports": _read(lambda ports: [_port(port) for port in ports], inputs.get("ports")),
        "volumes": _read(lambda mounts: [_mount(one, project) for one in mounts], inputs.get("volumes")),
        "healthcheck": _read(_healthcheck, inputs.get("healthcheck")),
        "memory": _read(_amount, inputs.get("memory")),
        "cpus": _read(lambda cpus: f"{float(cpus):g}", inputs.get("cpus")),
    }
    return {name: value for name, value in fields.items() if value is not None}


def labelled(inputs: Mapping[str, Any], _project: Path) -> dict[str, Any]:
    """Read the inputs of a network or a volume back."""
    ranges = inputs.get("ipamConfigs")
    return {
        **inputs,
        "labels": _read(_labels, inputs.get("labels")),
        "driver_opts": inputs.get("driverOpts"),
        "subnet": _read(lambda given: ", ".join(one["subnet"] for one in given), ranges),
    }


def _read(form: Callable[[Any], Any], value: Any) -> Any:
    """Read a value back; one that is secret or known later stays as it is."""
    try:
        return form(value) if value else None
    except (TypeError, ValueError, KeyError, AttributeError):
        return value


def _variables(envs: list[str]) -> dict[str, str]:
    return {env[: env.index("=")]: env[env.index("=") + 1 :] for env in envs}


def _labels(labels: list[dict[str, str]]) -> dict[str, str]:
    return {label["label"]: label["value"] for label in labels}


def _port(port: Mapping[str, Any]) -> str:
    numbers = (int(port["internal"]), int(port["external"]) if port.get("external") else None)
    return str(Port(*numbers, port.get("ip") or "", port.get("protocol") or "tcp"))


def _mount(volume: Mapping[str, Any], project: Path) -> str:
    source = volume.get("volumeName") or volume["hostPath"]
    if "volumeName" not in volume and Path(source).is_relative_to(project.resolve()):
        source = f"./{Path(source).relative_to(project.resolve())}"
    return str(Mount(source, volume["containerPath"], bool(volume.get("readOnly"))))


def _networks(inputs: Mapping[str, Any]) -> Any:
    if mode := inputs.get("networkMode"):
        return [mode]
    return _read(lambda joined: [network["name"] for network in joined], inputs.get("networksAdvanced"))


def _restart(inputs: Mapping[str, Any]) -> Any:
    policy, times = inputs.get("restart", "no"), inputs.get("maxRetryCount")
    return f"{policy}:{times:g}" if policy == "on-failure" and times else policy


def _amount(megabytes: float) -> str:
    gigabytes, rest = divmod(int(megabytes), 1024)
    return f"{int(megabytes)}m" if rest else f"{gigabytes}g"


def _healthcheck(check: Mapping[str, Any]) -> dict[str, Any]:
    how, *words = check["tests"]
    command = words[0] if how == "CMD-SHELL" else words
    period = {"start_period": check["startPeriod"]} if "startPeriod" in check else {}
    return {"command": command, **_timing(check), **period}


def _timing(check: Mapping[str, Any]) -> dict[str, Any]:
    return {name: check[name] for name in ("interval", "timeout", "retries") if name in check}
