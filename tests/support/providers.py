"""Calls of a provider outside the engine, on real things."""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path

from clockwork.providers.embedded import Call
from clockwork.state.journal import Journal
from clockwork_file.provider import File


@dataclass
class FileCalls:
    """Makes provider instances for one project and keeps what they told and kept."""

    project: Path
    journal: Journal = field(default_factory=Journal)
    notes: list[str] = field(default_factory=list)
    kept: list[str] = field(default_factory=list)

    def call(self, name: str = "article", *, force: bool = False) -> File:
        """Give the object that serves a call for a resource."""
        urn = f"urn:pulumi:dev::project::clockwork:file:File::{name}"
        return File.for_call(
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
