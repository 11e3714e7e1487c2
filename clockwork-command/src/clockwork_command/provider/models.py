"""Inputs and outputs with the names and shapes of ``pulumi_command``."""

from __future__ import annotations

from typing import Any

from clockwork.providers.published import PublishedModel
from clockwork_command.commands import CHECK


class CommandInputs(PublishedModel):
    """What is run, and when."""

    create: str | None = None
    update: str | None = None
    delete: str | None = None
    environment: dict[str, str] | None = None
    stdin: str | None = None
    triggers: list[Any] | None = None
    logging: str | None = None
    add_previous_output_in_env: bool | None = None

    @property
    def check(self) -> str | None:
        """The command that tells whether the thing is already so."""
        return (self.environment or {}).get(CHECK)

    @property
    def variables(self) -> dict[str, str]:
        """The environment of its commands."""
        return {name: value for name, value in (self.environment or {}).items() if name != CHECK}


class LocalInputs(CommandInputs):
    """A command on this machine."""

    dir: str | None = None
    interpreter: list[str] | None = None


class Printed(PublishedModel):
    """What the last run of ``create`` or ``update`` printed."""

    stdout: str = ""
    stderr: str = ""


class LocalState(LocalInputs, Printed):
    """What is remembered of a command on this machine."""
