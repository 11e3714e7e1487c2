"""Creates, reads and deletes the real volume."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from clockwork.errors import ProviderError
from clockwork.providers.embedded import Diff, EmbeddedResource, FieldChange
from clockwork.state.journal import Claim
from clockwork_docker import sdk
from clockwork_docker.client import connect, run, said
from clockwork_docker.provider.canonical import same
from clockwork_docker.provider.models import VolumeInputs, VolumeState
from clockwork_docker.provider.ownership import TOKEN, Owner, claim, new_token, refuse_foreign

if TYPE_CHECKING:
    from docker import APIClient

KIND = "volume"
_IN_USE = 409


class Volume(EmbeddedResource, type="docker:index/volume:Volume", declared_as="DockerVolume"):
    """A volume, as ``pulumi_docker.Volume`` describes it; every change makes a new, empty one."""

    Inputs = VolumeInputs
    State = VolumeState

    async def check(self, new: VolumeInputs, old: VolumeInputs | None) -> None:
        """Refuse a name that somebody else's volume has."""
        if old is not None and self._called(old) == self._called(new):
            return
        real = await run(find_volume, await run(connect), self._called(new))
        if real is not None and not self._owner.owns(real.get("Labels")):
            raise refuse_foreign(self.call, KIND, self._called(new), real)

    async def diff(self, state: VolumeState, old: VolumeInputs, new: VolumeInputs) -> Diff:
        """Compare two wishes by what they mean, and look whether the volume is still there."""
        names = [info.alias or name for name, info in VolumeInputs.model_fields.items()]
        changes = {name: FieldChange(replace=True) for name in names if not same(old, new, name)}
        if await run(find_volume, await run(connect), state.id) is None:
            self.call.note("the volume is gone, with what was in it; an empty one is made")
            changes["name"] = FieldChange(replace=True, drift=True)
        elif changes:
            self.call.note("the volume is made anew: what is in it is lost")
        return Diff(changes, delete_first=True)

    async def create(self, new: VolumeInputs) -> VolumeState:
        """Make the volume; one that an earlier run of this stack left is taken over, with its content."""
        api, name = await run(connect), self._called(new)
        left = await run(find_volume, api, name)
        if left is not None and not self._owner.owns(left.get("Labels")):
            raise refuse_foreign(self.call, KIND, name, left)
        if left is not None:
            return _state_of(left, new)
        token = new_token()
        claim(self.call, KIND, name, token)
        labels = {label.label: label.value for label in new.labels or []}
        labels.update(self._owner.labels(token))
        try:
            made = await run(
                api.create_volume, name, driver=new.driver, driver_opts=new.driver_opts, labels=labels
            )
        except sdk.APIError as error:
            raise ProviderError(
                f"the volume {name!r} cannot be made: {said(error)}",
                address=self.call.name,
                hint="Correct what the engine complains about.",
            ) from error
        return _state_of(made, new)

    async def read(self, state: VolumeState) -> VolumeState | None:
        """Look whether the volume is there."""
        real = await run(find_volume, await run(connect), state.id)
        return state if real is not None else None

    async def delete(self, state: VolumeState) -> None:
        """Remove the volume; one that a container still uses is an error that names it."""
        await run(self._remove, await run(connect), state.id)

    async def discard(self, claim: Claim) -> None:
        """Remove a volume that a killed run left."""
        api = await run(connect)
        real = await run(find_volume, api, claim.key)
        if real is not None and (real.get("Labels") or {}).get(TOKEN) == claim.digest:
            await run(self._remove, api, claim.key)

    def identify(self, state: VolumeState) -> str:
        """Its name."""
        return state.id

    @property
    def _owner(self) -> Owner:
        return Owner.of(self.call)

    def _called(self, inputs: VolumeInputs) -> str:
        return inputs.name or self.call.name

    def _remove(self, api: APIClient, name: str) -> None:
        try:
            api.remove_volume(name)
        except sdk.NotFound:
            return
        except sdk.APIError as error:
            if error.status_code != _IN_USE:
                raise
            users = api.containers(all=True, filters={"volume": name})
            names = ", ".join(sorted(str(user["Names"][0]).lstrip("/") for user in users))
            raise ProviderError(
                f"the volume {name!r} is still used by {names or 'a container'}",
                address=self.call.name,
                hint="Remove that container first.",
            ) from error


def find_volume(api: APIClient, name: str) -> dict[str, Any] | None:
    """Look a volume up; ``None`` when it is not there."""
    try:
        found: dict[str, Any] = api.inspect_volume(name)
    except sdk.NotFound:
        return None
    return found


def _state_of(real: dict[str, Any], new: VolumeInputs) -> VolumeState:
    wish = new.model_dump(exclude_none=True, exclude={"name", "driver"})
    return VolumeState(
        **wish,
        name=real["Name"],
        driver=real.get("Driver"),
        id=real["Name"],
        mountpoint=real.get("Mountpoint"),
    )
