"""Paths as people declare them, as the state keeps them, and as they really are."""

from __future__ import annotations

import os
from pathlib import Path


def real_path(declared: str, project: Path) -> Path:
    """Find the absolute path of a declared one; ``..`` is resolved, symbolic links are not.

    Args:
        declared: Absolute, starting with ``~``, or relative to the project.
        project: The folder of the user's file.
    """
    return Path(os.path.normpath(project / Path(declared).expanduser()))


def declared_path(declared: str, project: Path) -> str:
    """Give the form that is kept in the state: relative to the project where it is inside.

    A project that moves, or that is used from two machines, keeps its files' identities.

    Args:
        declared: The path as the person wrote it.
        project: The folder of the user's file.
    """
    real = real_path(declared, project)
    return str(real.relative_to(project)) if real.is_relative_to(project) else str(real)
