"""Creates, reads, updates and deletes the real container."""

from __future__ import annotations

from typing import Annotated

from pydantic import AfterValidator, BaseModel, Field

from clockwork.containers.host_ports import is_free
from clockwork.containers.names import CONTAINER_NAME_PATTERN, IMAGE_PATTERN
from clockwork.containers.ports import parse_port
from clockwork.errors import ProviderError
from clockwork.providers.embedded import Diff, EmbeddedResource, FieldChange
from clockwork.state.journal import Claim
from clockwork_apple_container import client
from clockwork_apple_container.provider.comparing import differing_fields, shown_of
from clockwork_apple_container.provider.making import Making
from clockwork_apple_container.provider.ownership import GENERATION, Ownership
from clockwork_apple_container.provider.starting import start
from clockwork_apple_container.records import ContainerRecord
from clockwork_apple_container.values import check_networks, check_ports, check_variables, check_volumes


class Container(EmbeddedResource, type="clockwork:apple:Container", declared_as="AppleContainerResource"):
    """A container that Apple's ``container`` program runs."""

    class Inputs(BaseModel):
        """What the container should be."""

        name: str = Field(pattern=CONTAINER_NAME_PATTERN)
        image: str = Field(pattern=IMAGE_PATTERN)
        ports: Annotated[list[str], AfterValidator(check_ports)] = []
        volumes: Annotated[list[str], AfterValidator(check_volumes)] = []
        env_vars: Annotated[dict[str, str], AfterValidator(check_variables)] = {}
        networks: Annotated[list[str], AfterValidator(check_networks)] = []
        start: bool = True

    class State(BaseModel):
        """What is remembered of the container.

        Attributes:
            name: Its name, which is its id.
            generation: What it was marked with: another container of this name is not ours.
            image: The full reference that it was made from.
            image_digest: What that reference meant.
            ip_address: Its address when it was looked at; another one after each start.
            running: Whether it ran when it was looked at.
        """

        name: str
        generation: str
        image: str
        image_digest: str
        ip_address: str = ""
        running: bool = True

    async def check(self, new: Inputs, old: Inputs | None) -> None:
        """Refuse the name of somebody else's container, and ports that something else listens on."""
        if old is None or old.name != new.name:
            found = await client.find_container(new.name)
            if found is not None:
                self._ownership.check_ours(new.name, found.labels)
        held = set(old.ports) if old and old.start else set()
        added = [port for port in new.ports if port not in held]
        if new.start and added:
            await self._refuse_busy_ports(added)

    async def diff(self, state: State, old: Inputs, new: Inputs) -> Diff:
        """Look at the real container; what cannot be changed in place makes it anew."""
        self._ownership.know(state.generation)
        found = await client.find_container(state.name)
        if found is None:
            self.call.note(f"the container {state.name} is gone; it is made again")
            return Diff({"name": FieldChange(drift=old.name == new.name)}, gone=True)
        self._ownership.check_ours(state.name, found.labels)
        real = shown_of(found)
        changes = {
            field: FieldChange(
                replace=True, drift=getattr(old, field) == getattr(new, field), found=real.get(field)
            )
            for field in differing_fields(found, new, self.call.project)
        }
        if found.labels.get(GENERATION) != state.generation and not changes:
            self.call.note(f"the container {state.name} was made by a run that was killed; it is adopted")
            changes["name"] = FieldChange()
        if found.running and new.start and found.address != state.ip_address:
            self.call.note(f"the container {state.name} was started again and has another address")
            changes["ip_address"] = FieldChange()
        if found.running != new.start:
            changes["start"] = FieldChange(drift=old.start == new.start, found=found.running)
            if old.start == new.start:
                now, then = ("runs", "stopped") if found.running else ("does not run", "started")
                self.call.note(f"the container {state.name} {now}; it is {then} again")
        return Diff(changes)

    async def create(self, new: Inputs) -> State:
        """Make the container, in the place of an older one of ours if there is one."""
        found = await client.find_container(new.name)
        if found is None:
            return self._state(await self._make(new, None))
        self._ownership.check_ours(new.name, found.labels)
        is_left = self._ownership.is_mine(found.labels)
        if is_left and not differing_fields(found, new, self.call.project):
            self.call.note(f"the container {new.name} was made by a run that was killed; it is adopted")
            return self._state(await self._settle(found, new))
        return self._state(await self._make(new, found))

    async def read(self, state: State) -> State | None:
        """Look at the real container; somebody else's in its place counts as gone."""
        self._ownership.know(state.generation)
        found = await client.find_container(state.name)
        return self._state(found) if found and self._ownership.is_ours(found.labels) else None

    async def update(self, state: State, new: Inputs) -> State:
        """Start or stop the container, or make one that is gone."""
        self._ownership.know(state.generation)
        found = await client.find_container(new.name)
        if found is None:
            return self._state(await self._make(new, None))
        self._ownership.check_ours(new.name, found.labels)
        return self._state(await self._settle(found, new))

    async def keeps(self, state: State) -> str | None:
        """Leave a container that somebody else put in its place."""
        found = await client.find_container(state.name)
        if found is None or self._ownership.may_remove(found.labels, state.generation):
            return None
        if self._ownership.is_ours(found.labels):
            return None
        return f"the container {state.name} is kept: it is not the one that was made here"

    async def delete(self, state: State) -> None:
        """Stop and remove the container, if it is the one that was made."""
        found = await client.find_container(state.name)
        if found is not None and self._ownership.may_remove(found.labels, state.generation):
            await client.remove_container(state.name)

    async def is_left(self, claim: Claim) -> bool:
        """Look for the container that a killed run left."""
        found = await client.find_container(claim.digest)
        return found is not None and found.labels.get(GENERATION) == claim.key

    async def discard(self, claim: Claim) -> bool:
        """Remove the container that a killed run left."""
        is_left = await self.is_left(claim)
        if is_left:
            await client.remove_container(claim.digest)
        return is_left

    @property
    def _ownership(self) -> Ownership:
        return Ownership(self.call, "container")

    async def _refuse_busy_ports(self, ports: list[str]) -> None:
        busy = next((port.host for port in map(parse_port, ports) if not is_free(port)), None)
        if busy is None:
            return
        holder = await _holder_of(busy)
        if holder is not None and self._ownership.is_ours(holder.labels):
            return
        who = f"the container {holder.name}" if holder else "another program"
        raise ProviderError(
            f"port {busy} of this machine is in use by {who}",
            address=self.call.name,
            field="ports",
            hint="Stop what listens there, or publish another port.",
        )

    async def _make(self, new: Inputs, former: ContainerRecord | None) -> ContainerRecord:
        return await Making(self._ownership, new, new.start).make(former)

    async def _settle(self, found: ContainerRecord, new: Inputs) -> ContainerRecord:
        """Let a container run, or not, as it should."""
        if new.start and not found.running:
            return await start(new.name)
        if found.running and not new.start:
            await client.stop_container(new.name)
        return await client.find_container(new.name) or found

    def _state(self, record: ContainerRecord) -> State:
        return self.State(
            name=record.name,
            generation=record.labels[GENERATION],
            image=record.image,
            image_digest=record.digest,
            ip_address=record.address,
            running=record.running,
        )


async def _holder_of(port: int) -> ContainerRecord | None:
    """The running container that publishes a port."""
    running = (one for one in await client.all_containers() if one.running)
    return next((one for one in running if port in {published.host for published in one.ports}), None)
