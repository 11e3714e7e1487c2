"""The page of promises: every row has its tests, and every test is there."""

from __future__ import annotations

import ast
import re
from functools import cache
from pathlib import Path

TESTS = Path(__file__).parents[1]
ROWS = re.findall(
    r"^\| (?!Promise|---)(.+?) \| (.+) \|$",
    (TESTS.parent / "docs" / "promises.md").read_text(encoding="utf-8"),
    re.MULTILINE,
)


@cache
def names_in(file: str) -> set[str]:
    tree = ast.parse((TESTS / file).read_text(encoding="utf-8"))
    return {node.name for node in ast.walk(tree) if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef)}


def test_every_promise_has_tests_that_are_there() -> None:
    assert ROWS
    for promise, kept in ROWS:
        named = re.findall(r"`([\w/.]+)::(\w+)`", kept)
        assert named, promise
        assert [name for file, name in named if name not in names_in(file)] == [], promise
