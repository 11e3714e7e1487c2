"""Paths as people declare them, as the state keeps them, and as they really are.

What a plugin needs to know of a path that stands in a user's file: whether it is one
(:func:`wrong_path`), where it leads (:func:`real_path`), how the state remembers it
(:func:`declared_path`), and whether it stays inside the project (:func:`inside_project`).
"""

from __future__ import annotations

import os
from pathlib import Path

from clockwork.errors import LoadError
from clockwork.placeholders import has_placeholder


def wrong_path(declared: str) -> str | None:
    """Tell why a text cannot be a path at all, for a resource's validator.

    Args:
        declared: The path as the person wrote it.

    Returns:
        The reason, or ``None`` when it is a path.
    """
    if not declared.strip():
        return "it is empty"
    if "\0" in declared:
        return "a path cannot hold a zero byte"
    try:
        Path(declared).expanduser()
    except RuntimeError:
        return f"there is no home folder {Path(declared).parts[0]}"
    return None


def real_path(declared: str, project: Path) -> Path:
    """Find the absolute path of a declared one; ``..`` is resolved, symbolic links are not.

    Args:
        declared: Absolute, starting with ``~``, or relative to the project.
        project: The folder of the user's file.

    Raises:
        LoadError: It cannot be a path.
    """
    if reason := wrong_path(declared):
        raise LoadError(f"{declared!r} is no path: {reason}")
    return Path(os.path.normpath(project / Path(declared).expanduser()))


def declared_path(declared: str, project: Path) -> str:
    """Give the form that is kept in the state: relative to the project where it is inside.

    A project that moves, or that is used from two machines, keeps its things' identities.

    Args:
        declared: The path as the person wrote it.
        project: The folder of the user's file.

    Raises:
        LoadError: It cannot be a path.
    """
    real = real_path(declared, project)
    return str(real.relative_to(project)) if real.is_relative_to(project) else str(real)


def inside_project(declared: str, project: Path) -> str | None:
    """Tell why a path leads out of the project folder.

    ``~`` and ``..`` are resolved, and so are symbolic links as far as they exist. A ``..`` behind a link is
    read both ways: as the system does, and as :func:`real_path` does.

    Args:
        declared: The path, absolute or relative to the project folder.
        project: The project folder.

    Returns:
        The reason, or ``None`` when the path stays inside.
    """
    if reason := wrong_path(declared):
        return reason
    if has_placeholder(declared):
        return f"{declared!r} holds a value that is known only later; where it leads cannot be told"
    try:
        places = followed(declared, project)
        # Newer Pythons leave links that lead in a circle as they are.
        is_circle = any(part.is_symlink() for place in places for part in (place, *place.parents))
    except (RuntimeError, OSError, ValueError) as error:
        return f"{declared!r} cannot be resolved: {error}"
    if is_circle:
        return f"{declared!r} cannot be resolved: its symbolic links lead in a circle"
    outside = next((place for place in places if not place.is_relative_to(project.resolve())), None)
    if outside is None:
        return None
    return f"{declared!r} leads to {outside}, outside the project folder; use a relative path inside it"


def followed(declared: str, project: Path) -> tuple[Path, ...]:
    """Give the places that a path may lead to, with its links followed: mostly one.

    A second one is where a ``..`` behind a link goes back in the text, and not in what the link leads to.

    Args:
        declared: The path, absolute or relative to the project folder.
        project: The project folder.

    Raises:
        OSError, RuntimeError, ValueError: It cannot be followed.
    """
    path = project / Path(declared).expanduser()
    return tuple(dict.fromkeys((path.resolve(), Path(os.path.normpath(path)).resolve())))
