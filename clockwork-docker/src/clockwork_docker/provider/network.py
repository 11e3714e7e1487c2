"""Creates, reads and deletes the real network."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from clockwork.errors import ProviderError
from clockwork_docker import sdk
from clockwork_docker.client import connect, run, said
from clockwork_docker.provider.models import IpamConfig, NetworkInputs
from clockwork_docker.provider.named import Named
from clockwork_docker.provider.states import NetworkState

if TYPE_CHECKING:
    from docker import APIClient


class Network(Named, type="docker:index/network:Network", declared_as="DockerNetwork"):
    """A network, as ``pulumi_docker.Network`` describes it."""

    Inputs = NetworkInputs
    State = NetworkState
    kind = "network"
    gone = "the network is gone; it is made again"

    async def create(self, new: NetworkInputs) -> NetworkState:
        """Make the network; one that a killed run left is made again."""
        api, name = await run(connect), self._called(new)
        left = await self._find_own(name)
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
        """Remove a network, after taking out the containers that are in it."""
        for container in real.get("Containers") or {}:
            try:
                api.disconnect_container_from_network(container, real["Id"], force=True)
            except sdk.NotFound:
                continue
        try:
            api.remove_network(real["Id"])
        except sdk.NotFound:
            return


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
