"""Whether a file beside ``main.py`` would be imported, instead of what a program means to import."""

from __future__ import annotations

import ast
import sys
from importlib.machinery import PathFinder, all_suffixes
from pathlib import Path

_LARGEST = 1_000_000


def hides_a_module(parts: tuple[str, ...], project: Path) -> str | None:
    """Name the module that a file would be imported as, where somebody imports one of that name.

    The folder of the user's file comes first where Python looks for modules.

    Args:
        parts: The file's path, from the project folder.
        project: The project folder.

    Returns:
        The module's name; ``None`` when the file hides nothing.
    """
    module = _module(parts)
    if module is None:
        return None
    is_known = module in sys.stdlib_module_names or module.split("_")[0] == "clockwork"
    if is_known or _is_installed(module, project) or module in _imported(project):
        return module
    return None


def _module(parts: tuple[str, ...]) -> str | None:
    """Give the name under which a file can be imported first of all: its own, or that of its package."""
    ending = next((one for one in all_suffixes() if parts and parts[-1].endswith(one)), None)
    if ending is None or len(parts) > 2:
        return None
    stem = parts[-1].removesuffix(ending)
    if len(parts) == 1:
        return stem
    return parts[0] if stem == "__init__" else None


def _is_installed(module: str, project: Path) -> bool:
    elsewhere = [one for one in sys.path if Path(one or ".").resolve() != project.resolve()]
    return module.isidentifier() and PathFinder.find_spec(module, elsewhere) is not None


def _imported(project: Path) -> set[str]:
    """Give the modules that the project's own files import, where that can be read."""
    found: set[str] = set()
    for file in project.glob("*.py"):
        if not file.is_file() or file.stat().st_size > _LARGEST:
            continue
        try:
            tree = ast.parse(file.read_bytes())
        except (SyntaxError, ValueError, OSError):
            continue
        for node in ast.walk(tree):
            if isinstance(node, ast.Import):
                found |= {alias.name.split(".")[0] for alias in node.names}
            elif isinstance(node, ast.ImportFrom) and node.module and not node.level:
                found.add(node.module.split(".")[0])
    return found
