"""Creates, reads and deletes a volume."""

from __future__ import annotations

from pydantic import BaseModel, Field

from clockwork.containers.names import VOLUME_NAME_PATTERN
from clockwork.errors import ProviderError
from clockwork_apple_container import client
from clockwork_apple_container.provider.marked import Marked
from clockwork_apple_container.provider.ownership import GENERATION
from clockwork_apple_container.records import VolumeRecord
from clockwork_apple_container.values import SIZE_PATTERN, bytes_of


class Volume(Marked, type="clockwork:apple:Volume", declared_as="AppleVolume"):
    """A volume of Apple's containers."""

    class Inputs(BaseModel):
        """What the volume should be."""

        name: str = Field(pattern=VOLUME_NAME_PATTERN)
        size: str | None = Field(default=None, pattern=SIZE_PATTERN)

    class State(BaseModel):
        """What is remembered of the volume.

        Attributes:
            name: Its name.
            generation: What it was marked with: another volume of this name is not ours.
            size_in_bytes: How much it can hold.
        """

        name: str
        generation: str
        size_in_bytes: int = 0

    kind = "volume"
    gone = "the volume {} is gone, with its data; it is made again, empty"

    async def check(self, new: Inputs, old: Inputs | None) -> None:
        """Refuse the name of somebody else's volume, and a new size, which would cost the data."""
        if old is not None and old.name == new.name and old.size != new.size:
            raise ProviderError(
                f"the volume {new.name} cannot change its size and keep its data",
                address=self.call.name,
                field="size",
                hint="Give the volume of the new size another name.",
            )
        await super().check(new, old)

    async def create(self, new: Inputs) -> State:
        """Make the volume, or take over the one that a killed run made."""
        found = await self._find_mine(new.name)
        if found is not None:
            self._check_size(found, new)
            return self.remembered(found)
        made: Volume.State = await self._make(new.name, ["-s", new.size] if new.size else [])
        return made

    async def find(self, name: str) -> VolumeRecord | None:
        """Look at the real volume; ``None`` when there is none of this name."""
        return await client.find_volume(name)

    def fulfilled(self, found: VolumeRecord, old: Inputs, new: Inputs) -> dict[str, bool]:
        """Tell which inputs the real volume fulfils."""
        return {"name": found.name == new.name, "size": old.size == new.size}

    def remembered(self, found: VolumeRecord) -> State:
        """What is remembered of a real volume."""
        return self.State(name=found.name, generation=found.labels[GENERATION], size_in_bytes=found.size)

    def _check_size(self, found: VolumeRecord, new: Inputs) -> None:
        if new.size is not None and bytes_of(new.size) != found.size:
            raise ProviderError(
                f"the volume {new.name} is there already and holds {found.size} bytes, not {new.size}",
                address=self.call.name,
                field="size",
                hint=f"Remove it with `container volume delete {new.name}` if its data is not needed.",
            )
