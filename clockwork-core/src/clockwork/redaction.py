"""Keeping the values of secrets out of everything that is shown."""

from __future__ import annotations

import threading
from urllib.parse import quote

REDACTED = "[secret]"
SHORTEST = 4
"""Characters; what is shorter stands in ordinary words too often to be looked for in them."""

_known: set[str] = set()
_guard = threading.Lock()


def keep_secret(value: str) -> None:
    """Never show a value again in this process, also as URLs and Python write it.

    Args:
        value: The secret.
    """
    parts = {value, *value.splitlines()}
    ways = {way for part in parts for way in (part, quote(part, safe=""), repr(part)[1:-1])}
    with _guard:
        _known.update(way for way in ways if len(way) >= SHORTEST)


def redacted(text: str) -> str:
    """Put a word in the place of each known secret in a text.

    Args:
        text: What is to be shown, logged or written for a program.
    """
    if not _known:
        return text
    with _guard:
        known = sorted(_known, key=len, reverse=True)
    for value in known:
        if value in text:
            text = text.replace(value, REDACTED)
    return text
