"""Terraform with its built-in ``terraform_data``, which writes no file: those need a provider program."""

from __future__ import annotations

import subprocess
from pathlib import Path

from contenders.base import Commands, Contender, program

_MAIN = """\
resource "terraform_data" "file" {{
  count = {count}
  input = "file ${{count.index}}"
}}
"""


class Terraform(Contender):
    """``terraform`` with its state in the folder."""

    name = "terraform"
    note = "writes no file"
    writes_files = False

    def missing(self) -> str | None:
        """Say that it is not on PATH."""
        return None if program("terraform") else "terraform is not on PATH"

    def prepare(self, folder: Path, count: int) -> Commands:
        """Write the configuration and initialise it."""
        (folder / "main.tf").write_text(_MAIN.format(count=count))
        terraform = program("terraform") or "terraform"
        subprocess.run([terraform, "init", "-no-color"], cwd=folder, check=True, capture_output=True)
        return Commands(
            {
                "plan": [terraform, "plan", "-no-color"],
                "apply": [terraform, "apply", "-no-color", "-auto-approve"],
                "apply again": [terraform, "apply", "-no-color", "-auto-approve"],
                "destroy": [terraform, "destroy", "-no-color", "-auto-approve"],
            }
        )
