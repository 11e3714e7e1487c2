"""Turns declared things into the classes of ``pulumi_command``."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

from clockwork.paths import declared_path
from clockwork.placeholders import placeholders
from clockwork.resources.base import Resource
from clockwork_command.commands import CHECK, DIRECTORY, HOST
from clockwork_command.connection import connection_of, is_all_said

if TYPE_CHECKING:
    from clockwork.hosts import SSHHost


def compile_command(
    declared: Resource,
    *,
    on: SSHHost | None = None,
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
        on: The machine that it runs on; this one when ``None``.
        create: The command.
        update: That for a change.
        delete: That which undoes it.
        check: That which tells whether it is already so.
        triggers: Values whose change makes it run anew.
        environment: More environment variables.
        directory: The folder it runs in; the project, or that of the login, when ``None``.
        stdin: A text for its standard input.
        timeout_seconds: How long each command may take.

    Returns:
        A ``pulumi_command`` resource.
    """
    import pulumi
    from pulumi_command import local, remote

    seconds = f"{timeout_seconds:g}s" if timeout_seconds is not None else None
    limits = pulumi.CustomTimeouts(create=seconds, update=seconds, delete=seconds) if seconds else None
    variables = {**(environment or {}), **_beyond_the_type(on, check, directory)}
    told = placeholders([create, update, delete, variables, stdin])
    hidden = ["stdout", "stderr"] if any(one.kind == "secret" for one in told) else None
    inputs: dict[str, Any] = {
        "create": create,
        "update": update,
        "delete": delete,
        "triggers": list(triggers) or None,
        "environment": variables or None,
        "stdin": stdin,
        "opts": pulumi.ResourceOptions(custom_timeouts=limits, additional_secret_outputs=hidden),
    }
    if on is not None:
        return remote.Command(declared.address, connection=_connection(on), **inputs)
    folder = None if directory is None else declared_path(directory, declared.project)
    return local.Command(declared.address, dir=folder, **inputs)


def _beyond_the_type(on: SSHHost | None, check: str | None, directory: str | None) -> dict[str, str]:
    """Give what the published types have no input for."""
    found = {CHECK: check}
    if on is not None:
        found[DIRECTORY] = directory
        found[HOST] = None if is_all_said(on) else on.model_dump_json(exclude_defaults=True)
    return {name: value for name, value in found.items() if value}


def _connection(on: SSHHost) -> Any:
    """Describe a host; the published class hides it, so what stands for later values is put in before."""
    from pulumi_command import remote

    from clockwork.providers.registration import later

    described = later(connection_of(on))
    if proxy := described.pop("proxy", None):
        described["proxy"] = remote.ProxyConnectionArgs(**proxy)
    return remote.ConnectionArgs(**described)
