"""Measures a command as a whole process: wall seconds and peak memory."""

from __future__ import annotations

import os
import subprocess
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True)
class Sample:
    """One run of one command.

    Attributes:
        seconds: From its start to its end.
        megabytes: The peak of the resident memory of the largest process among it and those it
            started and waited for.
    """

    seconds: float
    megabytes: float


_DISTORTING = ("PYTHONDONTWRITEBYTECODE", "PULUMI_BACKEND_URL", "CW_BACKEND_URL", "CW_STACK")
"""Variables of the person's shell under which programs would not start or work as installed ones do."""


def measure(command: Sequence[str | Path], folder: Path, environment: Mapping[str, str]) -> Sample:
    """Run a command to its end.

    Raises:
        RuntimeError: It failed; the message is what it printed.
    """
    output = folder / ".benchmark-output"
    with output.open("w+b") as file:
        started = time.perf_counter()
        process = subprocess.Popen(
            command,
            cwd=folder,
            env={**_undistorted(), **environment},
            stdin=subprocess.DEVNULL,
            stdout=file,
            stderr=subprocess.STDOUT,
        )
        _, status, usage = os.wait4(process.pid, 0)
        seconds = time.perf_counter() - started
        process.returncode = os.waitstatus_to_exitcode(status)
        if process.returncode != 0:
            file.seek(0)
            raise RuntimeError(f"{' '.join(map(str, command))} failed:\n{file.read().decode()[-2000:]}")
    return Sample(seconds, usage.ru_maxrss / 1024)


def _undistorted() -> dict[str, str]:
    return {name: value for name, value in os.environ.items() if name not in _DISTORTING}
