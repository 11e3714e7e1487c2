"""Where engines that Clockwork obtained are kept."""

from __future__ import annotations

import os
from pathlib import Path

import platformdirs

from clockwork.errors import EngineError

ENGINE_VERSION = "3.259.0"
"""The version that is obtained where none is found; the one the source modules are pinned to."""


def cache_folder() -> Path:
    """Clockwork's cache: ``CW_CACHE_DIR``, or the user's cache folder.

    Raises:
        EngineError: ``CW_CACHE_DIR`` is in the home folder of nobody.
    """
    return chosen_path("CW_CACHE_DIR") or Path(platformdirs.user_cache_dir("clockwork"))


def engine_folder() -> Path:
    """Where the engine of this version is, or will be; it appears only when complete."""
    return cache_folder() / "engine" / ENGINE_VERSION


def chosen_path(variable: str) -> Path | None:
    """The path that an environment variable names; ``None`` when it names none.

    Args:
        variable: Its name. A path that starts with ``~`` is in a home folder.

    Raises:
        EngineError: It is in the home folder of nobody.
    """
    chosen = os.environ.get(variable)
    try:
        return Path(chosen).expanduser().absolute() if chosen else None
    except RuntimeError:
        raise EngineError(f"{variable}: there is no home folder for {chosen}") from None
