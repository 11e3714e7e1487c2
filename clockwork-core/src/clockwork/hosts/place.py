"""Where a thing stands, on this machine or another, and the folders above it."""

from __future__ import annotations

import posixpath
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Self

from clockwork.errors import ProviderError
from clockwork.hosts.host import SSHHost
from clockwork.hosts.machine import Kind, Machine
from clockwork.hosts.paths import real_path_there
from clockwork.hosts.pool import machine
from clockwork.paths import declared_path, real_path
from clockwork.state.journal import Claim

if TYPE_CHECKING:
    from clockwork.providers.embedded import Call


@dataclass(frozen=True)
class Place:
    """An absolute path on a machine.

    Attributes:
        machine: The machine.
        path: The path.
        on: How the machine is reached; ``None`` for this one.
    """

    machine: Machine
    path: str
    on: SSHHost | None = None

    @classmethod
    async def of(cls, path: str, on: SSHHost | None, project: Path) -> Self:
        """Find the place that a path means.

        Args:
            path: As the state keeps it.
            on: The machine; ``None`` for this one.
            project: What relative paths on this machine are relative to.

        Raises:
            HostError: The machine cannot be reached.
        """
        there = machine(on, project)
        if on is None:
            return cls(there, str(real_path(path, project)))
        return cls(there, await real_path_there(path, there), on)

    @classmethod
    def claimed(cls, key: str, on: str, project: Path) -> Self:
        """Give the place that a claim of the journal names.

        Args:
            key: What :meth:`__str__` gave.
            on: What :attr:`reached` gave.
            project: The project.
        """
        if not on:
            return cls(machine(None, project), key)
        host = SSHHost.model_validate_json(on)
        return cls(machine(host, project), key.removeprefix(f"{host.name}:"), host)

    def __str__(self) -> str:
        """The path as a person is told of it."""
        return self.machine.named(self.path)

    @property
    def reached(self) -> str:
        """How the machine is reached, as JSON; empty for this one."""
        return "" if self.on is None else self.on.model_dump_json(exclude_none=True)

    @property
    def parents(self) -> list[Self]:
        """The folders above, the nearest first."""
        found, path = [], self.path
        while (above := posixpath.dirname(path)) != path:
            found.append(type(self)(self.machine, above, self.on))
            path = above
        return found

    @property
    def unfinished(self) -> str:
        """The place beside it that is written first; the same one each time, so that kills leave only one."""
        folder, name = posixpath.split(self.path)
        return posixpath.join(folder, f".{name[:200]}.clockwork-new")

    def declared(self, project: Path) -> str:
        """Give the form that is kept in the state."""
        return self.path if self.on is not None else declared_path(self.path, project)

    async def nearest_folder(self, call: Call) -> Self:
        """Find the folder above that is there; the missing ones will be made in it.

        Args:
            call: The call that is to make them.

        Raises:
            ProviderError: Something else is where a folder has to be.
        """
        for folder in self.parents:
            there = await self.machine.look(folder.path)
            if there is None:
                continue
            if there.kind is Kind.FOLDER or await self.machine.is_folder(folder.path):
                return folder
            raise not_here(call, f"{folder} is not a folder", "Choose a path whose folders can be made.")
        return self.parents[-1]

    async def check_writable(self, folder: Place, call: Call) -> None:
        """Refuse a folder in which nothing can be made.

        Args:
            folder: The folder above that is there.
            call: The call that is to make something in it.

        Raises:
            ProviderError: It is not writable.
        """
        if not await self.machine.may_write(folder.path):
            raise not_here(
                call, f"{folder} is not writable for you", "Choose another folder or change its mode."
            )

    async def make_folders(self, call: Call) -> list[str]:
        """Make the missing folders above.

        Args:
            call: The call that makes them; its journal notes each before it is made.

        Returns:
            Those that Clockwork made, now or in an earlier run, as the state keeps them; outermost first.
        """
        for folder in await self._missing_folders():
            call.journal.claim(Claim(call.urn, "folder", str(folder), lasting=True, on=folder.reached))
            await folder.machine.make_folder(folder.path)
        made = [folder for folder in self.parents if call.journal.holds("folder", str(folder))]
        return [folder.declared(call.project) for folder in reversed(made)]

    async def remove_folders(self, folders: Iterable[str], call: Call) -> None:
        """Remove the folders that were made for it, as far as they are empty.

        Args:
            folders: What :meth:`make_folders` gave.
            call: The call that removes them.
        """
        await remove_empty([await Place.of(one, self.on, call.project) for one in folders])

    async def remove_made_folders(self, call: Call) -> None:
        """Remove the folders above that the journal knows as made, as far as they are empty."""
        await remove_empty([one for one in self.parents if call.journal.holds("folder", str(one))])

    async def _missing_folders(self) -> list[Self]:
        missing = []
        for folder in self.parents:
            if await folder.machine.is_folder(folder.path):
                break
            missing.append(folder)
        return missing[::-1]


async def remove_empty(folders: Iterable[Place]) -> None:
    """Remove folders that are empty, innermost first; those that hold something stay."""
    for folder in sorted(folders, key=lambda folder: folder.path.count("/"), reverse=True):
        await folder.machine.remove_folder(folder.path)


def not_here(call: Call, message: str, hint: str) -> ProviderError:
    """Refuse a path.

    Args:
        call: The call that was to use it.
        message: What is in the way.
        hint: What to do.
    """
    return ProviderError(message, address=call.name, field="path", hint=hint)
