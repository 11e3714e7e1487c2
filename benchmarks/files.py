"""Files: plan, apply, apply again, assert, destroy."""

from __future__ import annotations

from pathlib import Path

from contenders import FILES
from contenders.base import Contender
from race import Course


class Files(Course):
    """So many files in one folder."""

    unit = "file"
    steps = ("plan", "apply", "apply again", "assert", "destroy")
    contenders = FILES
    large = 1000

    def check(self, contender: Contender, folder: Path, step: str, size: int) -> None:
        """Count the files."""
        found = len([*folder.glob("files/*.txt")])
        wanted = size if contender.writes_files and step in ("apply", "apply again", "assert") else 0
        if found != wanted:
            raise RuntimeError(f"{contender.name}: {found} files after {step}, not {wanted}")
