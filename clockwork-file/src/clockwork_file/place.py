"""Where a file stands, on this machine or another, and what is found there."""

from __future__ import annotations

import hashlib
import posixpath
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

from clockwork.hosts import Kind, Machine, SSHHost, machine
from clockwork.hosts.paths import real_path_there
from clockwork.paths import declared_path, real_path


@dataclass(frozen=True)
class Found:
    """What stands at a place.

    Attributes:
        kind: What it is; ``None`` when nothing is there.
        mode: Its permissions in octal digits.
        digest: The SHA-256 of a regular file's content.
    """

    kind: Kind | None = None
    mode: str = ""
    digest: str | None = None

    def lost(self, digest: str, mode: str) -> list[str]:
        """Say what of a file would be replaced.

        Args:
            digest: The wanted content's.
            mode: The wanted permissions.
        """
        content = [] if self.digest == digest else ["the content"]
        return content if self.mode == mode else [*content, f"the mode {self.mode}"]


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
    async def of(cls, path: str, on: SSHHost | None, project: Path) -> Place:
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
    def claimed(cls, key: str, on: str, project: Path) -> Place:
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
    def parents(self) -> list[Place]:
        """The folders above, the nearest first."""
        found, path = [], self.path
        while (above := posixpath.dirname(path)) != path:
            found.append(Place(self.machine, above, self.on))
            path = above
        return found

    @property
    def half_written(self) -> str:
        """The file that is written first; always the same, so that a killed run leaves at most one."""
        folder, name = posixpath.split(self.path)
        return posixpath.join(folder, f".{name[:200]}.clockwork-new")

    def declared(self, project: Path) -> str:
        """Give the form that is kept in the state."""
        return self.path if self.on is not None else declared_path(self.path, project)

    async def found(self) -> Found:
        """Look at what is there, content and all; a link is not followed."""
        entry = await self.machine.look(self.path)
        if entry is None:
            return Found()
        content = await self.machine.read(self.path) if entry.kind is Kind.FILE else None
        digest = None if content is None else hashlib.sha256(content).hexdigest()
        return Found(entry.kind, f"{entry.mode:03o}", digest)

    async def missing_folders(self) -> list[Place]:
        """The folders above that are not there, outermost first."""
        missing = []
        for folder in self.parents:
            if await folder.machine.is_folder(folder.path):
                break
            missing.append(folder)
        return missing[::-1]

    async def write(self, content: str, mode: str) -> None:
        """Write the file in one step.

        Args:
            content: What will be in it.
            mode: Its permissions in octal digits.
        """
        await self.machine.write(self.path, content.encode("utf-8"), int(mode, 8), through=self.half_written)

    async def remove(self) -> None:
        """Remove the file, and what a killed run left of it."""
        await self.machine.remove(self.path)
        await self.remove_half_written()

    async def remove_half_written(self) -> None:
        """Remove what a killed run left of it."""
        await self.machine.remove(self.half_written)


async def remove_empty(folders: Iterable[Place]) -> None:
    """Remove folders that are empty, innermost first; those that hold something stay."""
    for folder in sorted(folders, key=lambda folder: folder.path.count("/"), reverse=True):
        await folder.machine.remove_folder(folder.path)
