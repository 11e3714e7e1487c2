"""How a container is, by way of the plugin that knows it."""

from __future__ import annotations

from pydantic import Field

from clockwork.assertions.base import Assertion, Seen, Subject
from clockwork.assertions.text import Wanted, excerpt, is_in, said

_NO_CONTAINER = Seen(False, "no plugin knows a container of this resource", final=True)


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
            return _NO_CONTAINER
        state = await container.state()
        return Seen(state.is_ready, state.what)


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
            return _NO_CONTAINER
        log = "\n".join(await container.last_log_lines(self.lines))
        if is_in(self.text, log):
            return Seen(True, "found")
        return Seen(False, f"the log ends with {excerpt(log)}" if log.strip() else "the log is empty")
