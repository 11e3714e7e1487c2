"""Makes a container, in the place of an older one if need be, which comes back if the new one fails."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path

from clockwork.errors import ClockworkError, ProviderError
from clockwork_apple_container import client
from clockwork_apple_container.failures import AlreadyExists
from clockwork_apple_container.progress import made_volume, telling
from clockwork_apple_container.provider.comparing import (
    VARIABLES,
    Wish,
    digest_of_names,
    flags_of_record,
    flags_of_wish,
    mounts_of,
)
from clockwork_apple_container.provider.ownership import GENERATION, Ownership, flags_of
from clockwork_apple_container.provider.starting import fetch_image, wait_until_steady
from clockwork_apple_container.records import ContainerRecord
from clockwork_apple_container.values import host_ports


@dataclass
class Making:
    """One container being made.

    Attributes:
        ownership: Whose the new container is.
        wish: What it should be.
        start: Whether it should run.
    """

    ownership: Ownership
    wish: Wish
    start: bool
    _deleted: list[ContainerRecord] = field(default_factory=list)
    _stopped: list[str] = field(default_factory=list)

    async def make(self, former: ContainerRecord | None) -> ContainerRecord:
        """Make the container.

        What is slow or likely to fail comes before the older one is touched: the program knows a
        container by its name alone, so that two of one name cannot stand side by side.

        Args:
            former: The container of the same name that makes room, if there is one.

        Raises:
            ClockworkError: It cannot be made, or ends at once; what was there before is there again,
                as far as that is possible, and the message says so.
        """
        call, wish = self.ownership.call, self.wish
        _check_sources(wish, call.project)
        await fetch_image(call, wish.image)
        generation = self.ownership.claim(wish.name)
        try:
            await self._make_room(former)
            await self._make(generation)
            record = await wait_until_steady(wish.name, start=self.start)
        except ClockworkError as error:
            back = await asyncio.shield(self._undo(generation))
            error.message = "\n".join([error.message, *back])
            raise
        except asyncio.CancelledError:
            await asyncio.shield(self._undo(generation))
            raise
        return record

    async def _make(self, generation: str) -> None:
        call, wish = self.ownership.call, self.wish
        labels = {**self.ownership.labels(generation), VARIABLES: digest_of_names(wish.env_vars)}
        flags = [*flags_of(labels), *flags_of_wish(wish, call.project)]
        call.progress("starting" if self.start else "making", None)
        for is_last in (False, True):
            try:
                await client.make_container(
                    wish.name,
                    wish.image,
                    flags,
                    wish.env_vars,
                    start=self.start,
                    progress=self._hear,
                )
            except AlreadyExists:
                if is_last or not await self._remove_late_one():
                    raise
            else:
                return

    def _hear(self, line: str) -> None:
        """Tell how it goes on, and which volumes the program made with the container."""
        volume = made_volume(line)
        if volume is not None:
            self.ownership.call.note(
                f"the volume {volume} was made with it, and stays when it goes; "
                "declare it as an AppleVolume to have it removed too"
            )
        telling(self.ownership.call.progress)(line)

    async def _remove_late_one(self) -> bool:
        """Remove what the program of a killed run, which lived on, made meanwhile."""
        late = await client.find_container(self.wish.name)
        if late is not None and not self.ownership.is_ours(late.labels):
            return False
        await client.remove_container(self.wish.name)
        return True

    async def _make_room(self, former: ContainerRecord | None) -> None:
        """Delete the older container, and stop those of this resource that publish the same ports."""
        if former is not None:
            self._deleted.append(former)
            await client.remove_container(former.name)
        if not (self.start and self.wish.ports):
            return
        wished = set(host_ports(self.wish.ports))
        for other in await client.all_containers():
            published = {(port.host, port.protocol) for port in other.ports}
            if other.running and wished & published and self.ownership.is_mine(other.labels):
                self._stopped.append(other.name)
                await client.stop_container(other.name)

    async def _undo(self, generation: str) -> Sequence[str]:
        """Remove the new container and bring back what made room for it; tell how that went."""
        told = []
        try:
            failed = await client.find_container(self.wish.name)
            if failed is not None and failed.labels.get(GENERATION) == generation:
                await client.remove_container(self.wish.name)
            for former in self._deleted:
                await _make_again(former)
                told.append(f"the container {former.name} as it was before is there again")
            for name in self._stopped:
                await client.start_container(name)
                told.append(f"the container {name} runs again")
        except ClockworkError as error:
            told.append(f"what was there before could not be brought back: {error.message}")
        return told


async def _make_again(former: ContainerRecord) -> None:
    """Make a container anew from what was known of it; what it wrote outside volumes is lost."""
    flags = [*flags_of(former.labels), *flags_of_record(former)]
    await client.make_container(
        former.name,
        former.image,
        flags,
        former.environment,
        start=former.running,
        progress=lambda _line: None,
    )


def _check_sources(wish: Wish, project: Path) -> None:
    """Check that what is mounted from this machine is there.

    Raises:
        ProviderError: Something is not.
    """
    for mount in mounts_of(wish.volumes, project):
        if not mount.is_volume and not Path(mount.source).exists():
            raise ProviderError(
                f"{mount.source}, which it mounts, does not exist",
                field="volumes",
                hint="Make it first, or declare it and name it in depends_on.",
            )
