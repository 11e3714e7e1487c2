"""Pins: names whose meaning may move, such as the tag of an image, and the lock that fixes what they mean."""

from __future__ import annotations

import asyncio
import re
from collections.abc import Callable, Collection, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from typing import TypeVar

from clockwork.errors import ClockworkError, LockError
from clockwork.hook_types import Event, Meaning, Pin
from clockwork.lock import Lock
from clockwork.plugins.calls import mistake
from clockwork.plugins.entry_points import described
from clockwork.plugins.info import Origin
from clockwork.plugins.manager import PluginManager
from clockwork.resources.base import Resource
from clockwork.results import PinResult, PinStatus

MOST_AT_ONCE = 8
T = TypeVar("T")


class Pinner:
    """Fixes what names mean: as the lock says, else as they are looked up, once."""

    def __init__(
        self,
        lock: Lock,
        plugins: PluginManager,
        observe: Callable[[Event], None],
        *,
        locked: bool = False,
    ) -> None:
        """Prepare; nothing is looked up yet.

        Args:
            lock: The project's lock, written as soon as pins are known.
            plugins: The plugins that know of names whose meaning may move.
            observe: Told about each name that is looked up.
            locked: Refuse to look up: every pin must be in the lock.
        """
        self._lock = lock
        self._plugins = plugins
        self._observe = observe
        self._locked = locked
        self._threads = ThreadPoolExecutor(MOST_AT_ONCE, thread_name_prefix="clockwork-pins")

    async def pin(
        self, resources: Sequence[Resource], others: Sequence[Resource] = (), *, partial: bool = False
    ) -> int:
        """Tell every resource what its names mean; look up what the lock does not hold.

        A name that cannot be looked up, and one that is this machine's own, is left as it is.

        Args:
            resources: The completed resources that are worked on.
            others: The project's other resources, of which nothing is looked up.
            partial: Only some of the project's names are known; the lock keeps the pins of others.

        Returns:
            How many names were looked up.

        Raises:
            LockError: A pin in the lock is wrong, or one is lacking while nothing may be looked up.
            PluginError: A plugin's look-up failed in a way that it did not mean to.
        """
        everything = [*resources, *others]
        names = self._names(everything, everything)
        self._tell(names)
        worked_on = {id(resource) for resource in resources}
        lacking = [name for name in names if self._held(name) is None and name.is_used_by(worked_on)]
        if self._locked:
            await self._refuse(lacking)
            return 0
        await self._look_up(lacking)
        self._tell(lacking)
        self._make_own(names)
        if not partial:
            self._lock.keep_only_pins({name.key for name in names})
        self._lock.write()
        return len(lacking)

    def hold(self, resources: Sequence[Resource]) -> None:
        """Tell every resource what its names mean, as far as the lock says; nothing is looked up.

        Args:
            resources: Completed resources.

        Raises:
            LockError: A pin in the lock is wrong.
        """
        self._tell(self._names(resources, resources))

    async def upgrade(self, resources: Sequence[Resource], everything: Sequence[Resource]) -> list[PinResult]:
        """Look the names of resources up again, and write what they mean now to the lock.

        Args:
            resources: The resources whose names move; as complete as the lock makes them.
            everything: All resources of the project.

        Returns:
            What came of each name. One that could not be looked up keeps its pin.

        Raises:
            LockError: The lock cannot be written.
        """
        names = self._names(resources, everything)
        results = await asyncio.gather(*(self._upgraded(name) for name in names))
        for result in results:
            if result.value is not None:
                self._lock.pin(result.kind, result.name, result.value)
        self._lock.write()
        return results

    async def held(self, resources: Sequence[Resource], everything: Sequence[Resource]) -> list[PinResult]:
        """Compare the lock's pins with the names that resources use; this machine alone is asked.

        Args:
            resources: The resources of interest, as complete as the lock makes them.
            everything: All resources of the project.

        Raises:
            LockError: A pin in the lock is wrong.
        """
        names = self._names(resources, everything)
        return await asyncio.gather(*(self._as_held(name) for name in names))

    def _names(self, resources: Sequence[Resource], everything: Sequence[Resource]) -> list[_Name]:
        """Ask the plugins; a name that several resources use is one."""
        found: dict[tuple[str, str], _Name] = {}
        for resource in resources:
            if not resource.is_wanted():
                continue
            asked = self._plugins.ask("clockwork_pins", resource=resource, resources=tuple(everything))
            for given in asked.usable():
                pin: Pin = given.result
                name = found.setdefault((pin.kind, pin.name), _Name(pin, given.origin))
                name.places.append((resource, pin.field))
        return [found[key] for key in sorted(found)]

    def _tell(self, names: Sequence[_Name]) -> None:
        for name in names:
            value = self._held(name)
            if value is not None:
                for resource, where in name.places:
                    resource.pin(where, value)

    def _held(self, name: _Name) -> str | None:
        value = self._lock.pinned(*name.key)
        if value is not None and not name.fits(value):
            raise LockError(
                f"the {name.pin.kind} {name.pin.name!r} is pinned to what it cannot mean: {value!r}",
                address=name.address,
                field=name.pin.field,
                file=self._lock.path,
                hint="Correct it there, or remove the line: the name is then looked up again.",
            )
        return value

    async def _look_up(self, names: Sequence[_Name]) -> None:
        found = await asyncio.gather(*(self._meaning(name, anew=False) for name in names))
        for name, (meaning, _is_own) in zip(names, found, strict=True):
            if meaning.value is not None:
                self._lock.pin(*name.key, meaning.value)

    def _make_own(self, names: Sequence[_Name]) -> None:
        """Write what another stack's part of the lock says of names into this one's."""
        for name in names:
            if (value := self._held(name)) is not None:
                self._lock.pin(*name.key, value)

    async def _refuse(self, names: Sequence[_Name]) -> None:
        """Refuse names that need a pin; this machine alone is asked which of them are its own."""
        here = await asyncio.gather(*(self._in_turn(name.here) for name in names))
        lacking = [
            name for name, own in zip(names, here, strict=True) if own is None or own.value is not None
        ]
        if lacking:
            listed = "\n".join(
                f"  {name.address}: {name.pin.field} {name.pin.name} (not in the lock)" for name in lacking
            )
            raise LockError(
                f"--locked forbids looking names up, and the lock lacks pins:\n{listed}",
                address=lacking[0].address if len(lacking) == 1 else None,
                file=self._lock.path,
                hint=f"Run `clockwork plan` without --locked, review {self._lock.path.name} and commit it.",
            )

    async def _meaning(self, name: _Name, *, anew: bool) -> tuple[Meaning, bool]:
        """Look a name up; also say whether it is this machine's own."""
        told = {"name": name.pin.name}
        self._observe(Event("pin.start", name.address, told))
        meaning, is_own = await self._in_turn(name.found, anew)
        if meaning.value is None:
            self._observe(Event("pin.skipped", name.address, {**told, "reason": meaning.reason}))
        else:
            self._observe(Event("pin.done", name.address, {**told, "value": meaning.value}))
        return meaning, is_own

    async def _as_held(self, name: _Name) -> PinResult:
        value = self._held(name)
        if value is not None:
            return name.result(PinStatus.SAME, value, previous=value)
        here = await self._in_turn(name.here)
        if here is not None and here.value is None:
            return name.result(PinStatus.LOCAL, None, reason=here.reason)
        return name.result(PinStatus.LACKING, None)

    async def _upgraded(self, name: _Name) -> PinResult:
        before = self._lock.pinned(*name.key)
        meaning, is_own = await self._meaning(name, anew=True)
        if meaning.value is None:
            status = PinStatus.LOCAL if is_own else PinStatus.FAILED
        elif before is None:
            status = PinStatus.NEW
        else:
            status = PinStatus.SAME if meaning.value == before else PinStatus.MOVED
        return name.result(status, meaning.value or before, previous=before, reason=meaning.reason)

    async def _in_turn(self, look: Callable[..., T], *arguments: object) -> T:
        """Look in a thread, of which there are only so many."""
        return await asyncio.get_running_loop().run_in_executor(self._threads, look, *arguments)


