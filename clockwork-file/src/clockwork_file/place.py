"""What is found where a file stands, on this machine or another."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass

from clockwork.hosts import Kind
from clockwork.hosts.place import Place


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


class FilePlace(Place):
    """Where a file stands."""

    async def found(self) -> Found:
        """Look at what is there, content and all; a link is not followed."""
        entry = await self.machine.look(self.path)
        if entry is None:
            return Found()
        is_file = entry.kind is Kind.FILE
        content = await self.machine.read(self.path, size=entry.size) if is_file else None
        digest = None if content is None else hashlib.sha256(content).hexdigest()
        return Found(entry.kind, f"{entry.mode:03o}", digest)

    async def write(self, content: str, mode: str) -> None:
        """Write the file in one step.

        Args:
            content: What will be in it.
            mode: Its permissions in octal digits.
        """
        await self.machine.write(self.path, content.encode("utf-8"), int(mode, 8), through=self.unfinished)

    async def remove(self) -> None:
        """Remove the file, and what a killed run left of it."""
        await self.machine.remove(self.path)
        await self.remove_unfinished()

    async def remove_unfinished(self) -> None:
        """Remove what a killed run left of it."""
        await self.machine.remove(self.unfinished)
