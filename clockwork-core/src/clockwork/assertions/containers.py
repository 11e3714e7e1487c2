"""How a container is, by way of the plugin that knows it."""

from __future__ import annotations

from typing import Annotated

from pydantic import Field

from clockwork.assertions.base import Assertion, Seen, Subject
from clockwork.assertions.text import Wanted, excerpt, is_in, said
from clockwork.containers.readiness import Container, Program

NO_CONTAINER = Seen(False, "no plugin knows a container of this resource", final=True)
"""What a check of a container sees where there is nothing to look at."""


class ContainerRunningAssert(Assertion):
    """The resource's container runs, and is healthy if it has a health check of its own."""

    timeout_seconds: float = Field(default=30, ge=0, allow_inf_nan=False)

    def title(self) -> str:
        """Say that it should run."""
        return "container is running"

    async def check(self, subject: Subject) -> Seen:
        """Look at the container's state once."""
        container = subject.container()
        if container is None:
            return NO_CONTAINER
        state = await container.state()
        return Seen(state.is_ready, state.what, final=state.ended)


class LogContainsAssert(Assertion):
    """The last lines of the container's log contain a text.

    Attributes:
        text: A text, or a compiled pattern that is found in the lines, joined as they are.
        lines: How many of the last lines are looked at.
    """

    text: Wanted
    lines: int = Field(default=1000, ge=1)
    timeout_seconds: float = Field(default=30, ge=0, allow_inf_nan=False)

    def title(self) -> str:
        """Say what the log should contain."""
        return f"log contains {said(self.text)}"

    async def check(self, subject: Subject) -> Seen:
        """Read the log once."""
        container = subject.container()
        if container is None:
            return NO_CONTAINER
        log = "\n".join(await container.last_log_lines(self.lines))
        if is_in(self.text, log):
            return Seen(True, "found")
        if log.strip():
            return Seen(False, f"the log ends with {excerpt(log)}")
        state = await container.state()
        return Seen(False, "the log is empty" if state.exists else state.what)


async def running_container(subject: Subject) -> Container | Seen:
    """Give the resource's container if it runs; else what was seen instead.

    Args:
        subject: The resource.

    Raises:
        ProviderError: The container engine cannot be reached.
    """
    container = subject.container()
    if container is None:
        return NO_CONTAINER
    state = await container.state()
    return container if state.running else Seen(False, state.what, final=state.ended)


class ContainerCommandAssert(Assertion):
    """A command in the resource's container ends with an exit code, and prints a text if one is wanted.

    Attributes:
        command: A list of words, or a text that the container's shell runs.
        exit_code: The exit code it should end with.
        output: A text that it prints, on either stream, or a compiled pattern that is found there.
    """

    command: Annotated[str, Field(min_length=1)] | Annotated[list[str], Field(min_length=1)]
    exit_code: int = 0
    output: Wanted | None = None
    timeout_seconds: float = Field(default=30, ge=0, allow_inf_nan=False)

    def title(self) -> str:
        """Say which command should end how."""
        words = self.command if isinstance(self.command, str) else " ".join(self.command)
        wanted = f" with {said(self.output)}" if self.output is not None else ""
        return f"`{words}` in the container exits {self.exit_code}{wanted}"

    async def check(self, subject: Subject) -> Seen:
        """Run the command once, if the container runs."""
        container = await running_container(subject)
        if isinstance(container, Seen):
            return container
        words = ["sh", "-c", self.command] if isinstance(self.command, str) else self.command
        ended = await container.run(Program(words))
        right = ended.code == self.exit_code and (self.output is None or is_in(self.output, ended.printed))
        printed = "" if right else f", printed {excerpt(ended.printed)}"
        return Seen(right, f"exit code {ended.code}{printed}")
