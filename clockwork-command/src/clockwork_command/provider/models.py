"""Inputs and outputs with the names and shapes of ``pulumi_command``."""

from __future__ import annotations

from typing import Any

from clockwork.hosts import SSHHost
from clockwork.providers.published import PublishedModel
from clockwork_command.commands import CHECK, DIRECTORY, HOST, OURS
from clockwork_command.connection import host_of


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
        return {name: value for name, value in (self.environment or {}).items() if name not in OURS}

    @property
    def on(self) -> SSHHost | None:
        """The machine that it runs on; ``None`` for this one."""
        return None

    def wishes(self) -> dict[str, Any]:
        """Give the inputs by name, as they are compared with others."""
        return self.model_dump(mode="json", by_alias=True)


class LocalInputs(CommandInputs):
    """A command on this machine."""

    dir: str | None = None
    interpreter: list[str] | None = None


class ProxyConnection(PublishedModel):
    """The machine on the way to another; every input of the published type that holds no key or password."""

    host: str
    port: float | None = None
    user: str | None = None
    host_key: str | None = None
    per_dial_timeout: float | None = None
    dial_error_limit: float | None = None


class Connection(ProxyConnection):
    """How a machine is reached, in the words of the published type."""

    proxy: ProxyConnection | None = None


class RemoteInputs(CommandInputs):
    """A command on another machine."""

    connection: Connection

    @property
    def on(self) -> SSHHost:
        """The machine that it runs on."""
        told = (self.environment or {}).get(HOST)
        return host_of(self.connection.model_dump()) if told is None else SSHHost.model_validate_json(told)

    @property
    def directory(self) -> str | None:
        """The folder that its commands run in; that of the login when ``None``."""
        return (self.environment or {}).get(DIRECTORY)

    def wishes(self) -> dict[str, Any]:
        """Give the inputs by name; the whole host stands for the connection."""
        told = {name: value for name, value in (self.environment or {}).items() if name != HOST}
        host = self.on.model_dump(mode="json")
        return {**super().wishes(), "environment": told or None, "connection": host}


class Printed(PublishedModel):
    """What the last run of ``create`` or ``update`` printed."""

    stdout: str = ""
    stderr: str = ""


class LocalState(LocalInputs, Printed):
    """What is remembered of a command on this machine."""


class RemoteState(RemoteInputs, Printed):
    """What is remembered of a command on another machine."""
