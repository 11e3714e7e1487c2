"""The page of the examples names what is there, and nothing else."""

from __future__ import annotations

import re
from pathlib import Path

ROOT = Path(__file__).parents[2]


def test_every_example_stands_on_the_page() -> None:
    page = (ROOT / "docs" / "examples.md").read_text(encoding="utf-8")
    told = re.findall(r"^\| `(\w+)`", page, re.MULTILINE)
    assert sorted(told) == sorted(main.parent.name for main in ROOT.glob("examples/*/main.py"))
