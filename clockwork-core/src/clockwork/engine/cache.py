"""Where engines that Clockwork obtained are kept."""

from __future__ import annotations

import os
from pathlib import Path

import platformdirs

ENGINE_VERSION = "3.259.0"
"""The version that is obtained where none is found; the one the source modules are pinned to."""


def cache_folder() -> Path:
    """Clockwork's cache: ``CW_CACHE_DIR``, or the user's cache folder."""
    chosen = os.environ.get("CW_CACHE_DIR")
    return Path(chosen).expanduser().absolute() if chosen else Path(platformdirs.user_cache_dir("clockwork"))


def engine_folder() -> Path:
    """Where the engine of this version is, or will be; it appears only when complete."""
    return cache_folder() / "engine" / ENGINE_VERSION
