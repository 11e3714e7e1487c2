"""What a model puts around a text that was asked for as plain text."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from typing import Any

_MARK = "```"
_FENCED = re.compile(r"\A\s*```[^\n`]*\n(?P<inside>.*?)\n?```\s*\Z", re.DOTALL)
_OPENING = re.compile(r"\A\s*```(?P<info>[^\n`]*)\n")
_WRAPPINGS = ("markdown", "md")
_WITH_FENCES = (".md", ".markdown", ".mdx", ".rst", ".txt", ".adoc")
_FENCE = re.compile(r"^```(?P<info>.*)$", re.MULTILINE)


def unfenced(text: str) -> str:
    """Remove a code fence around a whole text, and the blank lines around it; its last line ends as any.

    A text that only begins and ends with code blocks of its own keeps them.

    Args:
        text: The answer of a model.
    """
    lines = _inside(text).strip("\n")
    return f"{lines}\n" if lines.strip() else ""


def own_value(text: str, field: str, decided: Mapping[str, Any]) -> str:
    """Take a text out of an answer that has more: what is decided beside it, or remarks after a fence.

    Args:
        text: The answer of a model, without a code fence.
        field: The field that was asked for.
        decided: The values of the resource.

    Returns:
        The field's value where the answer is the resource; the answer itself where it is anything else.
    """
    heading, _, rest = text.partition("\n")
    if rest.lstrip().startswith(_MARK) and heading.strip(" #*:`") in decided.values():
        return unfenced(rest)
    if not any(str(value).casefold().endswith(_WITH_FENCES) for value in decided.values()):
        text = _without_remarks(text)
    if not text.startswith("{"):
        return text
    try:
        answer = json.loads(text)
    except ValueError:
        return text
    beside = {name: value for name, value in answer.items() if name != field}
    is_the_resource = bool(beside) and all(decided.get(name) == value for name, value in beside.items())
    return str(answer[field]) if is_the_resource and isinstance(answer.get(field), str) else text


def _inside(text: str) -> str:
    found = _FENCED.match(text)
    opening = _OPENING.match(text)
    if opening is None:
        return _left_closed(text)
    info, rest = opening["info"].strip().lower(), text[opening.end() :]
    if found is None:
        return _left_open(text, info, rest)
    if info in _WRAPPINGS:
        return found["inside"]
    fences = [fence["info"].strip() for fence in _FENCE.finditer(found["inside"])]
    return text if fences and not fences[0] else found["inside"]


def _left_closed(text: str) -> str:
    """Take a text out of a fence that was never opened."""
    begun, fence, after = text.rpartition(f"\n{_MARK}")
    return begun if fence and not after.strip() and _MARK not in begun else text


def _without_remarks(text: str) -> str:
    """Leave out what follows the only code fence in a text, which closes what was never opened."""
    fences = [*_FENCE.finditer(text)]
    is_closed_there = len(fences) == 1 and not fences[0]["info"].strip() and text[: fences[0].start()].strip()
    return text[: fences[0].start()] if is_closed_there else text


def _left_open(text: str, info: str, rest: str) -> str:
    """Take a text out of a fence that does not end with it: one that was not closed, or remarks follow."""
    fences = [fence["info"].strip() for fence in _FENCE.finditer(rest)]
    is_wrapped = info in _WRAPPINGS and len(fences) % 2 == 0
    if not fences or is_wrapped:
        return rest
    is_one_block = len(fences) == 1 and not fences[0] and info and info not in _WRAPPINGS
    return rest.partition("\n```")[0] if is_one_block else text
