"""What can be done on a machine, wherever it is: commands, and the work with files."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import ClassVar

from clockwork.errors import ProviderError


class HostError(ProviderError):
    """A machine cannot be reached, does not let us in, or was lost in the middle."""

    code: ClassVar[str] = "host"


@dataclass(frozen=True)
class Finished:
    """How a command ended.

    Attributes:
        code: Its exit code; minus the signal's number when one ended it.
        stdout: What it printed.
        stderr: What it complained about.
    """

    code: int
    stdout: bytes = b""
    stderr: bytes = b""


class Kind(StrEnum):
    """What stands at a path."""

    FILE = "a regular file"
    FOLDER = "a folder"
    LINK = "a symbolic link"
    OTHER = "not a regular file"


@dataclass(frozen=True)
class Entry:
    """What stands at a path; of a link, the link itself.

    Attributes:
        kind: What it is.
        mode: Its permissions.
        size: Its size in bytes.
    """

    kind: Kind
    mode: int
    size: int


class Machine(ABC):
    """A machine: what can be done on it, in the same words for this one and for others.

    Paths are absolute. What the machine itself refuses is an ``OSError``, as on this machine; that it
    cannot be reached is a :class:`HostError`.

    Attributes:
        name: The host's name; empty for this machine.
    """

    name: str = ""

    @abstractmethod
    async def reach(self) -> None:
        """Make sure that it can be worked on.

        Raises:
            HostError: The machine cannot be reached.
        """

    @abstractmethod
    async def answers(self, port: int) -> bool:
        """Tell whether a port accepts connections from the machine itself.

        Args:
            port: The TCP port's number.

        Raises:
            HostError: The machine cannot be reached, or does not let this be seen.
        """

    @abstractmethod
    async def run(
        self,
        command: Sequence[str],
        *,
        stdin: bytes = b"",
        environment: Mapping[str, str] | None = None,
        directory: str | None = None,
        timeout_seconds: float | None = None,
    ) -> Finished:
        """Run a command to its end; what it started is stopped with it when it is cut off.

        Args:
            command: The program and its arguments.
            stdin: What it reads.
            environment: Variables beside those that the machine gives; no other process sees them.
            directory: The folder it runs in; relative to the project here, elsewhere to the folder of
                the login.
            timeout_seconds: How long it may take; as long as it needs when ``None``.

        Returns:
            How it ended, whatever its exit code is.

        Raises:
            TimeoutError: It took longer.
            HostError: The machine cannot be reached, or was lost in the middle.
            ProviderError: The command cannot be started, or not in that folder.
        """

    @abstractmethod
    async def home(self) -> str:
        """Give the folder that a login starts in.

        Raises:
            HostError: The machine cannot be reached.
        """

    @abstractmethod
    async def look(self, path: str) -> Entry | None:
        """Tell what stands at a path; ``None`` where nothing does.

        Raises:
            OSError: It cannot be told.
            HostError: The machine cannot be reached.
        """

    @abstractmethod
    async def read(self, path: str, *, size: int | None = None) -> bytes | None:
        """Read a file; ``None`` where none is.

        Args:
            path: The file.
            size: Its size, where it was looked at just before and is known to be a regular file.

        Raises:
            OSError: It cannot be read.
            HostError: The machine cannot be reached.
        """

    @abstractmethod
    async def read_link(self, path: str) -> str:
        """Tell where a symbolic link leads.

        Raises:
            OSError: It is none.
            HostError: The machine cannot be reached.
        """

    @abstractmethod
    async def is_folder(self, path: str) -> bool:
        """Tell whether a path leads to a folder, through symbolic links too.

        Raises:
            HostError: The machine cannot be reached.
        """

    @abstractmethod
    async def may_write(self, folder: str) -> bool:
        """Tell whether files can be made in a folder, as far as that can be known beforehand.

        Raises:
            HostError: The machine cannot be reached.
        """

    @abstractmethod
    async def write(self, path: str, content: bytes, mode: int, *, through: str) -> None:
        """Write a file in one step: nobody ever sees half of it.

        Args:
            path: The file.
            content: What will be in it.
            mode: Its permissions.
            through: The file beside it that is written first and then renamed.

        Raises:
            OSError: It cannot be written; what was begun is removed.
            HostError: The machine cannot be reached, or was lost in the middle.
        """

    @abstractmethod
    async def make_folder(self, path: str) -> None:
        """Make a folder; one that is there is no failure.

        Raises:
            OSError: It cannot be made.
            HostError: The machine cannot be reached.
        """

    @abstractmethod
    async def remove(self, path: str) -> None:
        """Remove a file or a link; one that is gone is no failure.

        Raises:
            OSError: It cannot be removed.
            HostError: The machine cannot be reached.
        """

    @abstractmethod
    async def remove_folder(self, path: str) -> bool:
        """Remove a folder if it is there and empty; tell whether it was removed.

        Raises:
            HostError: The machine cannot be reached.
        """

    def named(self, path: str) -> str:
        """Name a path to a person: with the host's name before it, unless it is here."""
        return f"{self.name}:{path}" if self.name else path
