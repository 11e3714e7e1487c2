"""Where a user's file runs: in its own folder, with the modules beside it."""

from __future__ import annotations

import importlib
import sys
from collections.abc import Iterator
from contextlib import chdir, contextmanager
from importlib.machinery import (
    EXTENSION_SUFFIXES,
    SOURCE_SUFFIXES,
    ExtensionFileLoader,
    FileFinder,
    SourceFileLoader,
)
from pathlib import Path
from types import CodeType, ModuleType


@contextmanager
def running_in(folder: Path) -> Iterator[None]:
    """Run what is inside in a folder, with its modules importable; afterwards all is as before.

    The folder is the working folder and the first entry of ``sys.path``. Modules that are imported
    from it are read from their source and forgotten in the end, so that the next run sees changes.
    The process is affected as a whole: do not run two at once.

    Args:
        folder: The folder of the user's file.
    """
    search_path, modules = list(sys.path), set(sys.modules)
    own = _Own(folder, search_path)
    sys.path_hooks.insert(0, own.finder)
    own.forget_finders()
    importlib.invalidate_caches()
    sys.path.insert(0, str(folder))
    try:
        with chdir(folder):
            yield
    finally:
        sys.path[:] = search_path
        sys.path_hooks.remove(own.finder)
        own.forget_finders()
        for name in set(sys.modules) - modules:
            if own.has(sys.modules[name]):
                del sys.modules[name]


@contextmanager
def as_module(module: ModuleType) -> Iterator[None]:
    """Keep a module among the imported ones as long as the context lasts."""
    before = sys.modules.get(module.__name__)
    sys.modules[module.__name__] = module
    try:
        yield
    finally:
        if before is None:
            sys.modules.pop(module.__name__, None)
        else:
            sys.modules[module.__name__] = before


class _FromSource(SourceFileLoader):
    """Reads source only: compiled files cannot tell two changes within one second apart."""

    def get_code(self, fullname: str) -> CodeType:
        path = self.get_filename(fullname)
        code: CodeType = self.source_to_code(self.get_data(path), path)
        return code


class _Own:
    """The folder's modules, as against those of an environment that lies inside it."""

    def __init__(self, folder: Path, search_path: list[str]) -> None:
        self._folder = folder
        entries = [Path(entry).absolute() for entry in search_path]
        self._others = [entry for entry in entries if entry != folder and entry.is_relative_to(folder)]

    def finder(self, entry: str) -> FileFinder:
        if not self._holds(entry):
            raise ImportError(entry)
        return FileFinder(entry, (ExtensionFileLoader, EXTENSION_SUFFIXES), (_FromSource, SOURCE_SUFFIXES))

    def forget_finders(self) -> None:
        for entry in [entry for entry in sys.path_importer_cache if self._holds(entry)]:
            del sys.path_importer_cache[entry]

    def has(self, module: ModuleType) -> bool:
        spec = getattr(module, "__spec__", None)
        places = [] if spec is None else [spec.origin, *(spec.submodule_search_locations or ())]
        return any(self._holds(place) for place in places if place)

    def _holds(self, place: str) -> bool:
        path = Path(place).absolute()
        return path.is_relative_to(self._folder) and not any(path.is_relative_to(o) for o in self._others)
