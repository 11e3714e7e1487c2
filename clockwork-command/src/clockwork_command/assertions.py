"""What a command that was run, and a service that was started, should pass."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Optional

from pydantic import Field

from clockwork.assertions import Assertion, PortAccessibleAssert, Seen, Subject
from clockwork.hosts import SSHHost, machine
from clockwork.placeholders import has_placeholder
from clockwork.provenance import Source
from clockwork_command.provider.running import SHELL, printed_text
from clockwork_command.resource import CommandResource, ServiceResource


class CheckAssert(Assertion):
    """A command's own check passes.

    Attributes:
        command: The check.
        directory: The folder it runs in.
        environment: More environment variables.
        on: The machine it runs on; this one when ``None``.
    """

    command: str
    on: Optional[SSHHost] = None
    directory: Optional[str] = None
    environment: Mapping[str, str] = {}

    def title(self) -> str:
        """Say that it is a check."""
        return "check"

    async def check(self, subject: Subject) -> Seen:
        """Run the check once."""
        ended = await machine(self.on, subject.resource.project).run(
            [*SHELL, self.command], environment=self.environment, directory=self.directory
        )
        told = printed_text(ended.stderr).strip() or printed_text(ended.stdout).strip()
        last = f", {told.splitlines()[-1]}" if told else ""
        return Seen(ended.code == 0, f"exit code {ended.code}{last if ended.code else ''}")


class ListensAssert(Assertion):
    """A port of another machine accepts connections from that machine itself.

    Attributes:
        port: The port's number.
        on: The machine.
    """

    port: int
    on: SSHHost
    timeout_seconds: float = Field(default=30, ge=0, allow_inf_nan=False)

    def title(self) -> str:
        """Say which port should be open."""
        return f"port {self.port} of {self.on.name} is open"

    async def check(self, subject: Subject) -> Seen:
        """Have the machine connect once."""
        is_open = await machine(self.on, subject.resource.project).answers(self.port)
        return Seen(is_open, "open" if is_open else "nothing listens")


def assertions_of(resource: CommandResource | ServiceResource) -> Iterable[Assertion]:
    """Give the assertions of a command or a service.

    A check that a language model wrote is not among them: it runs where somebody allowed it, in an apply.

    Args:
        resource: The completed resource.
    """
    if isinstance(resource, ServiceResource):
        yield CheckAssert(name="active", command=str(resource.check), on=resource.on)
        if resource.port is not None:
            yield _is_open(resource.port, resource.on)
    elif resource.check is not None and not _is_hidden(resource):
        yield CheckAssert(
            name="check",
            command=resource.check,
            on=resource.on,
            directory=resource.directory,
            environment=resource.environment,
        )


def _is_open(port: int, on: SSHHost | None) -> Assertion:
    if on is None:
        return PortAccessibleAssert(name=f"port {port}", port=port)
    return ListensAssert(name=f"port {port}", port=port, on=on)


def _is_hidden(resource: CommandResource) -> bool:
    """Tell whether a check holds what only a deployment knows, or may run."""
    by_model = resource.provenance("check").source is Source.MODEL
    return by_model or has_placeholder([resource.check, resource.environment, resource.directory])
