"""Paths on other machines, as people declare them, as the state keeps them, and as they are."""

from __future__ import annotations

import posixpath

from clockwork.hosts.machine import Machine


def wrong_path_there(declared: str) -> str | None:
    """Tell why a text cannot be a path on another machine, for a resource's validator.

    Args:
        declared: The path as the person wrote it.

    Returns:
        The reason, or ``None`` when it is a path.
    """
    if not declared.strip():
        return "it is empty"
    if "\0" in declared:
        return "a path cannot hold a zero byte"
    if declared.startswith("~") and declared.partition("/")[0] != "~":
        return "on another machine only ~ itself is known, the folder of the login; write the whole path"
    return None


def kept_path(declared: str) -> str:
    """Give the form that is kept in the state: absolute, or relative to the folder of the login.

    Args:
        declared: Absolute, starting with ``~``, or relative to the folder of the login.
    """
    inside = declared.removeprefix("~").lstrip("/") if declared.startswith("~") else declared
    path = posixpath.normpath(inside or ".")
    return f"/{path.lstrip('/')}" if path.startswith("/") else path


async def real_path_there(kept: str, machine: Machine) -> str:
    """Find the absolute path of a kept one; ``..`` is resolved, symbolic links are not.

    Args:
        kept: What :func:`kept_path` gave.
        machine: Where it is.

    Raises:
        HostError: The machine cannot be reached.
    """
    if kept.startswith("/"):
        return kept
    return posixpath.normpath(posixpath.join(await machine.home(), kept))


def inside_login_folder(declared: str) -> str | None:
    """Tell why a path leads out of the folder of the login.

    Args:
        declared: The path as it was declared or chosen.

    Returns:
        The reason, or ``None`` when it stays inside.
    """
    if reason := wrong_path_there(declared):
        return reason
    path = kept_path(declared)
    if path.startswith("/") or path.split("/")[0] == "..":
        return f"{declared!r} leads out of the folder of the login; use a relative path inside it"
    return None
