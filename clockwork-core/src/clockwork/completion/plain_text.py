"""What a model puts around a text that was asked for as plain text."""

from __future__ import annotations

import re

_FENCED = re.compile(r"\A\s*```[^\n`]*\n(?P<inside>.*?)\n?```\s*\Z", re.DOTALL)
_FENCE = re.compile(r"^```(?P<info>.*)$", re.MULTILINE)


def unfenced(text: str) -> str:
    """Remove a code fence around a whole text, and the blank lines around it.

    A text that only begins and ends with code blocks of its own keeps them.

    Args:
        text: The answer of a model.
    """
    found = _FENCED.match(text)
    if found is None:
        return text.strip("\n")
    inside = found["inside"]
    fences = [fence["info"].strip() for fence in _FENCE.finditer(inside)]
    if fences and not fences[0]:
        return text.strip("\n")
    return inside.strip("\n")
