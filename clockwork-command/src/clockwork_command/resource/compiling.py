"""Turns declared things into the classes of ``pulumi_command``."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from clockwork.paths import declared_path
from clockwork.placeholders import placeholders
from clockwork.resources.base import Resource
from clockwork_command.commands import CHECK


def compile_command(
    declared: Resource,
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
    """Register a command.

    What a command that is told a secret prints may hold it, and is a secret too.

    Args:
        declared: Whose command it is.
        create: The command.
        update: That for a change.
        delete: That which undoes it.
        check: That which tells whether it is already so.
        triggers: Values whose change makes it run anew.
        environment: More environment variables.
        directory: The folder it runs in; the project when ``None``.
        stdin: A text for its standard input.
        timeout_seconds: How long each command may take.

    Returns:
        A ``pulumi_command`` resource.
    """
    import pulumi
    from pulumi_command import local

    seconds = f"{timeout_seconds:g}s" if timeout_seconds is not None else None
    limits = pulumi.CustomTimeouts(create=seconds, update=seconds, delete=seconds) if seconds else None
    variables = {**(environment or {}), **({CHECK: check} if check else {})}
    told = placeholders([create, update, delete, variables, stdin])
    hidden = ["stdout", "stderr"] if any(one.kind == "secret" for one in told) else None
    return local.Command(
        declared.address,
        create=create,
        update=update,
        delete=delete,
        dir=None if directory is None else declared_path(directory, declared.project),
        triggers=list(triggers) or None,
        environment=variables or None,
        stdin=stdin,
        opts=pulumi.ResourceOptions(custom_timeouts=limits, additional_secret_outputs=hidden),
    )
