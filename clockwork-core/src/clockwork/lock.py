"""``clockwork.lock``: every value and pin that the user did not write, kept for review and reuse."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from dataclasses import replace
from pathlib import Path
from typing import Self, TypeVar

from clockwork.atomic import replace_file
from clockwork.errors import LockError
from clockwork.lock_content import SHARED, Content, LockEntry, digest_of
from clockwork.lock_format import parsed, rendered
from clockwork.logs import get_logger

__all__ = ["Lock", "LockEntry", "digest_of"]

_log = get_logger(__name__)

K = TypeVar("K")
V = TypeVar("V")


class Lock:
    """The lock of one project as one stack sees it, in memory until :meth:`write`.

    Attributes:
        path: The file.
        stack: Whose part of it is read and changed; empty for what stacks share.
    """

    def __init__(self, path: Path, content: Content | None = None, stack: str = SHARED) -> None:
        """Hold what a lock holds.

        Args:
            path: The file.
            content: What stands in it; nothing when ``None``.
            stack: A stack that has answers of its own; empty for what stacks share.
        """
        self.path, self.stack = path, stack
        self._on_disk = content = content or Content()
        self._entries, self._pins = dict(content.entries), dict(content.pins)
        self._approved = frozenset(content.approved)
        self._written = self._text()

    @classmethod
    def read(cls, path: Path, stack: str = SHARED) -> Self:
        """Read a lock file; one that does not exist is an empty lock.

        Args:
            path: The file, as a rule ``clockwork.lock`` beside the user's file.
            stack: A stack that has answers of its own; empty for what stacks share.

        Raises:
            LockError: The file cannot be read, is not TOML, has a wrong shape or a newer format.
        """
        try:
            text = path.read_text(encoding="utf-8-sig")
        except FileNotFoundError:
            _log.debug("there is no lock", path=str(path))
            return cls(path, stack=stack)
        except (OSError, UnicodeDecodeError) as error:
            raise LockError(f"it cannot be read: {error}", file=path) from None
        content = parsed(text, path)
        _log.debug("the lock is read", path=str(path), entries=len(content.entries), pins=len(content.pins))
        return cls(path, content, stack)

    @property
    def addresses(self) -> list[str]:
        """The addresses that have an entry, sorted."""
        return sorted(address for stack, address in self._entries if stack == self.stack)

    @property
    def stacks(self) -> list[str]:
        """The stacks that have a part of their own, sorted."""
        keys = (*self._entries, *self._pins, *self._approved)
        return sorted({stack for stack, *_rest in keys} - {SHARED})

    @property
    def pins(self) -> dict[tuple[str, str], str]:
        """What each pinned name means, by its kind and itself, sorted."""
        return {
            (kind, name): value
            for (stack, kind, name), value in sorted(self._pins.items())
            if stack == self.stack
        }

    def pinned(self, kind: str, name: str) -> str | None:
        """Tell what a name means: as its own stack says, else as the others do."""
        meanings = {stack: value for (stack, *of), value in sorted(self._pins.items()) if of == [kind, name]}
        return meanings.get(self.stack) or next(iter(meanings.values()), None)

    def entry(self, address: str) -> LockEntry | None:
        """Give the entry of a resource, or ``None``."""
        return self._entries.get((self.stack, address))

    def put(self, address: str, entry: LockEntry) -> None:
        """Add or replace the entry of a resource."""
        self._entries[self.stack, address] = entry

    def follow(self, address: str, question: str, declared: Collection[str]) -> None:
        """Let a resource have the answers that its question got elsewhere, so that nothing is asked twice.

        They are another stack's, or, of a resource without an entry, those of one that is declared no
        more: that is how a renamed variable asks nothing again.

        Args:
            address: The resource.
            question: The digest of its question.
            declared: The addresses of all resources of the project.
        """
        held = self.entry(address)
        if held is not None and held.question == question:
            return
        if answered := self._answered_elsewhere(address, question):
            self.put(address, answered if held is None else answered.succeeding(held))
        elif held is None:
            self._take_over(address, question, declared)

    def _answered_elsewhere(self, address: str, question: str) -> LockEntry | None:
        """Give what another stack was answered about a resource, without what is particular to it."""
        for (stack, of), entry in sorted(self._entries.items()):
            if stack != self.stack and of == address and entry.question == question:
                return replace(entry, replaced={})
        return None

    def _take_over(self, address: str, question: str, declared: Collection[str]) -> None:
        for earlier in sorted({*self.addresses} - {*declared}):
            if self._entries[self.stack, earlier].question == question:
                self.put(address, self._entries.pop((self.stack, earlier)))
                return

    def settle(self, addresses: Iterable[str]) -> None:
        """Forget the values that earlier answers gave: what the lock holds now is deployed.

        Args:
            addresses: The resources that are as the lock says.
        """
        for address in addresses:
            entry = self.entry(address)
            if entry is not None and entry.replaced:
                self.put(address, replace(entry, replaced={}))

    def keep_only(self, addresses: Collection[str]) -> None:
        """Drop the entries of all other resources."""
        self._entries = {
            (stack, address): entry
            for (stack, address), entry in self._entries.items()
            if stack != self.stack or address in addresses
        }

    def keep_only_shared(self) -> None:
        """Drop what stacks have for themselves: the file does not tell them apart any more."""
        self._entries = {key: entry for key, entry in self._entries.items() if key[0] == SHARED}
        self._pins = {key: value for key, value in self._pins.items() if key[0] == SHARED}
        self._approved = frozenset(key for key in self._approved if key[0] == SHARED)

    def pin(self, kind: str, name: str, value: str) -> None:
        """Add or move a pin.

        Args:
            kind: What sort of name it is, such as ``docker-image``.
            name: The name, such as ``nginx:1.27``.
            value: What it means from now on.
        """
        self._pins[self.stack, kind, name] = value

    def keep_only_pins(self, names: Collection[tuple[str, str]]) -> None:
        """Drop all other pins.

        Args:
            names: The names to keep, each with its kind in front.
        """
        self._pins = {
            (stack, kind, name): value
            for (stack, kind, name), value in self._pins.items()
            if stack != self.stack or (kind, name) in names
        }

    @property
    def approved(self) -> frozenset[str]:
        """The commands that a model had a part in and that a person said yes to."""
        return frozenset(command for stack, command in self._approved if stack == self.stack)

    def approve(self, commands: Iterable[str]) -> None:
        """Keep a person's yes to commands.

        Args:
            commands: Their whole texts.
        """
        self._approved |= {(self.stack, command) for command in commands}

    def keep_only_approved(self, commands: Collection[str]) -> None:
        """Drop the yes to all other commands.

        Args:
            commands: The commands that are still run.
        """
        self._approved = frozenset(
            (stack, command)
            for stack, command in self._approved
            if stack != self.stack or command in commands
        )

    def write(self) -> None:
        """Write the lock to its file, in one step, if anything changed since it was read.

        What a person or another run changed in the file meanwhile is taken in first, and stands.

        Raises:
            LockError: The file cannot be written, or cannot be understood any more; it is still whole.
        """
        if self._text() == self._written:
            return
        self._take_in_changes()
        text = self._text()
        try:
            replace_file(self.path.resolve(), text)
        except OSError as error:
            raise LockError(f"it cannot be written: {error}", file=self.path) from None
        self._written = text
        self._on_disk = Content(dict(self._entries), dict(self._pins), self._approved)
        _log.debug(
            "the lock is written", path=str(self.path), entries=len(self._entries), pins=len(self._pins)
        )

    def _take_in_changes(self) -> None:
        """Take in what was changed in the file since it was read or written last."""
        now, before = type(self).read(self.path)._on_disk, self._on_disk
        self._entries = _with_changes(self._entries, before.entries, now.entries)
        self._pins = _with_changes(self._pins, before.pins, now.pins)
        self._approved |= frozenset(now.approved) - frozenset(before.approved)

    def _text(self) -> str:
        return rendered(Content(self._entries, self._pins, self._approved))


def _with_changes(ours: Mapping[K, V], before: Mapping[K, V], now: Mapping[K, V]) -> dict[K, V]:
    """Give our values, but those that somebody else changed or removed as they are now."""
    changed = {key: value for key, value in now.items() if before.get(key) != value}
    gone = before.keys() - now.keys()
    return {**{key: value for key, value in ours.items() if key not in gone}, **changed}
