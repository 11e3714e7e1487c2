"""``clockwork.lock``: every value and pin that the user did not write, kept for review and reuse."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from dataclasses import replace
from pathlib import Path
from typing import Self, TypeVar

from clockwork.atomic import replace_file
from clockwork.errors import LockError
from clockwork.lock_format import Content, LockEntry, digest_of, parsed, rendered
from clockwork.logs import get_logger

__all__ = ["Lock", "LockEntry", "digest_of"]

_log = get_logger(__name__)

K = TypeVar("K")
V = TypeVar("V")


class Lock:
    """The lock of one project, in memory until :meth:`write`."""

    def __init__(self, path: Path, content: Content | None = None) -> None:
        """Hold what a lock holds.

        Args:
            path: The file.
            content: What stands in it; nothing when ``None``.
        """
        self.path = path
        self._on_disk = content = content or Content()
        self._entries, self._pins = dict(content.entries), dict(content.pins)
        self._approved = frozenset(content.approved)
        self._written = self._text()

    @classmethod
    def read(cls, path: Path) -> Self:
        """Read a lock file; one that does not exist is an empty lock.

        Args:
            path: The file, as a rule ``clockwork.lock`` beside the user's file.

        Raises:
            LockError: The file cannot be read, is not TOML, has a wrong shape or a newer format.
        """
        try:
            text = path.read_text(encoding="utf-8")
        except FileNotFoundError:
            _log.debug("there is no lock", path=str(path))
            return cls(path)
        except (OSError, UnicodeDecodeError) as error:
            raise LockError(f"it cannot be read: {error}", file=path) from None
        content = parsed(text, path)
        _log.debug("the lock is read", path=str(path), entries=len(content.entries), pins=len(content.pins))
        return cls(path, content)

    @property
    def addresses(self) -> list[str]:
        """The addresses that have an entry, sorted."""
        return sorted(self._entries)

    @property
    def pins(self) -> dict[tuple[str, str], str]:
        """What each pinned name means, by its kind and itself, sorted."""
        return dict(sorted(self._pins.items()))

    def entry(self, address: str) -> LockEntry | None:
        """Give the entry of a resource, or ``None``."""
        return self._entries.get(address)

    def put(self, address: str, entry: LockEntry) -> None:
        """Add or replace the entry of a resource."""
        self._entries[address] = entry

    def follow(self, address: str, question: str, declared: Collection[str]) -> None:
        """Let a resource without an entry have that of one that is declared no more, if it answers the same.

        So a renamed variable asks nothing again.

        Args:
            address: The resource.
            question: The digest of its question.
            declared: The addresses of all resources of the project.
        """
        if address in self._entries:
            return
        for earlier in sorted(self._entries.keys() - set(declared)):
            if self._entries[earlier].question == question:
                self._entries[address] = self._entries.pop(earlier)
                return

    def settle(self, addresses: Iterable[str]) -> None:
        """Forget the values that earlier answers gave: what the lock holds now is deployed.

        Args:
            addresses: The resources that are as the lock says.
        """
        for address in addresses:
            entry = self._entries.get(address)
            if entry is not None and entry.replaced:
                self._entries[address] = replace(entry, replaced={})

    def keep_only(self, addresses: Collection[str]) -> None:
        """Drop the entries of all other resources."""
        self._entries = {address: entry for address, entry in self._entries.items() if address in addresses}

    def pin(self, kind: str, name: str, value: str) -> None:
        """Add or move a pin.

        Args:
            kind: What sort of name it is, such as ``docker-image``.
            name: The name, such as ``nginx:1.27``.
            value: What it means from now on.
        """
        self._pins[kind, name] = value

    def keep_only_pins(self, names: Collection[tuple[str, str]]) -> None:
        """Drop all other pins.

        Args:
            names: The names to keep, each with its kind in front.
        """
        self._pins = {name: value for name, value in self._pins.items() if name in names}

    @property
    def approved(self) -> frozenset[str]:
        """The commands that a model had a part in and that a person said yes to."""
        return self._approved

    def approve(self, commands: Iterable[str]) -> None:
        """Keep a person's yes to commands.

        Args:
            commands: Their whole texts.
        """
        self._approved |= frozenset(commands)

    def keep_only_approved(self, commands: Collection[str]) -> None:
        """Drop the yes to all other commands.

        Args:
            commands: The commands that are still run.
        """
        self._approved &= frozenset(commands)

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
