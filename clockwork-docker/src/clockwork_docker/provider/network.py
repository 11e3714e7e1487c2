"""Creates, reads and deletes the real network."""

from __future__ import annotations

import time
from collections.abc import Mapping
from contextlib import suppress
from typing import TYPE_CHECKING, Any

from clockwork.errors import ProviderError
from clockwork_docker import sdk
from clockwork_docker.client import connect, run, said
from clockwork_docker.provider.models import IpamConfig, NetworkInputs
from clockwork_docker.provider.named import Named
from clockwork_docker.provider.ownership import Owner, own_labels
from clockwork_docker.provider.real import find_container
from clockwork_docker.provider.states import NetworkState

if TYPE_CHECKING:
    from docker import APIClient

_IN_USE = 403
_SECONDS_TO_LET_GO = 10.0
_PAUSE = 0.1


class Network(Named, type="docker:index/network:Network", declared_as="DockerNetwork"):
    """A network, as ``pulumi_docker.Network`` describes it."""

    Inputs = NetworkInputs
    State = NetworkState
    kind = "network"
    gone = "the network is gone; it is made again"

    async def create(self, new: NetworkInputs) -> NetworkState:
        """Make the network; one that this stack has already is taken over, if it is as wished."""
        api, name = await run(connect), self._called(new)
        left = await self._find_own(name)
        if left is not None and _is_as_wished(left, new):
            self._hold(left)
            return _state_of(left, new, name)
        if left is not None:
            await run(self.remove, api, left)
        try:
            made = await run(_create, api, name, new, self._claim(name))
        except sdk.APIError as error:
            raise ProviderError(
                f"the network {name!r} cannot be made: {said(error)}",
                address=self.call.name,
                hint="Correct what the engine complains about, such as a range of addresses that is in use.",
            ) from error
        self._hold(made)
        return _state_of(made, new, name)

    @staticmethod
    def find(api: APIClient, name: str) -> dict[str, Any] | None:
        """Look a network up by id or name; ``None`` when it is not there."""
        try:
            found: dict[str, Any] = api.inspect_network(name)
        except sdk.NotFound:
            return None
        return found

    def remove(self, api: APIClient, real: dict[str, Any]) -> None:
        """Remove a network, after taking out the containers of this stack that are in it.

        The engine lets go of a container that was just removed a moment later than it says.

        Raises:
            ProviderError: Somebody else's containers are in it; the message names them.
        """
        until = time.monotonic() + _SECONDS_TO_LET_GO
        while True:
            self._take_out(api, real)
            try:
                api.remove_network(real["Id"])
            except sdk.NotFound:
                return
            except sdk.APIError as error:
                if error.status_code != _IN_USE or time.monotonic() > until:
                    raise
                time.sleep(_PAUSE)
            else:
                return
            now = self.find(api, real["Id"])
            if now is None:
                return
            real = now

    def _take_out(self, api: APIClient, real: dict[str, Any]) -> None:
        """Take the containers of this stack out of a network."""
        inside = [one for name in real.get("Containers") or {} if (one := find_container(api, name))]
        owner = Owner.of(self.call)
        foreign = [one["Name"].lstrip("/") for one in inside if not owner.owns(_labels(one), is_known=True)]
        if foreign:
            raise ProviderError(
                f"the network {real['Name']!r} is still used by {', '.join(sorted(foreign))}, "
                "which this stack did not make",
                address=self.call.name,
                hint=f"Take them out: `docker network disconnect {real['Name']} NAME`.",
            )
        for one in inside:
            with suppress(sdk.NotFound):
                api.disconnect_container_from_network(one["Id"], real["Id"], force=True)


def _labels(container: Mapping[str, Any]) -> dict[str, str]:
    return container["Config"].get("Labels") or {}


def _create(api: APIClient, name: str, new: NetworkInputs, labels: Mapping[str, str]) -> dict[str, Any]:
    pools = [
        {
            "Subnet": config.subnet,
            "Gateway": config.gateway,
            "IPRange": config.ip_range,
            "AuxiliaryAddresses": config.aux_address,
        }
        for config in new.ipam_configs or []
    ]
    ipam = {"Driver": new.ipam_driver or "default", "Config": pools, "Options": new.ipam_options or {}}
    made = api.create_network(
        name,
        driver=new.driver or "bridge",
        options=new.options,
        ipam=ipam,
        check_duplicate=True,
        internal=bool(new.internal),
        labels={**{label.label: label.value for label in new.labels or []}, **labels},
        enable_ipv6=bool(new.ipv6),
        attachable=new.attachable,
    )
    real: dict[str, Any] = api.inspect_network(made["Id"])
    return real


def _is_as_wished(real: Mapping[str, Any], new: NetworkInputs) -> bool:
    """Compare a real network with a wish, as far as the wish goes."""
    pools = [(one.get("Subnet"), one.get("Gateway")) for one in (real.get("IPAM") or {}).get("Config") or []]
    carried, options = real.get("Labels") or {}, real.get("Options") or {}
    return (
        real.get("Driver") == (new.driver or "bridge")
        and bool(real.get("Internal")) == bool(new.internal)
        and bool(real.get("EnableIPv6")) == bool(new.ipv6)
        and bool(real.get("Attachable")) == bool(new.attachable)
        and all(options.get(name) == value for name, value in (new.options or {}).items())
        and own_labels(carried) == {one.label: one.value for one in new.labels or []}
        and all(
            any(subnet == wanted.subnet and wanted.gateway in (None, gateway) for subnet, gateway in pools)
            for wanted in new.ipam_configs or []
        )
    )


def _state_of(real: Mapping[str, Any], new: NetworkInputs, name: str) -> NetworkState:
    wish = new.model_dump(exclude_none=True, exclude={"name", "driver"})
    return NetworkState(
        **{"ipam_configs": _ranges(real), **wish},
        name=name,
        driver=real.get("Driver"),
        id=real["Id"],
        scope=real.get("Scope"),
    )


def _ranges(real: Mapping[str, Any]) -> list[IpamConfig]:
    """The addresses that the engine chose for a network."""
    chosen = (real.get("IPAM") or {}).get("Config") or []
    return [IpamConfig(subnet=one.get("Subnet"), gateway=one.get("Gateway")) for one in chosen]
