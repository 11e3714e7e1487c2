"""Which resources of a stack have the same real thing, as before and after a variable was renamed."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import AsyncIterator, Callable, Iterable, Mapping, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass
from typing import Any

from clockwork.providers.wire import split_urn


@dataclass(frozen=True)
class Sibling:
    """A resource of the stack.

    Attributes:
        urn: The engine's name of it.
        id: Its provider's id of the real thing.
        state: What is remembered of the thing, under its wire names.
    """

    urn: str
    id: str
    state: Mapping[str, Any]

    @property
    def name(self) -> str:
        """Its Pulumi name, which is its address."""
        return split_urn(self.urn)[1]


class Siblings:
    """The resources of one stack that have real things: as its state says, and as this run makes them."""

    def __init__(self, read: Callable[[], Iterable[Mapping[str, Any]]] = tuple) -> None:
        """Prepare; nothing is read yet.

        Args:
            read: Gives the resources as the stack's state holds them; called once, when they are needed.
        """
        self._read = read
        self._known: list[Sibling] | None = None
        self._made: dict[tuple[str, str], Sibling] = {}
        self._gone: set[tuple[str, str]] = set()
        self._wanted: dict[tuple[str, str], Sibling] = {}
        self._turns: dict[str, asyncio.Lock] = {}
        self._guard = threading.Lock()

    async def other(self, urn: str, id: str, *, or_wants: bool = False) -> Sibling | None:
        """Give another resource of the same type that has a thing; the one that took it last.

        Args:
            urn: The resource that does not count.
            id: The thing, as its provider identifies it.
            or_wants: Whether one that is only about to have it counts, too.

        Raises:
            pulumi.automation.CommandError: The state cannot be read.
        """
        remembered = await asyncio.to_thread(self._remembered)
        wanted = self._wanted.values() if or_wants else ()
        candidates: list[Sibling] = [*remembered, *self._made.values(), *wanted]
        for one in reversed(candidates):
            is_like = split_urn(one.urn)[0] == split_urn(urn)[0]
            if one.urn != urn and one.id == id and is_like and (one.urn, one.id) not in self._gone:
                return one
        return None

    async def remembers(self, urn: str, id: str) -> bool:
        """Tell whether the state knew a thing when the run began, by whatever resource of the type.

        Args:
            urn: A resource of the type.
            id: The thing, as its provider identifies it.

        Raises:
            pulumi.automation.CommandError: The state cannot be read.
        """
        known = await asyncio.to_thread(self._remembered)
        return any(one.id == id and split_urn(one.urn)[0] == split_urn(urn)[0] for one in known)

    @asynccontextmanager
    async def one_by_one(self, id: str) -> AsyncIterator[None]:
        """Let only one resource at a time decide about a thing: two must not leave it to each other.

        Args:
            id: The thing, as its provider identifies it.
        """
        async with self._turns.setdefault(id, asyncio.Lock()):
            yield

    def wants(self, urn: str, id: str) -> None:
        """Note that a resource is to have a thing."""
        self._wanted[urn, id] = Sibling(urn, id, {})

    def made(self, urn: str, id: str, state: Mapping[str, Any]) -> None:
        """Note that a resource has a thing now."""
        self._made[urn, id] = Sibling(urn, id, state)
        self._gone.discard((urn, id))

    def removed(self, urn: str, id: str) -> None:
        """Note that a resource has a thing no more."""
        self._made.pop((urn, id), None)
        self._gone.add((urn, id))

    def _remembered(self) -> Sequence[Sibling]:
        with self._guard:
            if self._known is None:
                self._known = [
                    Sibling(one["urn"], str(one["id"]), one.get("outputs") or {})
                    for one in self._read()
                    if one.get("id") and not one.get("delete")
                ]
            return self._known
