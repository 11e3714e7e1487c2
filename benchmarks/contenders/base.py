"""What a contender is."""

from __future__ import annotations

import shutil
import sys
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path


@dataclass(frozen=True)
class Commands:
    """How a contender does each step.

    Attributes:
        steps: The command of each step; one that it has no command for is left out.
        environment: Variables for all of them.
        edits: What is written before a step, by the names of files.
    """

    steps: Mapping[str, list[str]]
    environment: Mapping[str, str] = field(default_factory=dict)
    edits: Mapping[str, Mapping[str, str]] = field(default_factory=dict)


class Contender:
    """A tool that takes part.

    Attributes:
        name: As the table names it.
        note: What is not the same as the others' work.
        writes_files: Whether an apply leaves files.
    """

    name = ""
    note = ""
    writes_files = True

    def missing(self) -> str | None:
        """Say why it cannot run here, or ``None``."""
        return None

    def prepare(self, folder: Path, count: int) -> Commands:
        """Write what it needs into an empty folder.

        Args:
            folder: Where its project goes; files are made in ``files`` below it.
            count: How many things it shall make.
        """
        raise NotImplementedError


def program(name: str) -> str | None:
    """Find a program beside the running Python, or on PATH."""
    beside = Path(sys.executable).with_name(name)
    return str(beside) if beside.exists() else shutil.which(name)
