"""Values that nobody may see: where they come from, and what stands for them."""

from __future__ import annotations

import itertools
import os
import secrets
import string
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import ClassVar, Literal, Self

from clockwork.errors import SecretError
from clockwork.placeholders import Placeholder, in_url
from clockwork.redaction import keep_secret

Origin = Literal["environment", "file", "config", "generated"]

_ALPHABET = string.ascii_letters + string.digits


@dataclass(frozen=True)
class SecretSource:
    """Where a secret's value comes from.

    Attributes:
        origin: What kind of place.
        place: The variable, the file or the key; empty for a generated one.
        name: The name given by the user; the variable it is assigned to when empty.
        length: How many letters and digits a generated one has.
    """

    origin: Origin
    place: str = ""
    name: str = ""
    length: int = 32

    def read(self, project: Path) -> str:
        """Read a value that is at hand on this machine.

        Args:
            project: The folder of the user's file, to which a relative file is relative.

        Raises:
            SecretError: The variable is not set or empty, or the file is empty or cannot be read.
        """
        if self.origin == "environment":
            if not os.environ.get(self.place):
                is_set = "is empty" if self.place in os.environ else "is not set"
                raise SecretError(
                    f"the environment variable {self.place} {is_set}",
                    hint=f"Set it: export {self.place}=...",
                )
            return os.environ[self.place]
        file = project / Path(self.place).expanduser()
        try:
            text = file.read_text(encoding="utf-8").removesuffix("\n")
        except (OSError, UnicodeDecodeError) as error:
            reason = error.strerror if isinstance(error, OSError) else "it is not UTF-8 text"
            raise SecretError(f"it cannot be read: {reason}", file=file) from None
        if not text:
            raise SecretError("it is empty", file=file, hint="Write the secret's value into it.")
        return text

    def generate(self) -> str:
        """Make a new value."""
        return "".join(secrets.choice(_ALPHABET) for _ in range(self.length))


class Secret(str):
    """A value that nobody may see, usable wherever a field takes text, alone or inside a string.

    It is a text that stands for the value; the value itself is read when it is deployed, and is kept
    only in the state, encrypted::

        password = Secret.generate()
        db = DockerResource(..., env_vars={"POSTGRES_PASSWORD": password})
        web = DockerResource(..., env_vars={"DATABASE_URL": f"postgres://app:{password.in_url}@db/app"})

    ``${secret:NAME}`` in any text means the secret of that name: the name given, else the variable
    that it is assigned to.
    """

    _numbers: ClassVar = itertools.count(1)
    _declared: ClassVar[dict[str, SecretSource]] = {}

    @classmethod
    def from_env(cls, variable: str, *, name: str = "") -> Self:
        """Take the value of an environment variable.

        Args:
            variable: The variable.
            name: The secret's name; the Python variable's when empty.
        """
        return cls._of(SecretSource("environment", variable, name))

    @classmethod
    def from_file(cls, path: str | Path, *, name: str = "") -> Self:
        """Take the text of a file, without the line end behind it.

        Args:
            path: The file; relative to the project.
            name: The secret's name; the Python variable's when empty.
        """
        return cls._of(SecretSource("file", str(path), name))

    @classmethod
    def from_config(cls, key: str, *, name: str = "") -> Self:
        """Take a value of the stack's Pulumi configuration (``pulumi config set --secret KEY``).

        Args:
            key: The key.
            name: The secret's name; the Python variable's when empty.
        """
        return cls._of(SecretSource("config", key, name))

    @classmethod
    def generate(cls, name: str = "", *, length: int = 32) -> Self:
        """Make a value of letters and digits, once for each stack; only its encrypted state keeps it.

        Args:
            name: The secret's name; the Python variable's when empty.
            length: How many characters, 8 to 1024.

        Raises:
            SecretError: The length is out of range.
        """
        if not 8 <= length <= 1024:
            raise SecretError(f"a generated secret has 8 to 1024 characters, not {length}")
        return cls._of(SecretSource("generated", name=name, length=length))

    @classmethod
    def source_of(cls, body: str) -> SecretSource | None:
        """Give the source behind a placeholder that :class:`Secret` itself made."""
        return cls._declared.get(body)

    @classmethod
    def files(cls, project: Path) -> set[Path]:
        """Give the files that secrets of this process come from.

        Args:
            project: The folder of the user's file, to which a relative file is relative.
        """
        places = [source.place for source in cls._declared.values() if source.origin == "file"]
        return {(project / Path(place).expanduser()).resolve() for place in places}

    @classmethod
    def hide(cls, project: Path) -> None:
        """Have the values that are at hand on this machine shown nowhere, and told to no model.

        Args:
            project: The folder of the user's file, to which a relative file is relative.
        """
        for source in {*cls._declared.values()}:
            if source.origin in ("environment", "file"):
                with suppress(SecretError):
                    keep_secret(source.read(project))

    @property
    def in_url(self) -> str:
        """What stands for the value where it is a part of a URL: ``@`` becomes ``%40``, and so on."""
        return in_url(self)

    @property
    def key(self) -> str:
        """What the placeholder names until the secret has its name."""
        return self[len("${secret:") : -1]

    @classmethod
    def _of(cls, source: SecretSource) -> Self:
        key = f"#{next(cls._numbers)}"
        cls._declared[key] = source
        return cls(Placeholder("secret", key))
