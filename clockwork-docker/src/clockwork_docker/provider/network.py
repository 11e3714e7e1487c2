"""Creates, reads and deletes the real network."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from clockwork.errors import ProviderError
from clockwork.providers.embedded import Diff, EmbeddedResource, FieldChange
from clockwork.state.journal import Claim
from clockwork_docker import sdk
from clockwork_docker.client import connect, run, said
from clockwork_docker.provider.canonical import same
from clockwork_docker.provider.models import NetworkInputs, NetworkState
from clockwork_docker.provider.ownership import TOKEN, Owner, claim, new_token, refuse_foreign

if TYPE_CHECKING:
    from docker import APIClient

KIND = "network"


class Network(EmbeddedResource, type="docker:index/network:Network", declared_as="DockerNetwork"):
    """A network, as ``pulumi_docker.Network`` describes it; every change makes a new one."""

    Inputs = NetworkInputs
    State = NetworkState

    async def check(self, new: NetworkInputs, old: NetworkInputs | None) -> None:
        """Refuse a name that somebody else's network has."""
        if old is not None and self._called(old) == self._called(new):
            return
        real = await run(find_network, await run(connect), self._called(new))
        if real is not None and not self._owner.owns(real.get("Labels")):
            raise refuse_foreign(self.call, KIND, self._called(new), real)

    async def diff(self, state: NetworkState, old: NetworkInputs, new: NetworkInputs) -> Diff:
        """Compare two wishes by what they mean, and look whether the network is still there."""
        names = [info.alias or name for name, info in NetworkInputs.model_fields.items()]
        changes = {name: FieldChange(replace=True) for name in names if not same(old, new, name)}
        if await run(find_network, await run(connect), state.id) is None:
            self.call.note("the network is gone; it is made again")
            changes["name"] = FieldChange(replace=True, drift=True)
        return Diff(changes, delete_first=True)

    async def create(self, new: NetworkInputs) -> NetworkState:
        """Make the network; one that a killed run left is made again."""
        api, name = await run(connect), self._called(new)
        left = await run(find_network, api, name)
        if left is not None and not self._owner.owns(left.get("Labels")):
            raise refuse_foreign(self.call, KIND, name, left)
        if left is not None:
            await run(remove_network, api, left)
        token = new_token()
        claim(self.call, KIND, name, token)
        try:
            made = await run(_create, api, name, new, self._owner.labels(token))
        except sdk.APIError as error:
            raise ProviderError(
                f"the network {name!r} cannot be made: {said(error)}",
                address=self.call.name,
                hint="Correct what the engine complains about, such as a range of addresses that is in use.",
            ) from error
        return _state_of(made, new, name)

    async def read(self, state: NetworkState) -> NetworkState | None:
        """Look whether the network is there."""
        real = await run(find_network, await run(connect), state.id)
        return state if real is not None else None

    async def delete(self, state: NetworkState) -> None:
        """Remove the network; containers that are still in it are taken out."""
        api = await run(connect)
        real = await run(find_network, api, state.id)
        if real is not None:
            await run(remove_network, api, real)

    async def discard(self, claim: Claim) -> None:
        """Remove a network that a killed run left."""
        api = await run(connect)
        real = await run(find_network, api, claim.key)
        if real is not None and (real.get("Labels") or {}).get(TOKEN) == claim.digest:
            await run(remove_network, api, real)

    def identify(self, state: NetworkState) -> str:
        """The engine's id of it."""
        return state.id

    @property
    def _owner(self) -> Owner:
        return Owner.of(self.call)

    def _called(self, inputs: NetworkInputs) -> str:
        return inputs.name or self.call.name


def find_network(api: APIClient, name: str) -> dict[str, Any] | None:
    """Look a network up by id or name; ``None`` when it is not there."""
    try:
        found: dict[str, Any] = api.inspect_network(name)
    except sdk.NotFound:
        return None
    return found


def remove_network(api: APIClient, real: Mapping[str, Any]) -> None:
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
    return NetworkState(**wish, name=name, driver=real.get("Driver"), id=real["Id"], scope=real.get("Scope"))
