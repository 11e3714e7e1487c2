"""Creates, reads, updates and deletes the real container."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

from clockwork.containers.names import image_name
from clockwork.errors import ProviderError
from clockwork.providers.embedded import Diff, EmbeddedResource, FieldChange
from clockwork.state.journal import Claim
from clockwork_docker.client import connect, run
from clockwork_docker.provider import declared
from clockwork_docker.provider.canonical import (
    IN_PLACE,
    ONLY_OURS,
    canonical,
    changed,
    seconds,
    spec_digest,
    without_digest,
)
from clockwork_docker.provider.defaults import already_so
from clockwork_docker.provider.image import KIND as IMAGE
from clockwork_docker.provider.images import find_image, have_image, tell_of_missing_image
from clockwork_docker.provider.models import ContainerInputs
from clockwork_docker.provider.mounts import tell_of_missing_paths
from clockwork_docker.provider.nameless import handed_over
from clockwork_docker.provider.ownership import (
    SPEC,
    TOKEN,
    Owner,
    mark_of,
    not_of_the_copy,
    refuse_foreign,
)
from clockwork_docker.provider.ports import tell_of_taken_ports
from clockwork_docker.provider.real import (
    drifts,
    find_container,
    networks_of,
    refreshed,
    state_of,
    wanted_networks,
)
from clockwork_docker.provider.replacing import Predecessor
from clockwork_docker.provider.states import ContainerState
from clockwork_docker.provider.steps import Steps

if TYPE_CHECKING:
    from docker import APIClient

KIND = "container"
_LIMITS = ("memory", "memorySwap", "memoryReservation", "cpus", "cpuShares", "cpuSet")


class Container(EmbeddedResource, type="docker:index/container:Container", declared_as="DockerResource"):
    """A container, as ``pulumi_docker.Container`` describes it."""

    fields_of_inputs = declared.CONTAINER_FIELDS
    Inputs = ContainerInputs
    State = ContainerState

    @classmethod
    def as_declared(cls, inputs: Mapping[str, Any], project: Path) -> Mapping[str, Any]:
        """Write inputs as the fields of ``DockerResource``."""
        return declared.container(inputs, project)

    async def check(self, new: ContainerInputs, old: ContainerInputs | None) -> None:
        """Refuse values that mean nothing, and a name that somebody else's container has."""
        self._check_values(new)
        await run(self._tell_of_obstacles, new, old)
        if old is not None and self._called(old) == self._called(new):
            return
        api = await run(connect)
        real = await run(find_container, api, self._called(new))
        if real is not None and not await self._is_of_stack(real):
            raise refuse_foreign(self.call, KIND, self._called(new), real)

    async def diff(self, state: ContainerState, old: ContainerInputs, new: ContainerInputs) -> Diff:
        """Compare two wishes by what they mean, and look at the real container for changes by hand."""
        wanted = canonical(new)
        changes = {
            name: FieldChange(replace=not _can_change(name, wanted.get(name))) for name in changed(old, new)
        }
        api = await run(connect)
        real = await run(find_container, api, state.id)
        if real is None:
            self.call.note("the container is gone; it is made again")
            changes["name"] = FieldChange(replace=True, drift=True)
            return Diff(changes, gone=True)
        if self._owner.is_copy(real["Config"].get("Labels")):
            raise refuse_foreign(self.call, KIND, self._called(new), real)
        for name in await run(self._brought_along, changes.keys(), real, new):
            del changes[name]
        for drift in drifts(real, new, self._called(new)):
            if drift.field == "networksAdvanced" and self._lost_networks(real, new):
                changes.setdefault(drift.field, FieldChange())
            elif drift.field not in changes:
                self.call.note(drift.told)
                changes[drift.field] = FieldChange(replace=drift.replace, drift=True, found=drift.found)
        if self.call.siblings.is_renewed(IMAGE, image_name(new.image)):
            changes["image"] = FieldChange(replace=True)
        elif "image" in changes and await run(self._runs_what_is_pinned, real, old, new):
            del changes["image"]
        elif "image" not in changes and await run(self._has_another_image, real, new):
            self.call.note(f"{new.image} now names another image; the container is made anew")
            changes["image"] = FieldChange(replace=True, drift=True)
        return Diff(changes)

    async def create(self, new: ContainerInputs) -> ContainerState:
        """Make the container and wait until it is up; a predecessor comes back if it does not come up."""
        api = await run(connect)
        predecessor = Predecessor(api, self.call, self._owner)
        async with predecessor.out_of_the_way():
            return state_of(await self._made(api, new, predecessor), new)

    async def _made(
        self, api: APIClient, new: ContainerInputs, predecessor: Predecessor
    ) -> Mapping[str, Any]:
        """Make the container, or take over the one that a run left which did not end well."""
        name, steps = self._called(new), Steps(api, self.call)
        image = await have_image(api, new.image, new.platform, self.call)
        await self._drop_leftovers(api, but=name)
        await predecessor.step_aside()
        in_the_way = await run(find_container, api, name)
        if in_the_way is not None:
            labels = in_the_way["Config"].get("Labels") or {}
            if not await self._is_of_stack(in_the_way):
                raise refuse_foreign(self.call, KIND, name, in_the_way)
            is_as_wished = labels.get(SPEC) == spec_digest(new) and in_the_way["Image"] == image["Id"]
            if is_as_wished and self._owner.made(labels):
                self.call.note("it is there already, from a run that did not end well; it is taken over")
                return await steps.bring_in_line(in_the_way, new, name)
            if await self._is_of_another(in_the_way):
                await steps.free_name(name)
            else:
                await predecessor.make_way(in_the_way)
        before = await predecessor.known()
        volumes = handed_over(before, image, new) if before is not None else {}
        return await steps.make(new, name, self._owner, image, volumes)

    async def _is_of_stack(self, real: Mapping[str, Any]) -> bool:
        """Tell whether a container is this stack's: by its labels, or as one that Pulumi's program made."""
        labels = real["Config"].get("Labels") or {}
        is_known = await self.call.siblings.remembers(self.call.urn, real["Id"])
        return self._owner.owns(labels, is_known=is_known) or (is_known and TOKEN not in labels)

    async def _drop_leftovers(self, api: APIClient, *, but: str = "") -> None:
        """Remove the containers that killed runs made for this resource and no state knows.

        Args:
            api: The engine.
            but: The name of one that stays.
        """
        for claim in self.call.journal.of(self.call.urn):
            if claim.kind != KIND or claim.key == but or claim not in self.call.journal.recovered:
                continue
            real = await self._left(claim)
            if real is not None:
                await Steps(api, self.call).remove(real, None)

    async def _left(self, claim: Claim) -> dict[str, Any] | None:
        """Look for a container that a killed run of this stack noted, and that no state knows."""
        real: dict[str, Any] | None = await run(find_container, await run(connect), claim.key)
        if real is None or mark_of(real) != claim.digest:
            return None
        if self._owner.is_copy(real["Config"].get("Labels")):
            return None
        return None if await self.call.siblings.remembers(self.call.urn, real["Id"]) else real

    async def _is_of_another(self, real: Mapping[str, Any]) -> bool:
        """Tell whether a container belongs to a resource that goes on with it under another name."""
        other = await self.call.siblings.other(self.call.urn, real["Id"])
        return other is not None and self.call.siblings.goes_on(other)

    async def read(self, state: ContainerState) -> ContainerState | None:
        """Look at the real container: stopped, edited or gone."""
        api = await run(connect)
        real = await run(find_container, api, state.id)
        return None if real is None else refreshed(real, state)

    async def update(self, state: ContainerState, new: ContainerInputs) -> ContainerState:
        """Change name, limits, restart policy and networks in place; start or stop it."""
        api = await run(connect)
        real = await run(find_container, api, state.id)
        if real is None:
            raise ProviderError(
                "the container vanished while it was to be changed",
                address=self.call.name,
                hint="Apply again; it will be made anew.",
            )
        await self._drop_leftovers(api)
        steps = Steps(api, self.call)
        return state_of(await steps.bring_in_line(real, new, self._called(new)), new)

    async def keeps(self, state: ContainerState) -> str | None:
        """Leave the container of the folder that this one was copied from."""
        real = await run(find_container, await run(connect), state.id)
        if real is None or not self._owner.is_copy(real["Config"].get("Labels")):
            return None
        return not_of_the_copy(KIND, real["Name"].lstrip("/"), real["Config"]["Labels"])

    async def delete(self, state: ContainerState) -> None:
        """Remove the container; one that was replaced is gone already."""
        api = await run(connect)
        real = await run(find_container, api, state.id)
        if real is not None:
            await Steps(api, self.call).remove(real, state)

    async def is_left(self, claim: Claim) -> bool:
        """Look for a container that a killed run left."""
        return await self._left(claim) is not None

    async def discard(self, claim: Claim) -> bool:
        """Remove a container that a killed run left."""
        real = await self._left(claim)
        if real is not None:
            await Steps(await run(connect), self.call).remove(real, None)
        return real is not None

    def identify(self, state: ContainerState) -> str:
        """The engine's id of it."""
        return state.id

    @property
    def _owner(self) -> Owner:
        return Owner.of(self.call)

    def _called(self, inputs: ContainerInputs) -> str:
        return inputs.name or self.call.name

    def _check_values(self, new: ContainerInputs) -> None:
        check = new.healthcheck
        times = [check.interval, check.timeout, check.start_period] if check else []
        try:
            for value in filter(None, times):
                seconds(value)
        except ValueError as error:
            raise ProviderError(str(error), address=self.call.name, field="healthcheck") from None
        try:
            canonical(new)
        except ValueError as error:
            raise ProviderError(f"an input cannot be understood: {error}", address=self.call.name) from None

    def _tell_of_obstacles(self, new: ContainerInputs, old: ContainerInputs | None) -> None:
        """Say in the plan what would stop the container from being made, if it is so then."""
        if old is None or (old.volumes, old.mounts) != (new.volumes, new.mounts):
            tell_of_missing_paths(new, self.call)
        if old is None or old.ports != new.ports:
            tell_of_taken_ports(connect(), new, self.call, self._owner)
        is_built = self.call.siblings.is_renewed(IMAGE, image_name(new.image))
        if not is_built and (old is None or old.image != new.image):
            tell_of_missing_image(connect(), new.image, self.call)

    def _lost_networks(self, real: dict[str, Any], new: ContainerInputs) -> bool:
        """Tell whether the container is out of networks only because this run made them anew."""
        journal, inside = self.call.journal, networks_of(real)
        missing = [name for name in wanted_networks(new) or {} if name not in inside]
        held = [journal.holds("network", name) for name in missing]
        return bool(held) and all(one is not None and one not in journal.recovered for one in held)

    def _runs_what_is_pinned(self, real: dict[str, Any], old: ContainerInputs, new: ContainerInputs) -> bool:
        """Tell whether a tag only got, or lost, a pin to the very image that the container was made from."""
        if without_digest(old.image) != without_digest(new.image) or ("@" in old.image) == ("@" in new.image):
            return False
        image = find_image(connect(), new.image)
        return image is not None and image["Id"] == real["Image"]

    def _brought_along(self, changed: Iterable[str], real: dict[str, Any], new: ContainerInputs) -> set[str]:
        """Give the changed inputs that the container has from its image already."""
        image = find_image(connect(), real["Image"]) if changed else None
        return set() if image is None else already_so(changed, real, image, new)

    def _has_another_image(self, real: dict[str, Any], new: ContainerInputs) -> bool:
        image = find_image(connect(), new.image)
        return image is not None and image["Id"] != real["Image"]


def _can_change(name: str, wanted: Any) -> bool:
    """Tell whether the engine can change an input of a container; it cannot lift a limit."""
    return name in ONLY_OURS or (name in IN_PLACE and (name not in _LIMITS or wanted is not None))
