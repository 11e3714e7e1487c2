"""Calls of a provider outside the engine, on real things."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, TypeVar

from clockwork.providers.embedded import Call, EmbeddedResource
from clockwork.state.journal import Journal
from clockwork_file.provider import File
from clockwork_git.provider import Repository

Served = TypeVar("Served", bound=EmbeddedResource)


@dataclass
class Calls:
    """Makes provider instances for one project and keeps what they told and kept."""

    project: Path
    journal: Journal = field(default_factory=Journal)
    notes: list[str] = field(default_factory=list)
    kept: list[str] = field(default_factory=list)

    def of(self, kind: type[Served], name: str, *, force: bool = False) -> Served:
        """Give the object that serves a call for a resource."""
        urn = f"urn:pulumi:dev::project::{kind.type_token}::{name}"
        return kind.for_call(
            Call(
                urn,
                name,
                self.project,
                force=force,
                journal=self.journal,
                note=self.notes.append,
                keep=self.kept.append,
            )
        )


def removed(served: EmbeddedResource, state: Any) -> None:
    """Remove a thing as the engine would have it removed."""
    reason = asyncio.run(served.keeps(state))
    if reason is None:
        asyncio.run(served.delete(state))
    else:
        served.call.keep(reason)


class FileCalls(Calls):
    """Calls for files."""

    def remove(self, state: Any, name: str = "article", *, force: bool = False) -> None:
        """Remove a file as the engine would have it removed."""
        removed(self.call(name, force=force), state)

    def call(self, name: str = "article", *, force: bool = False) -> File:
        """Give the object that serves a call for a file."""
        return self.of(File, name, force=force)


class RepositoryCalls(Calls):
    """Calls for repositories."""

    def call(self, *, force: bool = False) -> Repository:
        """Give the object that serves a call for a repository."""
        return self.of(Repository, "site", force=force)
