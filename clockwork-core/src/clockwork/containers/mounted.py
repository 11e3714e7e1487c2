"""Paths of this machine that are mounted into containers: whether they are there, or will be."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from clockwork.hook_types import CompletionContext

_MADE = ("file ", "folder ")


def missing_path(source: str, context: CompletionContext) -> str | None:
    """Say that a path that a model wants to mount is not there; ``None`` when it is, or will be.

    Args:
        source: The path, relative to the project.
        context: The project, and its other resources, which may make it.
    """
    if (context.project / source).exists() or _is_declared(source, context):
        return None
    return f"{source} does not exist: leave this mount out, or give the name of a volume instead"


def _is_declared(source: str, context: CompletionContext) -> bool:
    """Tell whether a resource of the project makes the path, or something in it."""
    wanted = (context.project / source).resolve()
    return any(path == wanted or wanted in path.parents for path in _made_paths(context))


def _made_paths(context: CompletionContext) -> Iterator[Path]:
    for claim in (claim for other in context.resources for claim in other.claims()):
        if claim.startswith(_MADE):
            yield Path(claim.partition(" ")[2])
