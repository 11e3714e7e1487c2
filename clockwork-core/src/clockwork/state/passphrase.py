"""The passphrase that encrypts a stack's secrets: the person's own, or one made for the project."""

from __future__ import annotations

import os
import secrets
from pathlib import Path

from clockwork.errors import StateError

_VARIABLES = ("PULUMI_CONFIG_PASSPHRASE", "PULUMI_CONFIG_PASSPHRASE_FILE")
_NAME = "passphrase"


def passphrase_environment(folder: Path) -> dict[str, str]:
    """Say where the engine finds the passphrase.

    Args:
        folder: The project's ``.clockwork`` folder, where one is made, readable by its owner alone,
            when the environment gives none.

    Returns:
        The variables to add to the engine's environment.

    Raises:
        StateError: The file cannot be written.
    """
    if any(name in os.environ for name in _VARIABLES):
        return {}
    file = folder / _NAME
    if not file.exists():
        _make(file)
    return {"PULUMI_CONFIG_PASSPHRASE_FILE": str(file)}


def _make(file: Path) -> None:
    fresh = file.with_name(f".{file.name}.{os.getpid()}")
    try:
        file.parent.mkdir(parents=True, exist_ok=True)
        descriptor = os.open(fresh, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        with os.fdopen(descriptor, "w", encoding="ascii") as stream:
            stream.write(secrets.token_urlsafe(32))
        try:
            os.link(fresh, file)
        except FileExistsError:
            pass
        finally:
            fresh.unlink()
    except OSError as error:
        raise StateError(f"the passphrase cannot be kept: {error.strerror}", file=file) from None
