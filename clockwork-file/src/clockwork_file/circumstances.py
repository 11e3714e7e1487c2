"""What a model should know of the project and the machine when it is asked about a file."""

from __future__ import annotations

import platform
from collections.abc import Iterator
from pathlib import Path, PurePath

from clockwork.completion.circumstances import circumstances
from clockwork.hook_types import CompletionContext, PromptPart
from clockwork_file.resource import FileResource

_MOST_FOLDERS = 12
_NOBODYS = {"node_modules", "venv", "env", "dist", "build", "target"}
"""Folders that programs fill, by the names that they usually have."""
_OF_A_SYSTEM = {".sh", ".bash", ".zsh", ".fish", ".service", ".timer", ".plist"}
"""What works on one system and not on another."""
_SYSTEMS = {"Darwin": "macOS"}


def file_circumstances(file: FileResource, context: CompletionContext) -> Iterator[PromptPart]:
    """Tell the project's folders where one is chosen, and the system where a script for it is written.

    Args:
        file: The file as it is known.
        context: The fields that are asked for, and the project's folder.
    """
    return circumstances("place", _facts(file, context) if file.on is None else ())


def _facts(file: FileResource, context: CompletionContext) -> Iterator[str]:
    if "directory" in context.missing and (folders := _folders(context.project)):
        yield f"folders that are there already: {', '.join(folders)}"
    name = file.name or file.path or ""
    if context.missing == ("content",) and PurePath(name).suffix in _OF_A_SYSTEM:
        yield f"this machine runs {_system()}"


def _folders(project: Path) -> list[str]:
    """Give the folders in the project folder that people fill, sorted."""
    try:
        found = sorted(one.name for one in project.iterdir() if one.is_dir())
    except OSError:
        return []
    return [name for name in found if _is_peoples(name)][:_MOST_FOLDERS]


def _is_peoples(name: str) -> bool:
    is_plain = name.isprintable() and not name.startswith((".", "_"))
    return is_plain and name not in _NOBODYS


def _system() -> str:
    """Name the system of this machine, on Linux with its distribution."""
    system = _SYSTEMS.get(platform.system(), platform.system())
    try:
        return f"{system} ({platform.freedesktop_os_release()['NAME']})" if system == "Linux" else system
    except (OSError, KeyError):
        return system
