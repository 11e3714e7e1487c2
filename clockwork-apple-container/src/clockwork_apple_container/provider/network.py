"""Creates, reads and deletes a network."""

from __future__ import annotations

from typing import Annotated

from pydantic import AfterValidator, BaseModel, Field

from clockwork.containers.names import NETWORK_NAME_PATTERN
from clockwork_apple_container import client
from clockwork_apple_container.provider.marked import Marked
from clockwork_apple_container.provider.ownership import GENERATION
from clockwork_apple_container.provider.users import remove_unused
from clockwork_apple_container.records import NetworkRecord
from clockwork_apple_container.values import check_subnet


class Network(Marked, type="clockwork:apple:Network", declared_as="AppleNetwork"):
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

    kind = "network"
    gone = "the network {} is gone; it is made again"

    async def create(self, new: Inputs) -> State:
        """Make the network, or take over the one that a killed run made."""
        found = await self._find_mine(new.name)
        if found is not None:
            if found.internal == new.internal and new.subnet in (None, found.subnet):
                return self.remembered(found)
            await remove_unused(self.kind, new.name)
        flags = ["--internal"] if new.internal else []
        flags += ["--subnet", new.subnet] if new.subnet else []
        made: Network.State = await self._make(new.name, flags)
        return made

    async def find(self, name: str) -> NetworkRecord | None:
        """Look at the real network; ``None`` when there is none of this name."""
        return await client.find_network(name)

    def fulfilled(self, found: NetworkRecord, old: Inputs, new: Inputs) -> dict[str, bool]:
        """Tell which inputs the real network fulfils."""
        return {
            "name": found.name == new.name,
            "internal": found.internal == new.internal,
            "subnet": new.subnet == old.subnet and new.subnet in (None, found.subnet),
        }

    def remembered(self, found: NetworkRecord) -> State:
        """What is remembered of a real network."""
        return self.State(
            name=found.name,
            generation=found.labels[GENERATION],
            subnet=found.subnet,
            gateway=found.gateway,
        )
