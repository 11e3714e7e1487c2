"""Text that a resource takes: neither bytes nor half characters, which Pydantic alone lets pass."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any, get_args, get_origin

from pydantic import SecretBytes, SecretStr

from clockwork.validation import strange_character

_TEXT = frozenset({str, SecretStr})
_BYTES = frozenset({bytes, bytearray, SecretBytes, Any})


def wrong_text(value: Any, annotation: Any) -> str | None:
    """Tell why a value, or a part of it, is not the text that its field is for.

    Args:
        value: What a person or a model wrote.
        annotation: The field's type.

    Returns:
        The reason, or ``None`` when nothing is wrong.
    """
    wants_text = _kinds(annotation) & _TEXT and not _kinds(annotation) & _BYTES
    for part in _parts(value):
        if isinstance(part, (bytes, bytearray)) and wants_text:
            return "expected text, got bytes"
        if reason := strange_character(part):
            return reason
    return None


def _kinds(annotation: Any) -> frozenset[Any]:
    parts = frozenset[Any]().union(*(_kinds(part) for part in get_args(annotation)))
    return parts if get_origin(annotation) else frozenset({annotation})


def _parts(value: Any) -> Iterator[Any]:
    if isinstance(value, Mapping):
        for key, item in value.items():
            yield key
            yield from _parts(item)
    elif isinstance(value, (list, tuple, set, frozenset)):
        for item in value:
            yield from _parts(item)
    else:
        yield value
