"""A file that should exist."""

from __future__ import annotations

import hashlib
import os
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any, Optional

from pydantic import ConfigDict, ValidationInfo, field_validator

from clockwork.errors import LoadError
from clockwork.hosts import OnHost
from clockwork.hosts.paths import kept_path, wrong_path_there
from clockwork.paths import declared_path, real_path, wrong_path
from clockwork.placeholders import has_placeholder
from clockwork.project import FOLDER_NAME, LOCK_NAME
from clockwork.resources.base import Resource
from clockwork.resources.fields import completable, long_text, not_completable
from clockwork_file.examples import EXAMPLES, examples_like
from clockwork_file.known import known_files

MODE = r"^0?[0-7]{3,4}$"
MODE_IN_WORDS = "its permissions in octal digits"
MODE_EXAMPLES = ["644", "600", "755"]


class FileResource(Resource):
    """A file with its content and permissions.

    Either ``path`` says where it stands, or ``directory`` and ``name`` do. Relative paths are
    relative to the folder of the user's file; ``~`` is the home folder. On another machine both are the
    folder of the login.

    Attributes:
        description: What it should contain.
        on: The machine it is on; this one unless given.
        name: The file's name.
        content: What is in it, written as UTF-8.
        directory: The folder it stands in.
        mode: Its permissions, in octal digits.
        path: The full path, instead of ``directory`` and ``name``.
        adopt: Take over a file that is already there with another content or mode.
    """

    model_config = ConfigDict(json_schema_extra={"examples": EXAMPLES})

    description: str
    on: OnHost = not_completable("the machine it is on; this one unless given")
    name: Optional[str] = completable(  # type: ignore[assignment]
        "the file's name with its extension, without folders",
        pattern=r"^[^/\\\x00]+$",
        examples=["notes.md", "nginx.conf", "settings.json"],
        max_length=255,
        answer_pattern=r"^[^/\\\x00*?<>|]+$",
    )
    content: Optional[str] = long_text("the whole content of the file")
    directory: Optional[str] = completable(
        "the folder it stands in, relative to the project; . is the project's own folder",
        examples=[".", "docs", "config/web"],
        min_length=1,
        max_length=1024,
        answer_pattern=r"^(\.|[A-Za-z0-9_.-]+(/[A-Za-z0-9_.-]+)*)$",
    )
    mode: Optional[str] = completable(
        MODE_IN_WORDS,
        pattern=MODE,
        examples=MODE_EXAMPLES,
        answer_pattern=r"^(644|755|600|640|700|750)$",
    )
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
    def _is_a_path(cls, value: str | None, info: ValidationInfo) -> str | None:
        wrong = wrong_path if info.data.get("on") is None else wrong_path_there
        if value is not None and (reason := wrong(value)):
            raise ValueError(reason)
        return value

    @field_validator("path")
    @classmethod
    def _ends_in_a_name(cls, value: str | None) -> str | None:
        if value is not None and (value.endswith("/") or Path(value).name in ("", "..", "~")):
            raise ValueError("it names a folder; a file's path ends in its name")
        return value

    @classmethod
    def known_for(cls, wish: str) -> Iterable[str]:
        """What is known of the kind of file that a wish names."""
        return known_files(wish)

    @classmethod
    def examples_for(cls, field: str, decided: Mapping[str, Any]) -> Iterable[Mapping[str, Any]]:
        """Files with a content, the last one of the same form, as far as its name says it."""
        if field != "content":
            return super().examples_for(field, decided)
        place = Path(decided.get("path") or Path(decided.get("directory") or ".", decided.get("name") or ""))
        return examples_like(place.name, str(place.parent))

    def missing_fields(self) -> list[str]:
        """The completable fields without a value; a ``path`` makes name and directory needless."""
        needless = {"name", "directory"} if self.path is not None else set()
        return [field for field in super().missing_fields() if field not in needless]

    def claims(self) -> list[str]:
        """The file, once its path is known."""
        declared = self._declared()
        if declared is None:
            return []
        if self.on is not None:
            return [f"file {self.on.name}:{kept_path(declared)}"]
        file = real_path(declared, self.project)
        return [f"file {os.path.realpath(file.parent)}/{file.name}"]

    @property
    def file(self) -> str | None:
        """The file's absolute path, once it is known; elsewhere relative to the folder of the login."""
        if self._declared() is None:
            return None
        kept = self.kept_path()
        return kept if self.on is not None else str(real_path(kept, self.project))

    @property
    def digest(self) -> str | None:
        """The SHA-256 of the content, once it is known to the last character."""
        if self.content is None or has_placeholder(self.content):
            return None
        return hashlib.sha256(self.content.encode("utf-8")).hexdigest()

    def kept_path(self) -> str:
        """Give the path as the state keeps it.

        Raises:
            LoadError: Name or directory is not known yet, or the file is one of Clockwork's own.
        """
        declared = self._known_path()
        return declared_path(declared, self.project) if self.on is None else kept_path(declared)

    def to_pulumi(self) -> Any:
        """Generate the Pulumi resource that writes the file."""
        from clockwork_file.provider import File

        return File(
            self.address,
            path=self.kept_path(),
            content=self.content,
            mode=self.mode,
            adopt=self.adopt or None,
            on=self.on and self.on.model_dump(mode="json", exclude_none=True),
        )

    def _known_path(self) -> str:
        declared = self._declared()
        if declared is None:
            raise LoadError(
                "its path is not known",
                address=self.address,
                hint="Give path, or name and directory, or a model that completes them.",
            )
        if self.on is not None:
            return declared
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
