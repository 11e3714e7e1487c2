"""Turns declared things into the classes of ``pulumi_command``."""

from __future__ import annotations

import shlex
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any, Protocol

from clockwork.paths import real_path
from clockwork_command.commands import CHECK
from clockwork_command.connection import connection_to

if TYPE_CHECKING:
    from pathlib import Path

    from clockwork.hosts import SSHHost


class Placed(Protocol):
    """A resource that has its place, and perhaps a machine."""

    on: SSHHost | None

    @property
    def address(self) -> str: ...

    @property
    def project(self) -> Path: ...


def compile_command(
    declared: Placed,
    *,
    create: str,
    update: str | None = None,
    delete: str | None = None,
    check: str | None = None,
    triggers: Sequence[Any] = (),
    environment: Mapping[str, str] | None = None,
    directory: str | None = None,
    stdin: str | None = None,
    timeout_seconds: float | None = None,
) -> Any:
    """Register a command, on this machine or on the one that is declared.

    Args:
        declared: Whose command it is.
        create: The command.
        update: That for a change.
        delete: That which undoes it.
        check: That which tells whether it is already so.
        triggers: Values whose change makes it run anew.
        environment: More environment variables.
        directory: The folder it runs in.
        stdin: A text for its standard input.
        timeout_seconds: How long each command may take.

    Returns:
        A ``pulumi_command`` resource.
    """
    import pulumi
    from pulumi_command import local, remote

    seconds = f"{timeout_seconds:g}s" if timeout_seconds is not None else None
    limits = pulumi.CustomTimeouts(create=seconds, update=seconds, delete=seconds) if seconds else None
    variables = {**(environment or {}), **({CHECK: check} if check else {})}
    inputs: dict[str, Any] = {
        "create": create,
        "update": update,
        "delete": delete,
        "triggers": list(triggers) or None,
        "environment": variables or None,
        "stdin": stdin,
        "opts": pulumi.ResourceOptions(custom_timeouts=limits),
    }
    if declared.on is None:
        folder = str(real_path(directory or ".", declared.project))
        return local.Command(declared.address, dir=folder, **inputs)
    return remote.Command(declared.address, connection=connection_to(declared.on), **inputs)
