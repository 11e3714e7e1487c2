"""Finds the engine that is there already."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
from dataclasses import dataclass
from pathlib import Path

import platformdirs

from clockwork.errors import EngineError

ENGINE_VERSION = "3.259.0"
"""The version that is obtained where none is found; the one the source modules are pinned to."""

OLDEST_VERSION = (3, 206, 0)
"""The first version whose event stream the SDK reads over gRPC, as it happens."""


@dataclass(frozen=True)
class Engine:
    """A Pulumi program.

    Attributes:
        path: Where it is.
        version: Its version, without a leading ``v``.
        origin: How it was found: ``CW_PULUMI``, ``PATH`` or ``cache``.
    """

    path: Path
    version: str
    origin: str


def cache_folder() -> Path:
    """Where obtained engines are kept: ``CW_CACHE_DIR``, or the user's cache folder."""
    chosen = os.environ.get("CW_CACHE_DIR")
    return Path(chosen).absolute() if chosen else Path(platformdirs.user_cache_dir("clockwork"))


def cached_engine() -> Engine:
    """The engine in the cache, whether it is there yet or not."""
    folder = cache_folder() / "engine" / ENGINE_VERSION
    return Engine(folder / "bin" / "pulumi", ENGINE_VERSION, "cache")


def find_engine() -> Engine | None:
    """Find an engine: ``CW_PULUMI``, then ``PATH``, then Clockwork's cache.

    Returns:
        The first that is new enough; ``None`` when there is none.

    Raises:
        EngineError: ``CW_PULUMI`` names something that does not exist, does not run, or is too old.
    """
    chosen = os.environ.get("CW_PULUMI")
    if chosen:
        return _chosen(Path(chosen).expanduser().absolute())
    on_path = shutil.which("pulumi")
    if on_path is not None:
        version = _version_of(Path(on_path))
        if version is not None and _is_new_enough(version):
            return Engine(Path(on_path), version, "PATH")
    cached = cached_engine()
    return cached if cached.path.is_file() else None


def _chosen(path: Path) -> Engine:
    if not path.is_file():
        raise EngineError("CW_PULUMI names a file that does not exist", file=path)
    version = _version_of(path)
    if version is None:
        raise EngineError("CW_PULUMI names a program that does not say its version", file=path)
    if not _is_new_enough(version):
        oldest = ".".join(map(str, OLDEST_VERSION))
        raise EngineError(f"this engine is {version}; Clockwork needs {oldest} or newer", file=path)
    return Engine(path, version, "CW_PULUMI")


def _is_new_enough(version: str) -> bool:
    numbers = version.partition("-")[0].partition("+")[0].split(".")
    return tuple(int(number) for number in numbers if number.isdigit()) >= OLDEST_VERSION


def _version_of(program: Path) -> str | None:
    """Ask a program for its version, once for each state of its file: asking takes a quarter second."""
    memo_file = cache_folder() / "engine" / "versions.json"
    memo = _read(memo_file)
    stat = program.stat()
    key = f"{program.resolve()}|{stat.st_size}|{stat.st_mtime_ns}"
    if key not in memo:
        asked = _ask(program)
        if asked is None:
            return None
        memo[key] = asked
        _write(memo_file, memo)
    return memo[key]


def _ask(program: Path) -> str | None:
    environment = {**os.environ, "PULUMI_SKIP_UPDATE_CHECK": "true"}
    try:
        done = subprocess.run(
            [program, "version"], capture_output=True, text=True, check=True, timeout=60, env=environment
        )
    except (OSError, subprocess.SubprocessError):
        return None
    said = done.stdout.strip().removeprefix("v")
    return said if said[:1].isdigit() else None


def _read(memo_file: Path) -> dict[str, str]:
    try:
        memo = json.loads(memo_file.read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return {}
    return memo if isinstance(memo, dict) else {}


def _write(memo_file: Path, memo: dict[str, str]) -> None:
    fresh = memo_file.with_name(f"{memo_file.name}.{os.getpid()}")
    try:
        memo_file.parent.mkdir(parents=True, exist_ok=True)
        fresh.write_text(json.dumps(memo, indent=1, sort_keys=True), encoding="utf-8")
        fresh.replace(memo_file)
    except OSError:
        # A cache that cannot be written costs a quarter second at the next start, nothing more.
        fresh.unlink(missing_ok=True)
