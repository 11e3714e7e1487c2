"""Kinds of things that only tests build, given to a plugin manager of their own."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator
from pathlib import Path
from typing import Any, ClassVar

import pulumi
from pydantic import BaseModel, Field

from clockwork import EmbeddedResource, Resource, hookimpl
from clockwork.errors import ProviderError
from clockwork.plugins.manager import PluginManager
from clockwork.providers.embedded import Diff


class Thing(EmbeddedResource, type="clockwork:test:Thing"):
    """Something that is remembered, and that fails in the way its input says.

    Attributes:
        meeting: Where creates wait for each other, if they do.
        comparing: Where comparisons wait for each other, if they do.
        compared: The texts of what was compared, one for each time.
    """

    meeting: ClassVar[asyncio.Barrier | None] = None
    comparing: ClassVar[asyncio.Barrier | None] = None
    compared: ClassVar[list[str]] = []

    class Inputs(BaseModel):
        text: str
        size: int = Field(default=1, ge=1)
        fails: str = ""

    class State(BaseModel):
        text: str
        length: int

    async def diff(self, state: State, old: Inputs, new: Inputs) -> Diff:
        Thing.compared.append(new.text)
        if Thing.comparing is not None:
            await asyncio.wait_for(Thing.comparing.wait(), 60)
        return await super().diff(state, old, new)

    async def create(self, new: Inputs) -> State:
        if new.fails == "refuses":
            raise ProviderError("the disk is full", field="text", hint="Delete something.")
        if new.fails == "breaks":
            raise TypeError("an author's bug")
        if Thing.meeting is not None:
            await asyncio.wait_for(Thing.meeting.wait(), 60)
        return self.State(text=new.text, length=len(new.text))


class ThingResource(Resource):
    """Declares a :class:`Thing`."""

    name: str = "thing"
    text: str = "hello"
    size: int = 1
    fails: str = ""

    def to_pulumi(self) -> Any:
        return Thing(self.address, text=self.text, size=self.size, fails=self.fails or None)


class PairResource(Resource):
    """Two things; the second is made of what the first turned out to be."""

    name: str = "pair"
    text: str = "hello"

    def to_pulumi(self) -> Any:
        first = Thing(f"{self.address}.first", text=self.text)
        length = first.output("length").apply(lambda found: f"{found:.0f} letters")
        return Thing(f"{self.address}.second", text=length)


class RaisingResource(Resource):
    """Cannot be compiled."""

    name: str = "raising"

    def to_pulumi(self) -> Any:
        raise RuntimeError("there is no plan for this")


class CustomResource(Resource):
    """Registers any Pulumi resource, the SDK's way."""

    name: str = "custom"
    token: str
    pulumi_name: str = ""

    def to_pulumi(self) -> Any:
        return pulumi.CustomResource(self.token, self.pulumi_name or self.address, {"text": "hello"})


class Kinds:
    """A plugin that gives the provider of :class:`Thing`."""

    @hookimpl
    def clockwork_providers(self) -> Iterator[type[EmbeddedResource]]:
        yield Thing


def manager_of(*plugins: object) -> PluginManager:
    """Make a plugin manager with core's own behaviour and these plugins."""
    manager = PluginManager()
    for number, plugin in enumerate(plugins):
        manager.register(plugin, name=f"plugin-{number}")
    return manager


PROGRAM = "from support.kinds import *\n"


def declare(project: Path, *statements: str) -> Path:
    """Write a file that declares things."""
    main = project / "main.py"
    main.write_text(PROGRAM + "\n".join(statements) + "\n", encoding="utf-8")
    return main
