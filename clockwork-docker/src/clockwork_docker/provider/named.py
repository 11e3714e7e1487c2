"""What networks and volumes have in common: a name, an owner, and nothing that changes in place."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any, ClassVar

from clockwork.providers.embedded import Diff, EmbeddedResource, FieldChange
from clockwork.state.journal import Claim
from clockwork_docker.client import connect, run
from clockwork_docker.provider import declared
from clockwork_docker.provider.canonical import same
from clockwork_docker.provider.ownership import (
    ADDRESS,
    TOKEN,
    Owner,
    claim,
    new_token,
    not_of_the_copy,
    refuse_foreign,
)

if TYPE_CHECKING:
    from docker import APIClient


class Named(EmbeddedResource):
    """A thing of the engine that is found by its name; every change makes a new one.

    Attributes:
        kind: What the engine calls it, such as ``network``.
        gone: What a person is told when it is not there any more.
    """

    kind: ClassVar[str]
    gone: ClassVar[str]
    fields_of_inputs = declared.LABELLED_FIELDS

    @classmethod
    def as_declared(cls, inputs: Mapping[str, Any], project: Path) -> Mapping[str, Any]:
        """Write inputs as the fields of a network or a volume."""
        return declared.labelled(inputs, project)

    @staticmethod
    def find(api: APIClient, name: str) -> dict[str, Any] | None:
        """Look the thing up by its id or name; ``None`` when it is not there."""
        raise NotImplementedError

    def remove(self, api: APIClient, real: dict[str, Any]) -> None:
        """Remove the thing; one that is gone already is no failure.

        Args:
            api: The engine.
            real: What the engine says of it.
        """
        raise NotImplementedError

    async def check(self, new: Any, old: Any | None) -> None:
        """Refuse a name that somebody else's thing has."""
        if self.call.replacing:
            return
        if old is None or self._called(old) != self._called(new):
            self._tell_of(await self._find_own(self._called(new)))

    async def diff(self, state: Any, old: Any, new: Any) -> Diff:
        """Compare two wishes by what they mean, and look whether the thing is still there."""
        names = [info.alias or name for name, info in self.Inputs.model_fields.items()]
        changes = {name: FieldChange(replace=True) for name in names if not same(old, new, name)}
        is_gone = await self._mine(state) is None
        if is_gone:
            self.call.note(self.gone)
            changes["name"] = FieldChange(replace=True, drift=True)
        return Diff(changes, delete_first=self._clashes(old, new), gone=is_gone)

    async def read(self, state: Any) -> Any | None:
        """Look whether the thing is there."""
        return state if await self._mine(state) is not None else None

    async def keeps(self, state: Any) -> str | None:
        """Leave what another resource of the stack has now, and what is the original's of this copy."""
        real = await self._mine(state)
        if real is not None and Owner.of(self.call).is_copy(real.get("Labels")):
            return not_of_the_copy(self.kind, real["Name"], real["Labels"])
        holder = self._holder(real) if real is not None else None
        if real is None or holder is None or holder.urn == self.call.urn:
            return None
        other = holder.urn.rpartition("::")[2]
        return f"the {self.kind} {real['Name']} is kept: {other} has it now"

    async def delete(self, state: Any) -> None:
        """Remove the thing."""
        real = await self._mine(state)
        if real is not None:
            await run(self.remove, await run(connect), real)

    async def is_left(self, claim: Claim) -> bool:
        """Look for what a killed run left."""
        return await self._left(claim) is not None

    async def discard(self, claim: Claim) -> bool:
        """Remove what a killed run left."""
        real = await self._left(claim)
        if real is not None:
            await run(self.remove, await run(connect), real)
        return real is not None

    def identify(self, state: Any) -> str:
        """The engine's id of it."""
        return str(state.id)

    async def _find(self, name: str) -> dict[str, Any] | None:
        return await run(self.find, await run(connect), name)

    async def _left(self, claim: Claim) -> dict[str, Any] | None:
        """Look for what a killed run noted, unless this folder was copied from the one that has it."""
        real = await self._find(claim.key)
        if real is None or _token(real) != claim.digest or Owner.of(self.call).is_copy(real.get("Labels")):
            return None
        return real

    async def _mine(self, state: Any) -> dict[str, Any] | None:
        """Look for the thing that is remembered; another one that took its name since is not meant."""
        real = await self._find(state.id)
        holder = self._holder(real) if real is not None else None
        if real is None or (holder is not None and holder.digest != _token(real)):
            return None
        return real

    def _holder(self, real: dict[str, Any]) -> Claim | None:
        """Tell which resource of the stack is known to have a thing of this name."""
        found = self.call.journal.holds(self.kind, real["Name"])
        return found if found is not None and found.lasting else None

    def _hold(self, real: dict[str, Any]) -> None:
        """Remember that this resource has the thing, whatever was made under its name before."""
        mark = Claim(self.call.urn, self.kind, real["Name"], _token(real), lasting=True)
        self.call.journal.claim(mark)

    def _tell_of(self, real: dict[str, Any] | None) -> None:
        """Say that a thing is there already, which another resource of the stack had."""
        before = (real.get("Labels") or {}).get(ADDRESS) if real is not None else None
        if before not in (None, self.call.name):
            self.call.note(f"the {self.kind} is there already, made for {before}")

    async def _find_own(self, name: str) -> dict[str, Any] | None:
        """Look for what an earlier run of this stack made under a name.

        Raises:
            ProviderError: Somebody else's thing has the name.
        """
        real = await self._find(name)
        if real is None:
            return None
        holder = self._holder(real)
        is_known = holder is not None and holder.digest == _token(real)
        if not Owner.of(self.call).owns(real.get("Labels"), is_known=is_known):
            raise refuse_foreign(self.call, self.kind, name, real)
        return real

    def _claim(self, name: str) -> dict[str, str]:
        """Note the thing before it is made; give the labels that mark it."""
        token = new_token()
        claim(self.call, self.kind, name, token)
        return Owner.of(self.call).labels(token)

    def _clashes(self, old: Any, new: Any) -> bool:
        """Tell whether the new thing cannot be made while the old one is there."""
        return True

    def _called(self, inputs: Any) -> str:
        return str(inputs.name or self.call.name)


def _token(real: dict[str, Any]) -> str:
    return str((real.get("Labels") or {}).get(TOKEN, ""))
