"""Which resources of a stack have the same real thing, as before and after a variable was renamed."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import AsyncIterator, Callable, Collection, Iterable, Iterator, Mapping, Set
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
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

    def __init__(
        self, read: Callable[[], Iterable[Mapping[str, Any]]] = tuple, declared: Collection[str] = ()
    ) -> None:
        """Prepare; nothing is read yet.

        Args:
            read: Gives the resources as the stack's state holds them; called once, when they are needed.
            declared: The addresses of what is to be there at the end of the run.
        """
        self._read, self._declared = read, declared
        self._state: _State | None = None
        self._made = _Owners()
        self._wanted = _Owners()
        self._gone: set[tuple[str, str]] = set()
        self._renewed: set[tuple[str, str]] = set()
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
        remembered = (await self._known()).owners
        for owners in (self._wanted, self._made, remembered) if or_wants else (self._made, remembered):
            for one in owners.of(urn, id):
                if one.urn != urn and (one.urn, one.id) not in self._gone:
                    return one
        return None

    async def own(self, urn: str) -> Sibling | None:
        """Give a resource as the state held it when the run began; ``None`` when it is new.

        Args:
            urn: The resource.

        Raises:
            pulumi.automation.CommandError: The state cannot be read.
        """
        return (await self._known()).by_urn.get(urn)

    def goes_on(self, one: Sibling) -> bool:
        """Tell whether a resource is still declared, so that its thing is not about to be removed.

        Args:
            one: What :meth:`other` gave.
        """
        return one.name in self._declared

    async def remembers(self, urn: str, id: str) -> bool:
        """Tell whether the state knew a thing when the run began, by whatever resource of the type.

        Args:
            urn: A resource of the type.
            id: The thing, as its provider identifies it.

        Raises:
            pulumi.automation.CommandError: The state cannot be read.
        """
        return any((await self._known()).owners.of(urn, id))

    async def urns(self) -> Set[str]:
        """Name all that the state held when the run began, also what is to be removed.

        Raises:
            pulumi.automation.CommandError: The state cannot be read.
        """
        return (await self._known()).urns

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
        self._wanted.add(Sibling(urn, id, {}))

    def is_wanted_in(self, path: Path, project: Path) -> bool:
        """Tell whether a resource is to have a path of this machine, or something in it.

        Args:
            path: The path; things that are paths have them as their ids.
            project: The folder that ids which are relative paths are relative to.
        """
        wanted = (project / id for id in self._wanted.ids())
        return any(one == path or path in one.parents for one in wanted)

    def made(self, urn: str, id: str, state: Mapping[str, Any]) -> None:
        """Note that a resource has a thing now."""
        self._made.add(Sibling(urn, id, state))
        self._gone.discard((urn, id))

    def removed(self, urn: str, id: str) -> None:
        """Note that a resource has a thing no more."""
        self._made.drop(urn, id)
        self._gone.add((urn, id))

    def renews(self, kind: str, name: str) -> None:
        """Note that what a name stands for is made anew in this run, so that what uses it can follow.

        Args:
            kind: What it is, such as ``image``.
            name: The name, which stays the same.
        """
        self._renewed.add((kind, name))

    def is_renewed(self, kind: str, name: str) -> bool:
        """Tell whether what a name stands for is made anew in this run, as far as that is known by now.

        What a resource depends on is looked at before it.

        Args:
            kind: What it is, such as ``image``.
            name: The name.
        """
        return (kind, name) in self._renewed

    async def _known(self) -> _State:
        """Read the state, once for all who ask at the same time."""
        if self._state is not None:
            return self._state
        return await asyncio.to_thread(self._read_once)

    def _read_once(self) -> _State:
        with self._guard:
            if self._state is None:
                self._state = _State.of(self._read())
            return self._state


class _Owners:
    """Resources that have things, found by their type and the thing."""

    def __init__(self) -> None:
        self._found: dict[tuple[str, str], dict[str, Sibling]] = {}

    def add(self, one: Sibling) -> None:
        self._found.setdefault(_thing(one.urn, one.id), {})[one.urn] = one

    def ids(self) -> set[str]:
        """Give the ids of all things, of whatever type."""
        return {id for _, id in self._found}

    def drop(self, urn: str, id: str) -> None:
        self._found.get(_thing(urn, id), {}).pop(urn, None)

    def of(self, urn: str, id: str) -> Iterator[Sibling]:
        """Give who has a thing of the type of ``urn``; the last that took it first."""
        return reversed(self._found.get(_thing(urn, id), {}).values())


@dataclass(frozen=True)
class _State:
    """What the stack's state held when the run began."""

    urns: Set[str]
    owners: _Owners
    by_urn: Mapping[str, Sibling]

    @classmethod
    def of(cls, resources: Iterable[Mapping[str, Any]]) -> _State:
        urns, owners, by_urn = set(), _Owners(), {}
        for one in resources:
            urns.add(str(one["urn"]))
            if one.get("id") and not one.get("delete"):
                sibling = Sibling(one["urn"], str(one["id"]), one.get("outputs") or {})
                by_urn[sibling.urn] = sibling
                owners.add(sibling)
        return cls(urns, owners, by_urn)


def _thing(urn: str, id: str) -> tuple[str, str]:
    return split_urn(urn)[0], id
