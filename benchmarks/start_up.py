"""How long Clockwork takes to start, and how much it imports."""

from __future__ import annotations

import subprocess
import sys
import tempfile
from pathlib import Path

from contenders.base import program
from measure import Sample, measure
from race import median
from rich.table import Table

_IMPORTS = ("clockwork", "clockwork.resources", "clockwork.core", "clockwork.pulumi_compiler")


def start_up(repeat: int) -> dict[str, Sample]:
    """Measure the commands that do nothing, and the imports."""
    clockwork = program("clockwork") or "clockwork"
    commands = {
        "clockwork --help": [clockwork, "--help"],
        "clockwork version": [clockwork, "version"],
        **{f"import {name}": [sys.executable, "-c", f"import {name}"] for name in _IMPORTS},
    }
    with tempfile.TemporaryDirectory(prefix="clockwork-bench-") as folder:
        return {
            name: median([measure(command, Path(folder), {}) for _ in range(repeat + 1)][1:])
            for name, command in commands.items()
        }


def start_table(found: dict[str, Sample]) -> Table:
    """Show them."""
    table = Table(title="start-up")
    for column in ("", "seconds", "peak MB", "modules"):
        table.add_column(column, justify="left" if not column else "right")
    for name, sample in found.items():
        table.add_row(name, f"{sample.seconds:.2f}", f"{sample.megabytes:.0f}", _modules(name))
    return table


def _modules(name: str) -> str:
    if not name.startswith("import "):
        return ""
    code = f"{name}; import sys; print(len(sys.modules))"
    return subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, check=True
    ).stdout.strip()
