"""The ``[tool.clockwork]`` table of a ``pyproject.toml``, and where its settings stand."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Self

from clockwork.credentials import without_credentials
from clockwork.errors import UsageError
from clockwork.validation import unknown

_SECRET = "api_key"
_ADDRESSES = ("base_url", "backend_url")
_SHARED = "a credential does not belong in a file that is shared"


@dataclass(frozen=True)
class ProjectTable:
    """The settings a project keeps in its ``pyproject.toml``.

    Attributes:
        file: The file.
        values: The settings, by the names that :class:`~clockwork.settings.Settings` has for them.
        written: How each name is written in the file.
        text: The whole file.
    """

    file: Path
    values: Mapping[str, Any] = field(default_factory=dict)
    written: Mapping[str, str] = field(default_factory=dict)
    text: str = ""

    @classmethod
    def read(cls, file: Path, known: Collection[str]) -> Self:
        """Read the table; a file or table that does not exist is empty.

        Args:
            file: The ``pyproject.toml``.
            known: The names of all settings.

        Raises:
            UsageError: It cannot be read, has no such setting, or holds a credential.
        """
        if not file.is_file():
            return cls(file)
        text = _text(file)
        table = _table(text, file)
        written: dict[str, str] = {}
        for name in table:
            plain = name.replace("-", "_")
            if plain in written:
                made = cls(file, table, written, text)
                raise made.error(plain, f"it is written twice, as {written[plain]} and as {name}")
            written[plain] = name
        made = cls(file, {plain: table[name] for plain, name in written.items()}, written, text)
        made._check_names(known)
        made._check_credentials()
        return made

    def error(self, name: str, message: str, hint: str | None = None) -> UsageError:
        """Make the error that tells what is wrong with a setting, at its place in the file.

        Args:
            name: The setting.
            message: What is wrong.
            hint: What to do.
        """
        written = self.written.get(name, name)
        return UsageError(
            message, file=self.file, line=self._line_of(written), field=f"tool.clockwork.{written}", hint=hint
        )

    def _check_names(self, known: Collection[str]) -> None:
        settings = [name.replace("_", "-") for name in known if name != _SECRET]
        for name, written in self.written.items():
            if name not in known:
                close = unknown("there is no setting", written, settings)
                raise self.error(name, close, f"The settings are {', '.join(settings)}.")

    def _check_credentials(self) -> None:
        if _SECRET in self.values:
            raise self.error(_SECRET, _SHARED, "Set CW_API_KEY in the environment instead.")
        for name in _ADDRESSES:
            address = self.values.get(name)
            if isinstance(address, str) and without_credentials(address) != address:
                raise self.error(name, _SHARED, f"Set CW_{name.upper()} in the environment instead.")

    def _line_of(self, written: str) -> int | None:
        """Find a setting's line; what is written in a rarer form of TOML has none."""
        key = re.compile(rf"""\s*["']?{re.escape(written)}["']?\s*=""")
        inside = False
        for number, line in enumerate(self.text.splitlines(), start=1):
            if line.lstrip().startswith("["):
                inside = line.strip().startswith("[tool.clockwork]")
            elif inside and key.match(line):
                return number
        return None


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
