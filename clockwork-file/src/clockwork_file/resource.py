"""A file that should exist."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Any, Optional

from pydantic import field_validator

from clockwork.errors import LoadError
from clockwork.paths import declared_path, real_path, wrong_path
from clockwork.project import FOLDER_NAME, LOCK_NAME
from clockwork.resources.base import Resource
from clockwork.resources.fields import completable, long_text, not_completable

MODE = r"^0?[0-7]{3,4}$"
MODE_IN_WORDS = "its permissions in octal digits"
MODE_EXAMPLES = ["644", "600", "755"]


class FileResource(Resource):
    """A file with its content and permissions.

    Either ``path`` says where it stands, or ``directory`` and ``name`` do. Relative paths are
    relative to the folder of the user's file; ``~`` is the home folder.

    Attributes:
        description: What it should contain.
        name: The file's name.
        content: What is in it, written as UTF-8.
        directory: The folder it stands in.
        mode: Its permissions, in octal digits.
        path: The full path, instead of ``directory`` and ``name``.
        adopt: Take over a file that is already there with another content or mode.
    """

    description: str
    name: Optional[str] = completable(  # type: ignore[assignment]
        "the file's name with its extension, without folders",
        pattern=r"^[^/\\\x00]+$",
        examples=["notes.md", "nginx.conf", "settings.json"],
        max_length=255,
    )
    content: Optional[str] = long_text("the whole content of the file")
    directory: Optional[str] = completable(
        "the folder it stands in, relative to the project; . is the project's own folder",
        examples=[".", "docs", "config/web"],
        min_length=1,
        max_length=1024,
    )
    mode: Optional[str] = completable(MODE_IN_WORDS, pattern=MODE, examples=MODE_EXAMPLES)
    path: Optional[str] = not_completable("the full path; overrides directory and name")
    adopt: bool = False

    @field_validator("name")
    @classmethod
    def _is_a_name(cls, value: str | None) -> str | None:
        if value in (".", ".."):
            raise ValueError(f"{value} is a folder, not a file's name")
        return value

    @field_validator("path", "directory")
    @classmethod
    def _is_a_path(cls, value: str | None) -> str | None:
        if value is not None and (reason := wrong_path(value)):
            raise ValueError(reason)
        return value

    @field_validator("path")
    @classmethod
    def _ends_in_a_name(cls, value: str | None) -> str | None:
        if value is not None and (value.endswith("/") or Path(value).name in ("", "..")):
            raise ValueError("it names a folder; a file's path ends in its name")
        return value

    def missing_fields(self) -> list[str]:
        """The completable fields without a value; a ``path`` makes name and directory needless."""
        needless = {"name", "directory"} if self.path is not None else set()
        return [field for field in super().missing_fields() if field not in needless]

    def claims(self) -> list[str]:
        """The file, once its path is known."""
        declared = self._declared()
        if declared is None:
            return []
        file = real_path(declared, self.project)
        return [f"file {os.path.realpath(file.parent)}/{file.name}"]

    @property
    def file(self) -> str | None:
        """The file's absolute path, once it is known."""
        return None if self._declared() is None else str(self.location())

    def location(self) -> Path:
        """Where the file really stands.

        Raises:
            LoadError: Name or directory is not known yet, or the file is one of Clockwork's own.
        """
        return real_path(self._known_path(), self.project)

    def to_pulumi(self) -> Any:
        """Generate the Pulumi resource that writes the file."""
        from clockwork_file.provider import File

        return File(
            self.address,
            path=declared_path(self._known_path(), self.project),
            content=self.content,
            mode=self.mode,
            adopt=self.adopt or None,
        )

    def _known_path(self) -> str:
        declared = self._declared()
        if declared is None:
            raise LoadError(
                "its path is not known",
                address=self.address,
                hint="Give path, or name and directory, or a model that completes them.",
            )
        file = real_path(declared, self.project)
        if file == self.project / LOCK_NAME or (self.project / FOLDER_NAME) in (file, *file.parents):
            raise LoadError(
                f"{declared} is Clockwork's own: there it keeps what it knows of this project",
                address=self.address,
                field="name" if self.path is None else "path",
                hint="Choose another path.",
            )
        return declared

    def _declared(self) -> str | None:
        if self.path is not None:
            return self.path
        if self.name is None or self.directory is None:
            return None
        return str(Path(self.directory) / self.name)
