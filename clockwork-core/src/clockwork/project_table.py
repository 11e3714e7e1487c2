"""The ``[tool.clockwork]`` table of a ``pyproject.toml``, and where its settings stand."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any, Self

from clockwork.credentials import without_credentials
from clockwork.errors import UsageError
from clockwork.suggestions import unknown

_SECRET = "api_key"
_ADDRESSES = ("base_url", "backend_url")
_SHARED = "a credential does not belong in a file that is shared"


@dataclass(frozen=True)
class ProjectTable:
    """The settings a project keeps in its ``pyproject.toml``.

    Attributes:
        file: The file.
        values: The settings, by the names that :class:`~clockwork.settings.Settings` has for them.
        wrong: What is wrong with the table, whatever its values are.
        written: How each name is written in the file.
        text: The whole file.
    """

    file: Path
    values: Mapping[str, Any] = field(default_factory=dict)
    written: Mapping[str, str] = field(default_factory=dict)
    text: str = ""
    wrong: Sequence[UsageError] = ()

    @classmethod
    def read(cls, file: Path, known: Collection[str]) -> Self:
        """Read the table; a file or table that does not exist is empty.

        Args:
            file: The ``pyproject.toml``.
            known: The names of all settings.

        Raises:
            UsageError: It cannot be read.
        """
        if not file.is_file():
            return cls(file)
        text = _text(file)
        table = _table(text, file)
        names = [(name, name.replace("-", "_")) for name in table]
        written = {plain: name for name, plain in reversed(names)}
        values = {
            plain: table[name] for plain, name in written.items() if plain in known and plain != _SECRET
        }
        found = cls(file, values, written, text)
        twice = [(name, plain) for name, plain in names if written[plain] != name]
        wrong = (*found._twice(twice), *found._unknown(known), *found._credentials())
        return replace(found, wrong=wrong)

    def error(self, name: str, message: str, hint: str | None = None) -> UsageError:
        """Make the error that tells what is wrong with a setting, at its place in the file.

        Args:
            name: The setting.
            message: What is wrong.
            hint: What to do.
        """
        return self._error_at(self.written.get(name, name), message, hint)

    def _twice(self, names: Iterable[tuple[str, str]]) -> Iterator[UsageError]:
        for name, plain in names:
            first = self.written[plain]
            yield self._error_at(name, f"it is written twice, as {first} and as {name}")

    def _unknown(self, known: Collection[str]) -> Iterator[UsageError]:
        settings = [name.replace("_", "-") for name in known if name != _SECRET]
        for written in (written for name, written in self.written.items() if name not in known):
            told = unknown("there is no setting", written, settings)
            yield self._error_at(written, told, f"The settings are {', '.join(settings)}.")

    def _credentials(self) -> Iterator[UsageError]:
        if _SECRET in self.written:
            yield self.error(_SECRET, _SHARED, "Set CW_API_KEY in the environment instead.")
        for name in _ADDRESSES:
            address = self.values.get(name)
            if isinstance(address, str) and without_credentials(address) != address:
                yield self.error(name, _SHARED, f"Set CW_{name.upper()} in the environment instead.")

    def _error_at(self, written: str, message: str, hint: str | None = None) -> UsageError:
        return UsageError(
            message, file=self.file, line=self._line_of(written), field=f"tool.clockwork.{written}", hint=hint
        )

    def _line_of(self, written: str) -> int | None:
        """Find a setting's line; what is written in a rarer form of TOML has none."""
        key = re.compile(rf"""\s*["']?{re.escape(written)}["']?\s*=""")
        inside = False
        for number, line in enumerate(self.text.splitlines(), start=1):
            if line.lstrip().startswith("["):
                inside = line.strip().startswith("[tool.clockwork]")
                if line.strip().startswith((f"[tool.clockwork.{written}]", f"[tool.clockwork.{written}.")):
                    return number
            elif inside and key.match(line):
                return number
        return None


def line_of_text(file: Path, text: str) -> int | None:
    """Find the line of a file where a text stands in quotes.

    Args:
        file: The file.
        text: The text.
    """
    lines = _text(file).splitlines()
    return next((n for n, line in enumerate(lines, 1) if f'"{text}"' in line or f"'{text}'" in line), None)


def _text(file: Path) -> str:
    try:
        return file.read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as error:
        raise UsageError(f"it cannot be read: {error}", file=file) from None


def _table(text: str, file: Path) -> dict[str, Any]:
    try:
        table: dict[str, Any] = tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        place = re.search(r"\(at line (\d+)", str(error))
        line = int(place[1]) if place else None
        raise UsageError(f"it is not valid TOML: {error}", file=file, line=line) from None
    for name, path in (("tool", "tool"), ("clockwork", "tool.clockwork")):
        found = table.get(name, {})
        if not isinstance(found, dict):
            raise UsageError(f"it must be a table, got {found!r}", file=file, field=path)
        table = found
    return table