def unused(lock: Lock, known: Collection[PinResult]) -> list[PinResult]:
    """Give the lock's pins of names that no resource uses.

    Args:
        lock: The project's lock.
        known: The names that resources use.
    """
    used = {(one.kind, one.name) for one in known}
    return [
        PinResult(kind, name, PinStatus.UNUSED, value, previous=value)
        for (kind, name), value in lock.pins.items()
        if (kind, name) not in used
    ]


@dataclass(frozen=True)
class _Name:
    """A name that resources use, how to look it up, and who says so."""

    pin: Pin
    origin: Origin
    places: list[tuple[Resource, str]] = field(default_factory=list)

    @property
    def key(self) -> tuple[str, str]:
        return self.pin.kind, self.pin.name

    @property
    def address(self) -> str:
        return self.places[0][0].address

    def is_used_by(self, resources: Collection[int]) -> bool:
        return any(id(resource) in resources for resource, _field in self.places)

    def fits(self, value: str) -> bool:
        return re.fullmatch(self.pin.pattern, value) is not None

    def found(self, anew: bool) -> tuple[Meaning, bool]:
        """Look it up here, then where it comes from; there at once when it is looked up anew.

        Returns:
            Its meaning, and whether it is this machine's own.
        """
        here = self.here()
        if here is not None and (here.value is None or not anew):
            return here, here.value is None
        return self.there(), False

    def here(self) -> Meaning | None:
        return self._answer(self.pin.here)

    def there(self) -> Meaning:
        meaning = self._answer(self.pin.there)
        if meaning is None:
            raise self._mistake("gave None, expected a Meaning")
        return meaning

    def result(
        self, status: PinStatus, value: str | None, *, previous: str | None = None, reason: str = ""
    ) -> PinResult:
        addresses = tuple(dict.fromkeys(resource.address for resource, _field in self.places))
        return PinResult(self.pin.kind, self.pin.name, status, value, previous, reason, addresses)

    def _answer(self, look: Callable[[], Meaning | None]) -> Meaning | None:
        try:
            meaning = look()
        except ClockworkError:
            raise
        except Exception as error:
            raise self._mistake(f"raised {described(error)}") from error
        if meaning is not None and not isinstance(meaning, Meaning):
            raise self._mistake(f"gave {meaning!r}, expected a Meaning")
        if meaning is not None and meaning.value is not None and not self.fits(meaning.value):
            raise self._mistake(f"gave {meaning.value!r}, which does not match {self.pin.pattern}")
        return meaning

    def _mistake(self, what: str) -> ClockworkError:
        return mistake(self.origin, f"looking up {self.pin.kind} {self.pin.name!r} {what}", self.places[0][0])
