"""Keeping the values of secrets out of everything that is shown."""

from __future__ import annotations

import threading

REDACTED = "[secret]"
SHORTEST = 4
"""Characters; what is shorter stands in ordinary words too often to be looked for in them."""

_known: set[str] = set()
_guard = threading.Lock()


def keep_secret(value: str) -> None:
    """Never show a value again in this process.

    Args:
        value: The secret.
    """
    parts = {value, *value.splitlines()}
    with _guard:
        _known.update(part for part in parts if len(part) >= SHORTEST)


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
