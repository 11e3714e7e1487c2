"""Creates, reads and deletes a volume."""

from __future__ import annotations

from pydantic import BaseModel, Field

from clockwork.containers.names import VOLUME_NAME_PATTERN
from clockwork.errors import ProviderError
from clockwork.providers.embedded import Diff, EmbeddedResource, FieldChange
from clockwork.state.journal import Claim
from clockwork_apple_container import client
from clockwork_apple_container.provider.ownership import GENERATION, Ownership, flags_of
from clockwork_apple_container.provider.users import remove_unused
from clockwork_apple_container.records import VolumeRecord
from clockwork_apple_container.values import SIZE_PATTERN, bytes_of


class Volume(EmbeddedResource, type="clockwork:apple:Volume", declared_as="AppleVolume"):
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

    async def check(self, new: Inputs, old: Inputs | None) -> None:
        """Refuse the name of somebody else's volume, and a new size, which would cost the data."""
        if old is not None and old.name == new.name and old.size != new.size and not self.call.force:
            raise ProviderError(
                f"the volume {new.name} cannot change its size and keep its data",
                address=self.call.name,
                field="size",
                hint="Give the volume of the new size another name; --force makes this one anew, empty.",
            )
        if old is None or old.name != new.name:
            found = await client.find_volume(new.name)
            if found is not None:
                self._ownership.check_mine(new.name, found.labels)

    async def diff(self, state: State, old: Inputs, new: Inputs) -> Diff:
        """Look at the real volume; nothing of it can be changed in place."""
        self._ownership.know(state.generation)
        found = await client.find_volume(state.name)
        if found is None:
            self.call.note(f"the volume {state.name} is gone, with its data; it is made again, empty")
            return Diff({"name": FieldChange(drift=old.name == new.name)})
        self._ownership.check_ours(state.name, found.labels)
        same = {"name": found.name == new.name, "size": old.size == new.size}
        changes = {name: FieldChange(replace=True) for name, fulfilled in same.items() if not fulfilled}
        if found.labels.get(GENERATION) != state.generation and not changes:
            return Diff({"name": FieldChange()})
        return Diff(changes, delete_first=same["name"])

    async def create(self, new: Inputs) -> State:
        """Make the volume, or take over the one that a killed run made."""
        found = await client.find_volume(new.name)
        if found is not None:
            self._ownership.check_mine(new.name, found.labels)
            self._check_size(found, new)
            return self._state(found)
        generation = self._ownership.claim(new.name)
        flags = flags_of(self._ownership.labels(generation))
        flags += ["-s", new.size] if new.size else []
        await client.make("volume", new.name, flags)
        made = await client.find_volume(new.name)
        if made is None:
            return self.State(name=new.name, generation=generation)
        return self._state(made)

    async def read(self, state: State) -> State | None:
        """Look at the real volume; somebody else's in its place counts as gone."""
        self._ownership.know(state.generation)
        found = await client.find_volume(state.name)
        return self._state(found) if found and self._ownership.is_ours(found.labels) else None

    async def delete(self, state: State) -> None:
        """Remove the volume with its data, if it is the one that was made."""
        found = await client.find_volume(state.name)
        if found is not None and self._ownership.may_remove(found.labels, state.generation):
            await remove_unused("volume", state.name)

    async def discard(self, claim: Claim) -> None:
        """Remove the volume that a killed run left."""
        found = await client.find_volume(claim.digest)
        if found is not None and found.labels.get(GENERATION) == claim.key:
            await remove_unused("volume", claim.digest)

    @property
    def _ownership(self) -> Ownership:
        return Ownership(self.call, "volume")

    def _check_size(self, found: VolumeRecord, new: Inputs) -> None:
        if new.size is not None and bytes_of(new.size) != found.size:
            raise ProviderError(
                f"the volume {new.name} is there already and holds {found.size} bytes, not {new.size}",
                address=self.call.name,
                field="size",
                hint=f"Remove it with `container volume delete {new.name}` if its data is not needed.",
            )

    def _state(self, record: VolumeRecord) -> State:
        return self.State(name=record.name, generation=record.labels[GENERATION], size_in_bytes=record.size)
