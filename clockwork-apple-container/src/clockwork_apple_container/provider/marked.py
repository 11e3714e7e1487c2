"""What networks and volumes have in common: a mark that tells whose they are, and no change in place."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, ClassVar

from clockwork.providers.embedded import Diff, EmbeddedResource, FieldChange
from clockwork.state.journal import Claim
from clockwork_apple_container import client
from clockwork_apple_container.provider.ownership import GENERATION, Ownership, flags_of
from clockwork_apple_container.provider.users import remove_unused


class Marked(EmbeddedResource):
    """A thing that was marked when it was made; its ``State`` knows its name and the mark.

    Attributes:
        kind: What the program calls it, such as ``network``.
        gone: What a person is told when it is not there any more, with a place for its name.
    """

    kind: ClassVar[str]
    gone: ClassVar[str]

    async def find(self, name: str) -> Any | None:
        """Look at the real thing of a name; ``None`` when there is none."""
        raise NotImplementedError

    def remembered(self, found: Any) -> Any:
        """Give the ``State`` of a real thing."""
        raise NotImplementedError

    def fulfilled(self, found: Any, old: Any, new: Any) -> Mapping[str, bool]:
        """Tell which inputs the real thing fulfils.

        Args:
            found: The real thing.
            old: The inputs of the last deployment.
            new: The wanted inputs.
        """
        raise NotImplementedError

    async def check(self, new: Any, old: Any | None) -> None:
        """Refuse the name of somebody else's thing."""
        if old is None or old.name != new.name:
            await self._find_mine(new.name)

    async def diff(self, state: Any, old: Any, new: Any) -> Diff:
        """Look at the real thing; nothing of it can be changed in place."""
        self._ownership.know(state.generation)
        found = await self.find(state.name)
        if found is None:
            self.call.note(self.gone.format(state.name))
            return Diff({"name": FieldChange(drift=old.name == new.name)}, gone=True)
        self._ownership.check_ours(state.name, found.labels)
        same = self.fulfilled(found, old, new)
        changes = {name: FieldChange(replace=True) for name, fulfilled in same.items() if not fulfilled}
        if found.labels.get(GENERATION) != state.generation and not changes:
            return Diff({"name": FieldChange()})
        return Diff(changes, delete_first=same["name"])

    async def read(self, state: Any) -> Any | None:
        """Look at the real thing; somebody else's in its place counts as gone."""
        self._ownership.know(state.generation)
        found = await self.find(state.name)
        return self.remembered(found) if found and self._ownership.is_ours(found.labels) else None

    async def delete(self, state: Any) -> None:
        """Remove the thing, if it is the one that was made."""
        found = await self.find(state.name)
        if found is not None and self._ownership.may_remove(found.labels, state.generation):
            await remove_unused(self.kind, state.name)

    async def is_left(self, claim: Claim) -> bool:
        """Look for what a killed run left."""
        found = await self.find(claim.digest)
        return found is not None and found.labels.get(GENERATION) == claim.key

    async def discard(self, claim: Claim) -> bool:
        """Remove what a killed run left."""
        is_left = await self.is_left(claim)
        if is_left:
            await remove_unused(self.kind, claim.digest)
        return is_left

    async def _find_mine(self, name: str) -> Any | None:
        """Look for what an earlier run made for this resource under a name.

        Raises:
            ProviderError: Somebody else's thing has the name.
        """
        found = await self.find(name)
        if found is not None:
            self._ownership.check_mine(name, found.labels)
        return found

    async def _make(self, name: str, flags: Sequence[str]) -> Any:
        """Make the thing, marked; give its ``State``."""
        generation = self._ownership.claim(name)
        marks = flags_of(self._ownership.labels(generation))
        await client.make(self.kind, name, [*marks, *flags])
        made = await self.find(name)
        return self.State(name=name, generation=generation) if made is None else self.remembered(made)

    @property
    def _ownership(self) -> Ownership:
        return Ownership(self.call, self.kind)
