"""Lines of styled text, safe to show: nothing in a value can steer the terminal."""

from __future__ import annotations

import unicodedata
from collections.abc import Iterable
from dataclasses import dataclass

from clockwork.redaction import redacted

_HIDDEN = {"Cc", "Cf", "Cs", "Zl", "Zp"}
_JOINERS = "\u200c\u200d"
_NAMED = {"\n": "\\n", "\r": "\\r", "\t": "\\t", "\x1b": "\\x1b"}
ELLIPSIS = "…"


@dataclass(frozen=True)
class Span:
    """A piece of a line.

    Attributes:
        text: What it says, already clean.
        style: Words such as ``bold green`` or ``dim``; colour is never the only sign of anything.
    """

    text: str
    style: str = ""


Line = tuple[Span, ...]


def line(*parts: str | Span) -> Line:
    """Make a line of spans and unstyled pieces."""
    return tuple(part if isinstance(part, Span) else Span(part) for part in parts)


def plain(row: Line) -> str:
    """The words of a line without its styles."""
    return "".join(span.text for span in row).rstrip()


def clean(text: str, *, keep: str = "") -> str:
    r"""Hide secrets, and write out every character that a terminal would obey or hide, such as ``\x1b``.

    Args:
        text: Any text, a model's included.
        keep: Control characters to leave, such as a line feed.
    """
    text = redacted(text)
    if text.isascii() and text.isprintable():
        return text
    return "".join(char if char in keep else _visible(char) for char in text)


def width_of(text: str) -> int:
    """The columns a text takes in a terminal."""
    if text.isascii():
        return len(text)
    return sum(_columns(char) for char in text)


def pad(text: str, width: int) -> str:
    """Fill a text with spaces to a number of columns."""
    return text + " " * max(0, width - width_of(text))


def cut(text: str, width: int) -> str:
    """Shorten a text to a number of columns, with an ellipsis where something is missing."""
    if width_of(text) <= width:
        return text
    head, _rest = _split(text, max(1, width - 1))
    return head + ELLIPSIS


def wrap(text: str, width: int) -> list[str]:
    """Break a text into rows of at most so many columns; every character is kept."""
    rows = []
    while width_of(text) > width:
        head, rest = _split(text, width)
        space = head.rfind(" ")
        if space > width // 2:
            head, rest = text[: space + 1], text[space + 1 :]
        rows.append(head)
        text = rest
    return [*rows, text]


def count(number: int, one: str, many: str | None = None) -> str:
    """Say a number with its noun: ``1 resource``, ``2 resources``."""
    return f"{number:,} {one if number == 1 else many or one + 's'}"


def listed(words: Iterable[str]) -> str:
    """Join words as a sentence does: ``a``, ``a and b``, ``a, b and c``."""
    *first, last = list(words) or [""]
    return f"{', '.join(first)} and {last}" if first else last


def _visible(char: str) -> str:
    if unicodedata.category(char) not in _HIDDEN or char in _JOINERS:
        return char
    if char in _NAMED:
        return _NAMED[char]
    code = ord(char)
    return f"\\x{code:02x}" if code < 0x100 else f"\\u{code:04x}" if code < 0x10000 else f"\\U{code:08x}"


def _columns(char: str) -> int:
    if unicodedata.combining(char) or char in _JOINERS:
        return 0
    return 2 if unicodedata.east_asian_width(char) in "WF" else 1


def _split(text: str, width: int) -> tuple[str, str]:
    used = 0
    for index, char in enumerate(text):
        used += _columns(char)
        if used > width and index:
            return text[:index], text[index:]
    return text, ""
