"""Creates, reads and deletes a network."""

from __future__ import annotations

from typing import Annotated

from pydantic import AfterValidator, BaseModel, Field

from clockwork.containers.names import NETWORK_NAME_PATTERN
from clockwork.providers.embedded import Diff, EmbeddedResource, FieldChange
from clockwork.state.journal import Claim
from clockwork_apple_container import client
from clockwork_apple_container.provider.ownership import GENERATION, Ownership, flags_of
from clockwork_apple_container.provider.users import remove_unused
from clockwork_apple_container.records import NetworkRecord
from clockwork_apple_container.values import check_subnet


class Network(EmbeddedResource, type="clockwork:apple:Network", declared_as="AppleNetwork"):
    """A network of Apple's containers; macOS 26 or newer has them."""

    class Inputs(BaseModel):
        """What the network should be."""

        name: str = Field(pattern=NETWORK_NAME_PATTERN)
        internal: bool = False
        subnet: Annotated[str | None, AfterValidator(check_subnet)] = None

    class State(BaseModel):
        """What is remembered of the network.

        Attributes:
            name: Its name.
            generation: What it was marked with: another network of this name is not ours.
            subnet: Its IPv4 addresses.
            gateway: The host's address in it.
        """

        name: str
        generation: str
        subnet: str = ""
        gateway: str = ""

    async def check(self, new: Inputs, old: Inputs | None) -> None:
        """Refuse the name of somebody else's network."""
        if old is None or old.name != new.name:
            found = await client.find_network(new.name)
            if found is not None:
                self._ownership.check_mine(new.name, found.labels)

    async def diff(self, state: State, old: Inputs, new: Inputs) -> Diff:
        """Look at the real network; nothing of it can be changed in place."""
        self._ownership.know(state.generation)
        found = await client.find_network(state.name)
        if found is None:
            self.call.note(f"the network {state.name} is gone; it is made again")
            return Diff({"name": FieldChange(drift=old.name == new.name)})
        self._ownership.check_ours(state.name, found.labels)
        same = {
            "name": found.name == new.name,
            "internal": found.internal == new.internal,
            "subnet": new.subnet == old.subnet and new.subnet in (None, found.subnet),
        }
        changes = {name: FieldChange(replace=True) for name, fulfilled in same.items() if not fulfilled}
        if found.labels.get(GENERATION) != state.generation and not changes:
            return Diff({"name": FieldChange()})
        return Diff(changes, delete_first=same["name"])

    async def create(self, new: Inputs) -> State:
        """Make the network, or take over the one that a killed run made."""
        found = await client.find_network(new.name)
        if found is not None:
            self._ownership.check_mine(new.name, found.labels)
            if found.internal == new.internal and new.subnet in (None, found.subnet):
                return self._state(found)
            await remove_unused("network", new.name)
        generation = self._ownership.claim(new.name)
        flags = flags_of(self._ownership.labels(generation))
        flags += ["--internal"] if new.internal else []
        flags += ["--subnet", new.subnet] if new.subnet else []
        await client.make("network", new.name, flags)
        made = await client.find_network(new.name)
        if made is None:
            return self.State(name=new.name, generation=generation)
        return self._state(made)

    async def read(self, state: State) -> State | None:
        """Look at the real network; somebody else's in its place counts as gone."""
        self._ownership.know(state.generation)
        found = await client.find_network(state.name)
        return self._state(found) if found and self._ownership.is_ours(found.labels) else None

    async def delete(self, state: State) -> None:
        """Remove the network, if it is the one that was made."""
        found = await client.find_network(state.name)
        if found is not None and self._ownership.may_remove(found.labels, state.generation):
            await remove_unused("network", state.name)

    async def discard(self, claim: Claim) -> None:
        """Remove the network that a killed run left."""
        found = await client.find_network(claim.digest)
        if found is not None and found.labels.get(GENERATION) == claim.key:
            await remove_unused("network", claim.digest)

    @property
    def _ownership(self) -> Ownership:
        return Ownership(self.call, "network")

    def _state(self, record: NetworkRecord) -> State:
        return self.State(
            name=record.name,
            generation=record.labels[GENERATION],
            subnet=record.subnet,
            gateway=record.gateway,
        )
