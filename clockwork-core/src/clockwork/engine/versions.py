"""Knows the version of a program without asking it each time: asking takes a quarter second."""

from __future__ import annotations

import json
import os
import subprocess
from pathlib import Path
from typing import Any

from clockwork.atomic import replace_file
from clockwork.engine.cache import cache_folder
from clockwork.logs import get_logger

_log = get_logger(__name__)

OLDEST_VERSION = "3.206.0"
"""The first version whose events the SDK reads over gRPC, as they happen."""


def version_of(program: Path) -> str | None:
    """Tell the version of a Pulumi program; it is asked once for each state of its file.

    Args:
        program: A file.

    Returns:
        The version without a leading ``v``; ``None`` when the program does not say one.
    """
    memo_file = cache_folder() / "engine" / "versions.json"
    memo = _read(memo_file)
    stat = program.stat()
    state = [stat.st_size, stat.st_mtime_ns]
    match memo.get(str(program.resolve())):
        case {"state": known, "version": str(remembered)} if known == state:
            return remembered
    version = ask_version(program)
    if version is not None:
        _write(memo_file, {**memo, str(program.resolve()): {"state": state, "version": version}})
    return version


def ask_version(program: Path) -> str | None:
    """Run a program to hear its version.

    Args:
        program: A file.

    Returns:
        The version without a leading ``v``; ``None`` when it does not run or says something else.
    """
    environment = {**os.environ, "PULUMI_SKIP_UPDATE_CHECK": "true"}
    try:
        done = subprocess.run(
            [program, "version"],
            capture_output=True,
            encoding="utf-8",
            errors="replace",
            stdin=subprocess.DEVNULL,
            check=True,
            timeout=60,
            env=environment,
        )
    except (OSError, subprocess.SubprocessError):
        return None
    said = done.stdout.strip().removeprefix("v")
    return said if _numbers(said) else None


def is_new_enough(version: str) -> bool:
    """Tell whether Clockwork can work with a version.

    Args:
        version: Such as ``3.259.0`` or ``3.260.0-alpha.1``.
    """
    return _numbers(version) >= _numbers(OLDEST_VERSION)


def _numbers(version: str) -> tuple[int, ...]:
    release = version.partition("-")[0].partition("+")[0].split(".")
    return tuple(map(int, release)) if len(release) == 3 and all(map(str.isdecimal, release)) else ()


def _read(memo_file: Path) -> dict[str, Any]:
    try:
        memo = json.loads(memo_file.read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return {}
    return memo if isinstance(memo, dict) else {}


def _write(memo_file: Path, memo: dict[str, Any]) -> None:
    """Replace the memo; where it cannot be written, the next start asks again, nothing more."""
    try:
        memo_file.parent.mkdir(parents=True, exist_ok=True)
        replace_file(memo_file, json.dumps(memo, indent=1, sort_keys=True))
    except OSError as error:
        _log.info("the engine's version cannot be remembered", reason=str(error))
