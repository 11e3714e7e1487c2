"""Environment variables of a container."""

from __future__ import annotations

from collections.abc import Mapping


def check_env(env: Mapping[str, object]) -> None:
    """Check that a process can be given these variables.

    Args:
        env: The values by name. What is not text yet, such as a secret, is checked by its name alone.

    Raises:
        ValueError: A name is empty or holds ``=``, a space or a control character, or a value holds NUL.
    """
    for name, value in env.items():
        _check_name(name)
        if isinstance(value, str) and "\x00" in value:
            raise ValueError(f"the value of {name} contains a NUL character")


def _check_name(name: str) -> None:
    if not name:
        raise ValueError("a variable has no name")
    if "=" in name:
        raise ValueError(f"{name!r} is no variable's name: it contains =")
    if not name.isprintable() or " " in name:
        raise ValueError(f"{name!r} is no variable's name: it contains a space or a control character")
