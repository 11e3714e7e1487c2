"""One form for wishes that mean the same, so that only real differences count as changes."""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Callable, Mapping, Sequence
from ipaddress import ip_address
from typing import Any

from clockwork.containers.names import image_name
from clockwork.providers.published import PublishedModel
from clockwork_docker.provider.models import ContainerInputs

IN_PLACE = frozenset(
    {
        "name",
        "restart",
        "maxRetryCount",
        "memory",
        "memorySwap",
        "memoryReservation",
        "cpus",
        "cpuShares",
        "cpuSet",
        "networksAdvanced",
        "start",
    }
)
"""What the engine can change of a container that exists."""

ONLY_OURS = frozenset({"mustRun", "wait", "waitTimeout", "destroyGraceSeconds", "removeVolumes"})
"""What is not the container's but says how Clockwork handles it."""

_EMPTY: tuple[Any, ...] = (None, False, "", [], {}, ())


def canonical(inputs: ContainerInputs) -> dict[str, Any]:
    """Give the inputs in canonical form, by wire name; what is unset or a default is left out.

    Args:
        inputs: What a container should be.

    Returns:
        JSON values that are equal for wishes that mean the same container.
    """
    plain = inputs.model_dump(mode="json", by_alias=True, exclude_none=True)
    made = {name: _FORMS.get(name, _unchanged)(value) for name, value in plain.items()}
    return {name: value for name, value in made.items() if not _says_nothing(name, value)}


def changed(old: ContainerInputs, new: ContainerInputs) -> list[str]:
    """Name the inputs that really differ, sorted."""
    before, after = canonical(old), canonical(new)
    return sorted(name for name in {*before, *after} if before.get(name) != after.get(name))


def spec_digest(inputs: ContainerInputs) -> str:
    """Give the digest of everything that a new container is needed for."""
    fixed = {k: v for k, v in canonical(inputs).items() if k not in IN_PLACE | ONLY_OURS}
    return hashlib.sha256(json.dumps(fixed, sort_keys=True).encode()).hexdigest()


def same(old: PublishedModel, new: PublishedModel, name: str) -> bool:
    """Tell whether one input of a network, a volume or an image means the same in both."""
    before, after = (
        _simple(inputs.model_dump(mode="json", by_alias=True).get(name)) for inputs in (old, new)
    )
    return bool(before == after)


def without_digest(name: str) -> str:
    """Give an image's name without the digest that it is pinned to."""
    return name.partition("@")[0]


def seconds(duration: str) -> float:
    """Read a duration as Go writes it, such as ``1m30s``, ``500ms`` or ``0s``.

    Raises:
        ValueError: It is none.
    """
    parts = re.findall(r"([0-9.]+)(h|ms|us|µs|ns|m|s)", duration)
    if "".join(f"{number}{unit}" for number, unit in parts) != duration or not duration:
        raise ValueError(f"{duration!r} is no duration; write it like 30s, 500ms or 1m30s")
    return sum(float(number) * _UNITS[unit] for number, unit in parts)


_UNITS = {"h": 3600.0, "m": 60.0, "s": 1.0, "ms": 1e-3, "us": 1e-6, "µs": 1e-6, "ns": 1e-9}
_DEFAULTS: Mapping[str, Any] = {"start": True, "mustRun": True, "removeVolumes": True}


def _says_nothing(name: str, value: Any) -> bool:
    return bool(value == _DEFAULTS[name]) if name in _DEFAULTS else value in _EMPTY


def _unchanged(value: Any) -> Any:
    return value


def _simple(value: Any) -> Any:
    """Drop what is unset, and sort lists of objects: labels and ranges of addresses have no order."""
    if isinstance(value, Mapping):
        return {name: _simple(item) for name, item in value.items() if item not in _EMPTY}
    if isinstance(value, list) and value and isinstance(value[0], Mapping):
        return _sorted([_simple(item) for item in value])
    return None if value in _EMPTY else value


def _sorted(items: Sequence[Any]) -> list[Any]:
    unique = {json.dumps(item, sort_keys=True): item for item in items}
    return [unique[key] for key in sorted(unique)]


def _each(form: Callable[[Any], Any]) -> Callable[[Any], Any]:
    return lambda items: _sorted([form(item) for item in items])


def _variables(envs: list[str]) -> dict[str, str]:
    return {name: value for name, _, value in (env.partition("=") for env in envs)}


def _labels(labels: list[dict[str, str]]) -> dict[str, str]:
    return {label["label"]: label["value"] for label in labels}


def _port(port: dict[str, Any]) -> dict[str, Any]:
    address = port.get("ip") or ""
    return {
        "internal": port["internal"],
        "external": port.get("external") or 0,
        "ip": "" if address in ("", "0.0.0.0") else str(ip_address(address)),
        "protocol": (port.get("protocol") or "tcp").lower(),
    }


def _place(path: str) -> str:
    return path.rstrip("/") or "/"


def _volume(volume: dict[str, Any]) -> dict[str, Any]:
    kept = _simple(volume)
    return {name: _place(value) if name.endswith("Path") else value for name, value in kept.items()}


def _mount(mount: dict[str, Any]) -> dict[str, Any]:
    return {**_simple(mount), "target": _place(mount["target"])}


def _attachment(network: dict[str, Any]) -> dict[str, Any]:
    return {**_simple(network), **({"aliases": sorted(set(a))} if (a := network.get("aliases")) else {})}


def _capability(name: str) -> str:
    return name.upper().removeprefix("CAP_")


def _capabilities(value: dict[str, Any]) -> dict[str, Any]:
    return {way: sorted({_capability(name) for name in names}) for way, names in value.items() if names}


def _healthcheck(check: dict[str, Any]) -> dict[str, Any]:
    timed = ("interval", "timeout", "startPeriod")
    return {name: seconds(value) if name in timed else value for name, value in _simple(check).items()}


def _restart(policy: str) -> str:
    return "" if policy == "no" else policy


_FORMS: Mapping[str, Callable[[Any], Any]] = {
    "image": image_name,
    "envs": _variables,
    "labels": _labels,
    "ports": _each(_port),
    "volumes": _each(_volume),
    "mounts": _each(_mount),
    "networksAdvanced": _each(_attachment),
    "hosts": _each(_simple),
    "devices": _each(_simple),
    "ulimits": _each(_simple),
    "groupAdds": _each(_unchanged),
    "securityOpts": _each(_unchanged),
    "capabilities": _capabilities,
    "healthcheck": _healthcheck,
    "restart": _restart,
    "cpus": lambda cpus: round(float(cpus), 9),
}
