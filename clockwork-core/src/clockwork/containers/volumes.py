"""What a container finds mounted, and how people write it."""

from __future__ import annotations

import posixpath
import re
from dataclasses import dataclass
from typing import Annotated

from pydantic import WithJsonSchema

from clockwork.containers.names import VOLUME_NAME_PATTERN

_MODES = {"ro": True, "rw": False}

MountText = Annotated[
    str, WithJsonSchema({"type": "string", "pattern": r"^[A-Za-z0-9./][^:]*:/[^:]+(:ro)?$"})
]
"""A mount as people write it; of a model, the forms alone that it needs."""


@dataclass(frozen=True)
class Mount:
    """A path of the host, or a named volume, at a place inside a container.

    ``str(mount)`` is its canonical text, which :func:`parse_mount` reads back.

    Attributes:
        source: A path of the host (it starts with ``/``, ``.`` or ``~``), or the name of a volume.
        target: The absolute path inside the container.
        read_only: Whether the container may only read it.

    Raises:
        ValueError: The source is neither a path nor a volume's name, or the target is no absolute path.
    """

    source: str
    target: str
    read_only: bool = False

    def __post_init__(self) -> None:
        _check_source(self.source, self.is_path)
        object.__setattr__(self, "target", _canonical_target(self.target))

    @property
    def is_path(self) -> bool:
        """Whether the source is a path of the host, not the name of a volume."""
        return self.source.startswith(("/", ".", "~"))

    def __str__(self) -> str:
        """The mount as people write it."""
        return f"{self.source}:{self.target}{':ro' if self.read_only else ''}"


def parse_mount(text: str) -> Mount:
    """Read a mount as people write it.

    Args:
        text: Such as ``/srv/site:/www``, ``./site:/www:ro`` or ``data:/var/lib/data``.

    Returns:
        The mount.

    Raises:
        ValueError: The text is no mount; the message says what is wrong with which part.
    """
    parts = text.split(":")
    if len(parts) == 1:
        raise ValueError(f"{text!r} does not say what is mounted; write PATH:{text} or VOLUME:{text}")
    if len(parts) > 3:
        raise ValueError(f"{text!r} has too many colons; write SOURCE:TARGET or SOURCE:TARGET:ro")
    mode = parts[2] if len(parts) == 3 else "rw"
    if mode not in _MODES:
        raise ValueError(f"{text!r}: {mode!r} is not known; write ro for read-only, or leave it out")
    try:
        return Mount(parts[0], parts[1], _MODES[mode])
    except ValueError as error:
        raise ValueError(f"{text!r}: {error}") from None


def _check_source(source: str, is_path: bool) -> None:
    if "\x00" in source or ":" in source:
        raise ValueError(f"{source!r} contains a colon or a NUL character")
    if is_path:
        return
    if not source:
        raise ValueError("it does not say what is mounted")
    if "/" in source:
        raise ValueError(f"{source!r} is no volume's name; write ./{source} if the path is meant")
    if not re.fullmatch(VOLUME_NAME_PATTERN, source):
        raise ValueError(f"{source!r} is no volume's name: letters, digits, and then also . _ -")


def _canonical_target(target: str) -> str:
    if "\x00" in target or ":" in target:
        raise ValueError(f"{target!r} contains a colon or a NUL character")
    if not target.startswith("/"):
        raise ValueError(f"{target!r} is no absolute path inside the container")
    canonical = posixpath.normpath("/" + target.lstrip("/"))
    if canonical == "/":
        raise ValueError("nothing can be mounted over the whole container (/)")
    return canonical
