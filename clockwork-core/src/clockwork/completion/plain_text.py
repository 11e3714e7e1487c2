"""What a model puts around a text that was asked for as plain text."""

from __future__ import annotations

import re

_FENCED = re.compile(r"\A\s*```[^\n`]*\n(?P<inside>.*?)\n?```\s*\Z", re.DOTALL)
_FENCE = re.compile(r"^```(?P<info>.*)$", re.MULTILINE)


def unfenced(text: str) -> str:
    """Remove a code fence around a whole text, and the blank lines around it; its last line ends as any.

    A text that only begins and ends with code blocks of its own keeps them.

    Args:
        text: The answer of a model.
    """
    lines = _inside(text).strip("\n")
    return f"{lines}\n" if lines.strip() else ""


def _inside(text: str) -> str:
    found = _FENCED.match(text)
    if found is None:
        return text
    fences = [fence["info"].strip() for fence in _FENCE.finditer(found["inside"])]
    return text if fences and not fences[0] else found["inside"]
