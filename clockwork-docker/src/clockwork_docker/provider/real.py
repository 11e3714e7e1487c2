"""A container as it really is, and where that differs from the wish."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from clockwork.providers.published import RECORDED
from clockwork_docker import sdk
from clockwork_docker.provider.models import ContainerInputs, NetworkAttachment, PortInput
from clockwork_docker.provider.spec import resources
from clockwork_docker.provider.states import ContainerState, NetworkData, Port

if TYPE_CHECKING:
    from docker import APIClient

_LIMITS = {
    "memory": "Memory",
    "memoryReservation": "MemoryReservation",
    "cpus": "NanoCpus",
    "cpuShares": "CpuShares",
    "cpuSet": "CpusetCpus",
}
_DEFAULT_NETWORK = "bridge"
_MEGABYTE = 1024 * 1024
SET_ASIDE = ".replaced"
MOVED_ASIDE = ".moved"
"""Stands behind the name of a container that makes room for its replacement."""


@dataclass(frozen=True)
class Drift:
    """A difference that somebody made by hand.

    Attributes:
        field: The input that no longer holds, by wire name.
        told: What a person is told.
        replace: Whether only a new container can make it hold again.
        found: What the container has now, in the form of the input.
    """

    field: str
    told: str
    replace: bool = False
    found: Any = None


def find_container(api: APIClient, name: str) -> dict[str, Any] | None:
    """Look a container up by id or name; ``None`` when it is gone."""
    try:
        found: dict[str, Any] = api.inspect_container(name)
    except sdk.NotFound:
        return None
    return found


def drifts(real: Mapping[str, Any], wish: ContainerInputs, name: str) -> list[Drift]:
    """Compare a real container with a wish, as far as a container can be changed by hand.

    Args:
        real: What the engine says.
        wish: What it should be.
        name: What it should be called.
    """
    found = [*_name_drift(real, name), *_run_drift(real, wish), *_limit_drifts(real, wish)]
    return [*found, *_restart_drift(real, wish), *_network_drift(real, wish)]


def networks_of(real: Mapping[str, Any]) -> dict[str, Any]:
    """The networks a container is in, by name."""
    return dict(real["NetworkSettings"].get("Networks") or {})


def wanted_networks(wish: ContainerInputs) -> dict[str, NetworkAttachment] | None:
    """The networks a container should be in; ``None`` when its network mode decides."""
    if wish.networks_advanced:
        return {network.name: network for network in wish.networks_advanced}
    if wish.network_mode in (None, "", "default", _DEFAULT_NETWORK):
        return {_DEFAULT_NETWORK: NetworkAttachment(name=_DEFAULT_NETWORK)}
    return None


def is_running(real: Mapping[str, Any]) -> bool:
    """Whether it runs and is not paused."""
    return bool(real["State"].get("Running") and not real["State"].get("Paused"))


def should_run(wish: ContainerInputs) -> bool:
    """Whether it should run; one that may end by itself needs only to have been started."""
    return wish.start is not False and wish.must_run is not False


def state_of(real: Mapping[str, Any], wish: ContainerInputs) -> ContainerState:
    """Give what is remembered of a container that is as wished."""
    networks, config = networks_of(real).items(), real["Config"]
    wished = wish.model_dump(exclude_none=True, exclude={"name", "ports"})
    brought_along = {"command": config.get("Cmd") or [], "entrypoints": config.get("Entrypoint") or []}
    return ContainerState(
        **{**brought_along, **wished},
        name=real["Name"].lstrip("/"),
        ports=[_published(port, real) for port in wish.ports or []] or None,
        id=real["Id"],
        exit_code=real["State"].get("ExitCode"),
        network_datas=[_network_data(name, network) for name, network in networks],
    )


def refreshed(real: Mapping[str, Any], state: ContainerState) -> ContainerState:
    """Give what is remembered of a container, with what was changed by hand."""
    wish = ContainerInputs.model_validate(state.model_dump(exclude_none=True), context=RECORDED)
    host = real["HostConfig"]
    named = {info.alias: name for name, info in ContainerInputs.model_fields.items()}
    seen: dict[str, Any] = {
        **{named[field]: value for field, value in _limits_of(host).items()},
        "start": is_running(real),
        "restart": host["RestartPolicy"].get("Name") or "no",
        "max_retry_count": host["RestartPolicy"].get("MaximumRetryCount") or 0,
        "networks_advanced": [NetworkAttachment(name=name) for name in networks_of(real)],
    }
    differing = {named[drift.field] for drift in drifts(real, wish, state.name or "")} & seen.keys()
    now = state_of(real, wish)
    return now.model_copy(update={name: seen[name] for name in differing})


def _published(port: PortInput, real: Mapping[str, Any]) -> Port:
    """Give a port with the number that the engine chose where the wish has none."""
    made = Port(**port.model_dump(exclude_none=True))
    bound = (real["NetworkSettings"].get("Ports") or {}).get(f"{made.internal}/{made.protocol}")
    if made.external is None and bound:
        made.external = int(bound[0]["HostPort"])
    return made


def _network_data(name: str, network: Mapping[str, Any]) -> NetworkData:
    return NetworkData(
        network_name=name,
        ip_address=network.get("IPAddress") or None,
        ip_prefix_length=network.get("IPPrefixLen") or None,
        gateway=network.get("Gateway") or None,
        mac_address=network.get("MacAddress") or None,
    )


def _name_drift(real: Mapping[str, Any], name: str) -> list[Drift]:
    found = real["Name"].lstrip("/")
    if found == name:
        return []
    if found == name + SET_ASIDE:
        told = "a run that did not end well had set it aside for its replacement"
        return [Drift("name", told, found=found)]
    if found.endswith(MOVED_ASIDE):
        told = "a run that did not end well had given its name to another container"
        return [Drift("name", told, found=found)]
    return [Drift("name", f"it was renamed by hand to {found!r}", found=found)]


def _run_drift(real: Mapping[str, Any], wish: ContainerInputs) -> list[Drift]:
    state = real["State"]
    if wish.start is False:
        return [Drift("start", "it was started by hand", found=True)] if state.get("Running") else []
    if not should_run(wish) or is_running(real):
        return []
    if state.get("Paused"):
        return [Drift("start", "it was paused by hand", found=False)]
    if state.get("OOMKilled"):
        told = "it was killed because it used more memory than it may"
        return [Drift("start", told, found=False)]
    told = f"it does not run: it ended with exit code {state.get('ExitCode')}"
    return [Drift("start", told, found=False)]


def _limit_drifts(real: Mapping[str, Any], wish: ContainerInputs) -> list[Drift]:
    wanted, found = resources(wish), real["HostConfig"]
    differing = [
        (field, key) for field, key in _LIMITS.items() if (found.get(key) or 0) != (wanted[key] or 0)
    ]
    now = _limits_of(found)
    return [
        Drift(field, f"its limit {field} was changed by hand", replace=not wanted[key], found=now[field])
        for field, key in differing
    ]


def _limits_of(host: Mapping[str, Any]) -> dict[str, Any]:
    """The limits of a container, by wire name and in the form of the inputs."""
    return {
        "memory": (host.get("Memory") or 0) // _MEGABYTE,
        "memoryReservation": (host.get("MemoryReservation") or 0) // _MEGABYTE,
        "cpus": f"{(host.get('NanoCpus') or 0) / 1e9:g}",
        "cpuShares": host.get("CpuShares") or 0,
        "cpuSet": host.get("CpusetCpus") or "",
    }


def _restart_drift(real: Mapping[str, Any], wish: ContainerInputs) -> list[Drift]:
    wanted, found = resources(wish)["RestartPolicy"], real["HostConfig"]["RestartPolicy"]
    if (found.get("Name") or "no") != wanted["Name"]:
        now = found.get("Name") or "no"
        return [Drift("restart", f"its restart policy was changed by hand to {now!r}", found=now)]
    if (found.get("MaximumRetryCount") or 0) != wanted["MaximumRetryCount"]:
        times = found.get("MaximumRetryCount") or 0
        return [Drift("maxRetryCount", "its number of retries was changed by hand", found=times)]
    return []


def _network_drift(real: Mapping[str, Any], wish: ContainerInputs) -> list[Drift]:
    wanted = wanted_networks(wish)
    if wanted is None:
        return []
    found = networks_of(real)
    left = [f"is no longer in the network {name!r}" for name in sorted(wanted.keys() - found.keys())]
    joined = [f"was put into the network {name!r} by hand" for name in sorted(found.keys() - wanted.keys())]
    if not left and not joined:
        return []
    now = [{"name": name} for name in sorted(found)]
    return [Drift("networksAdvanced", f"it {' and '.join([*left, *joined])}", found=now)]
