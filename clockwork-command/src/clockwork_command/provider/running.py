"""Runs one command and words what went wrong."""

from __future__ import annotations

import signal
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from clockwork.errors import ProviderError
from clockwork_command.provider.models import Printed

if TYPE_CHECKING:
    from clockwork.hosts import Finished, Machine
    from clockwork.providers.embedded import Call

SHELL = ("/bin/sh", "-c")
CHECK_SECONDS = 60.0
_LINES_SHOWN = 12
_LONGEST_SHOWN = 100


@dataclass(frozen=True)
class Runner:
    """Where and how the commands of one resource run.

    Attributes:
        machine: The machine they run on.
        call: The call that runs them.
        environment: More environment variables.
        directory: The folder they run in; the machine's own when ``None``.
        stdin: A text for their standard input.
        interpreter: What a command is given to, as its last argument.
    """

    machine: Machine
    call: Call
    environment: Mapping[str, str] = field(default_factory=dict)
    directory: str | None = None
    stdin: str | None = None
    interpreter: Sequence[str] = SHELL

    async def run(self, command: str, *, previous: Printed | None = None) -> Printed:
        """Run a command that has to succeed.

        Args:
            command: Its text.
            previous: What the last one printed, for its environment.

        Raises:
            ProviderError: It failed, or took too long; told with what it printed last.
        """
        told = {} if previous is None else _told(previous)
        try:
            finished = await self._finish(command, told, self.call.timeout_seconds)
        except TimeoutError:
            seconds = f"{self.call.timeout_seconds:g}"
            raise ProviderError(
                f"{_quoted(command)} did not end within {seconds} seconds and was stopped",
                address=self.call.name,
                hint="Give it more time with timeout_seconds, or see what it waits for.",
            ) from None
        if finished.code != 0:
            raise ProviderError(_failed(command, finished), address=self.call.name)
        return Printed(stdout=printed_text(finished.stdout), stderr=printed_text(finished.stderr))

    async def succeeds(self, command: str) -> bool:
        """Tell whether a check ends with exit code 0.

        Args:
            command: Its text.

        Raises:
            ProviderError: It does not end.
        """
        try:
            return (await self._finish(command, {}, CHECK_SECONDS)).code == 0
        except TimeoutError:
            raise ProviderError(
                f"the check {_quoted(command)} did not end within {CHECK_SECONDS:g} seconds",
                address=self.call.name,
                field="check",
            ) from None

    async def _finish(self, command: str, told: Mapping[str, str], seconds: float | None) -> Finished:
        return await self.machine.run(
            [*self.interpreter, command],
            stdin=(self.stdin or "").encode(),
            environment={**self.environment, **told},
            directory=self.directory,
            timeout_seconds=seconds,
        )


def _told(previous: Printed) -> dict[str, str]:
    """Give what the last command printed, under the names that ``pulumi_command`` gives it."""
    return {"PULUMI_COMMAND_STDOUT": previous.stdout, "PULUMI_COMMAND_STDERR": previous.stderr}


def _failed(command: str, finished: Finished) -> str:
    ending = f"ended with exit code {finished.code}"
    if finished.code < 0:
        ending = f"was ended by {signal.Signals(-finished.code).name}"
    printed = printed_text(finished.stderr).strip() or printed_text(finished.stdout).strip()
    lines = printed.splitlines()[-_LINES_SHOWN:]
    return "\n".join([f"{_quoted(command)} {ending}", *(f"  {one}" for one in lines)])


def _quoted(command: str) -> str:
    first = command.strip().splitlines()[0] if command.strip() else ""
    shown = (
        first
        if first == command.strip() and len(first) <= _LONGEST_SHOWN
        else f"{first[:_LONGEST_SHOWN]} ..."
    )
    return f"`{shown}`"


def printed_text(printed: bytes) -> str:
    """Give what was printed as text, without its last line end.

    Args:
        printed: The bytes; those that are no text are written out in hexadecimal digits.
    """
    return printed.decode("utf-8", errors="backslashreplace").removesuffix("\n")
