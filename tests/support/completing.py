"""Resources of the tests' own, and one line to complete them."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any, Optional

from pydantic import model_validator

from clockwork.hook_types import Event
from clockwork.lock import Lock
from clockwork.plugins.manager import PluginManager
from clockwork.resource_completer import ResourceCompleter
from clockwork.resources.base import Resource
from clockwork.resources.fields import completable, long_text, optional
from clockwork.settings import Settings


class Note(Resource):
    """A note on paper."""

    name: Optional[str] = completable(  # type: ignore[assignment]
        "the note's name", pattern=r"^[a-z]+\.md$", examples=["tea.md"]
    )
    mode: Optional[str] = completable("permissions", pattern=r"^[0-7]{3}$", examples=["644"])


class Letter(Note):
    """A note with a text."""

    content: Optional[str] = long_text("what it says", min_length=3, max_length=200)


class Service(Resource):
    """Something that runs."""

    name: str
    image: Optional[str] = None
    port: Optional[int] = completable("the port", ge=1, le=65535)
    memory: Optional[str] = optional("a memory limit, when one is needed", examples=["256m"])
    environment: Optional[dict[str, str]] = optional("environment variables")

    @model_validator(mode="after")
    def _ports_of_images(self) -> Service:
        if self.image == "nginx:1" and self.port not in (None, 80):
            raise ValueError("nginx listens on port 80")
        return self


class Completing:
    """A project folder, its lock, its plugins and its endpoint."""

    def __init__(self, folder: Path, base_url: str = "http://127.0.0.1:9/v1", **settings: Any) -> None:
        self.folder = folder
        self.settings = Settings(**{"base_url": base_url, "model": "fake", **settings})
        self.plugins = PluginManager()
        self.events: list[tuple[str, str | None]] = []
        self.tell: Callable[[Event], None] = lambda event: None
        self.completer: ResourceCompleter | None = None

    @property
    def lock_file(self) -> Path:
        return self.folder / "clockwork.lock"

    def placed(self, **resources: Resource) -> list[Resource]:
        """Give the resources their addresses, as a loader does."""
        for address, resource in resources.items():
            resource.place(address, self.folder)
        return list(resources.values())

    def run(self, resources: Sequence[Resource], **options: Any) -> list[Any]:
        """Complete resources in a new event loop, with the lock as it is on disk."""
        return asyncio.run(self.complete(resources, **options))

    async def complete(
        self, resources: Sequence[Resource], others: Sequence[Resource] = (), **options: Any
    ) -> list[Any]:
        """Complete resources in the running event loop."""
        self.events.clear()
        self.completer = ResourceCompleter(
            self.settings,
            Lock.read(self.lock_file),
            self.plugins,
            observe=self._observe,
            **options,
        )
        return await self.completer.complete(list(resources), others)

    def _observe(self, event: Event) -> None:
        self.events.append((event.kind, event.address))
        self.tell(event)
