"""Core's loader: runs a Python file once, as a module, in its own folder."""

from __future__ import annotations

import sys
from contextlib import redirect_stdout
from pathlib import Path
from types import ModuleType

from clockwork.errors import LoadError
from clockwork.hook_types import LoadedFile
from clockwork.loading.blame import load_error
from clockwork.loading.surroundings import as_module, running_in


def load_python_file(path: Path) -> LoadedFile:
    """Run a Python file and give what it defines.

    What the file prints goes to stderr: stdout is Clockwork's.

    Args:
        path: The absolute path of the file.

    Returns:
        Its names and values, in order of definition.

    Raises:
        LoadError: It cannot be read or compiled, or it raised.
        ClockworkError: It ran into this; the error has its file and line.
    """
    if path.stem == "clockwork":
        raise LoadError(
            "a file of this name hides Clockwork itself from Python", file=path, hint="Rename the file."
        )
    source = _source(path)
    module = ModuleType(path.stem)
    module.__file__ = str(path)
    try:
        with running_in(path.parent), as_module(module), redirect_stdout(sys.stderr):
            exec(compile(source, str(path), "exec", dont_inherit=True), vars(module))
    except (Exception, SystemExit) as error:
        raise load_error(error, path) from error
    return LoadedFile(path, {name: value for name, value in vars(module).items() if not _is_dunder(name)})


def _source(path: Path) -> bytes:
    try:
        return path.read_bytes()
    except OSError as error:
        raise LoadError(f"it cannot be read: {error.strerror}", file=path) from error


def _is_dunder(name: str) -> bool:
    return name.startswith("__") and name.endswith("__")
