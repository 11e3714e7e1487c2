"""How a plugin lets core look at the container of a resource."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Protocol


@dataclass(frozen=True)
class ContainerState:
    """How a container is now.

    Attributes:
        running: Whether its process runs.
        what: The same in a few words, such as ``running, unhealthy`` or ``exited with code 1``.
        healthy: What its own health check says; ``None`` when it has none.
        ended: Whether it has ended and nothing starts it again, so that waiting for it is of no use.
        exists: Whether there is such a container at all.
    """

    running: bool
    what: str
    healthy: bool | None = None
    ended: bool = False
    exists: bool = True

    @property
    def is_ready(self) -> bool:
        """Whether it runs, and is healthy as far as that can be told."""
        return self.running and self.healthy is not False


@dataclass(frozen=True)
class Program:
    """A program that is run inside a container.

    Attributes:
        command: The program and its words; everybody can see them.
        text: What it reads from its standard input.
        variables: More environment variables for it alone; the place for a password.
    """

    command: Sequence[str]
    text: str = ""
    variables: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True)
class Ended:
    """How a program inside a container ended.

    Attributes:
        code: Its exit code; 126 or 127 when the container has no such program.
        output: What it printed.
        errors: What it printed on standard error.
    """

    code: int
    output: str = ""
    errors: str = ""

    @property
    def is_missing(self) -> bool:
        """Whether the container has no such program."""
        return self.code in (126, 127)

    @property
    def printed(self) -> str:
        """What it printed, on either stream."""
        return self.output + self.errors


class Container(Protocol):
    """What a plugin gives for ``clockwork_container``: a view of the real container.

    Nothing is asked before a method is called, and all may be called from any event loop.
    """

    async def state(self) -> ContainerState:
        """Look at the container; one that does not exist is a state too.

        Raises:
            ProviderError: The container engine cannot be reached.
        """

    async def last_log_lines(self, lines: int) -> Sequence[str]:
        """Read the end of its log, oldest line first; nothing when there is no container.

        Args:
            lines: How many lines at most.

        Raises:
            ProviderError: The container engine cannot be reached.
        """

    async def run(self, program: Program) -> Ended:
        """Run a program inside it, and wait for its end.

        Args:
            program: What to run; neither its text nor its variables may be shown or logged.

        Raises:
            ProviderError: The container engine cannot be reached, or the container does not run.
        """
