"""Whether a file is there, and what is in it."""

from __future__ import annotations

import hashlib
import re
from pathlib import Path
from typing import Self

from pydantic import Field, model_validator

from clockwork.assertions.base import Assertion, Seen, Subject
from clockwork.assertions.text import excerpt
from clockwork.assertions.threads import in_thread


class FileExistsAssert(Assertion):
    """A file exists.

    Attributes:
        path: The file; a relative path starts in the project, ``~`` is the home folder.
    """

    path: Path
    timeout_seconds: float = Field(default=5, ge=0, allow_inf_nan=False)

    def title(self) -> str:
        """Say which file should exist."""
        return f"file {self.path} exists"

    async def check(self, subject: Subject) -> Seen:
        """Look for the file once."""
        file = subject.path(self.path)
        return await in_thread(lambda: _existence(file))


class FileContentMatchesAssert(Assertion):
    """A file has a content, which is given in exactly one of three ways.

    Attributes:
        path: The file; a relative path starts in the project, ``~`` is the home folder.
        text: A text that it contains.
        pattern: A regular expression that is found in it.
        sha256: The digest of the whole, in hexadecimal digits.
    """

    path: Path
    text: str | None = Field(default=None, min_length=1)
    pattern: re.Pattern[str] | None = None
    sha256: str | None = Field(default=None, pattern=r"^[0-9a-fA-F]{64}$")
    timeout_seconds: float = Field(default=5, ge=0, allow_inf_nan=False)

    @model_validator(mode="after")
    def _one_way(self) -> Self:
        if sum(way is not None for way in (self.text, self.pattern, self.sha256)) != 1:
            raise ValueError("give exactly one of text, pattern and sha256")
        return self

    def title(self) -> str:
        """Say what should be in which file."""
        if self.text is not None:
            return f"file {self.path} contains {self.text!r}"
        if self.pattern is not None:
            return f"file {self.path} matches /{self.pattern.pattern}/"
        return f"file {self.path} has the digest {str(self.sha256)[:12].lower()}"

    async def check(self, subject: Subject) -> Seen:
        """Read the file once."""
        file = subject.path(self.path)
        return await in_thread(lambda: self._read(file))

    def _read(self, file: Path) -> Seen:
        try:
            if self.sha256 is not None:
                return _digested(file, self.sha256.lower())
            text = file.read_bytes().decode("utf-8", errors="replace")
        except OSError as error:
            return Seen(False, f"{file}: {error.strerror}")
        found = self.text in text if self.text is not None else self.pattern and self.pattern.search(text)
        return Seen(True, "found") if found else Seen(False, f"{file} contains {excerpt(text)}")


def _existence(file: Path) -> Seen:
    if file.is_file():
        return Seen(True, "there")
    return Seen(False, f"{file} is not a file" if file.exists() else f"there is no {file}")


def _digested(file: Path, wanted: str) -> Seen:
    with file.open("rb") as stream:
        found = hashlib.file_digest(stream, "sha256").hexdigest()
    return Seen(
        found == wanted, "the digest is right" if found == wanted else f"{file} has the digest {found}"
    )
