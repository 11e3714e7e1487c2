"""The stack that is worked on, for files that declare something else in each."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from clockwork.state.names import short_name


@dataclass
class KnownStack:
    """The stack of a run.

    Attributes:
        name: Its name, without organisation and project.
        is_asked: Whether the user's file asked for it, so that stacks may differ.
    """

    name: str
    is_asked: bool = False


_known: KnownStack | None = None


def get_stack() -> str:
    """Give the name of the stack that is worked on, such as ``dev``.

    A file that asks for it may declare something else in each stack, and the lock then holds the answers
    of each stack apart. In a file that is run without Clockwork it is the one that the settings of the
    working folder name.

    Raises:
        UsageError: The settings name a wrong one.
    """
    if _known is None:
        from clockwork.settings import Settings

        return short_name(Settings.load(Path.cwd()).stack)
    _known.is_asked = True
    return _known.name


def tell_stack(stack: str) -> KnownStack:
    """Let the files that are loaded from now on know the stack.

    Args:
        stack: The stack's name, as the person gave it.

    Returns:
        What :func:`get_stack` gives, and whether it was asked.
    """
    global _known
    _known = KnownStack(short_name(stack))
    return _known
