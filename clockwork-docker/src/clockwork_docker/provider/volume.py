"""Creates, reads and deletes the real volume."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from clockwork.errors import ProviderError
from clockwork.providers.embedded import Diff
from clockwork_docker import sdk
from clockwork_docker.client import connect, run, said
from clockwork_docker.provider.canonical import same
from clockwork_docker.provider.models import VolumeInputs
from clockwork_docker.provider.named import Named
from clockwork_docker.provider.states import VolumeState

if TYPE_CHECKING:
    from docker import APIClient

_IN_USE = 409


class Volume(Named, type="docker:index/volume:Volume", declared_as="DockerVolume"):
    """A volume, as ``pulumi_docker.Volume`` describes it; a new one is empty."""

    Inputs = VolumeInputs
    State = VolumeState
    kind = "volume"
    gone = "the volume is gone, with what was in it; an empty one is made"

    async def check(self, new: VolumeInputs, old: VolumeInputs | None) -> None:
        """Refuse the name of somebody else's volume, and a change that would cost what is in it.

        Raises:
            ProviderError: The volume cannot be as wished.
        """
        await super().check(new, old)
        if old is None or self._called(old) != self._called(new):
            return
        names = [info.alias or name for name, info in self.Inputs.model_fields.items() if name != "name"]
        changed = [name for name in names if not same(old, new, name)]
        if changed and await self._find(self._called(new)) is not None:
            raise ProviderError(
                f"the volume {self._called(new)!r} cannot change its {', '.join(changed)} "
                "and keep what is in it",
                address=self.call.name,
                field=changed[0],
                hint="Give the volume with the new settings another name, or undo the change.",
            )

    async def diff(self, state: VolumeState, old: VolumeInputs, new: VolumeInputs) -> Diff:
        """Compare as for all, and say what another name costs."""
        diff = await super().diff(state, old, new)
        if diff.changes and not any(change.drift for change in diff.changes.values()):
            self.call.note("a new, empty volume is made, and what is in the old one is lost")
        return diff

    async def create(self, new: VolumeInputs) -> VolumeState:
        """Make the volume; one that an earlier run of this stack left is taken over, with its content."""
        name = self._called(new)
        left = await self._find_own(name)
        if left is not None:
            self._hold(left)
            return _state_of(left, new)
        labels = {label.label: label.value for label in new.labels or []}
        labels.update(self._claim(name))
        api = await run(connect)
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
        self._hold(made)
        return _state_of(made, new)

    def _clashes(self, old: Any, new: Any) -> bool:
        """Tell whether they have one name; else the new one is made first, and what uses the old moves."""
        return self._called(old) == self._called(new)

    @staticmethod
    def find(api: APIClient, name: str) -> dict[str, Any] | None:
        """Look a volume up; ``None`` when it is not there."""
        try:
            found: dict[str, Any] = api.inspect_volume(name)
        except sdk.NotFound:
            return None
        return found

    def remove(self, api: APIClient, real: dict[str, Any]) -> None:
        """Remove a volume.

        Raises:
            ProviderError: A container still uses it; the message names it.
        """
        name = real["Name"]
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


def _state_of(real: dict[str, Any], new: VolumeInputs) -> VolumeState:
    wish = new.model_dump(exclude_none=True, exclude={"name", "driver"})
    return VolumeState(
        **wish,
        name=real["Name"],
        driver=real.get("Driver"),
        id=real["Name"],
        mountpoint=real.get("Mountpoint"),
    )
