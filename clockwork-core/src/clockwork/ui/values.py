"""Values as people and programs see them: never a secret, never raw."""

from __future__ import annotations

import json
import math
import re
from collections.abc import Mapping
from typing import Any

from pydantic import BaseModel, SecretBytes, SecretStr
from pydantic_core import to_jsonable_python

from clockwork.hosts.host import SSHHost
from clockwork.redaction import REDACTED
from clockwork.ui.text import clean, count

KNOWN_LATER = "(known after apply)"
LONGEST_UNFOLDED = 240
_DIGEST = re.compile(r"\b(sha256:[0-9a-f]{12})[0-9a-f]{52}\b")
_UNKNOWN = "04da6b54-80e4-46f7-96ec-b56ff0331ba9"


def without_secrets(value: Any) -> Any:
    """Turn a value into what JSON can hold, with every secret as ``[secret]``.

    Args:
        value: Any value of a resource, an output or a property.
    """
    if isinstance(value, (SecretStr, SecretBytes)):
        return REDACTED
    if isinstance(value, BaseModel):
        return {name: without_secrets(getattr(value, name)) for name in type(value).model_fields}
    if isinstance(value, Mapping):
        return {
            str(to_jsonable_python(key, fallback=str)): without_secrets(item) for key, item in value.items()
        }
    if isinstance(value, (list, tuple)):
        return [without_secrets(item) for item in value]
    if isinstance(value, (set, frozenset)):
        return sorted((without_secrets(item) for item in value), key=repr)
    if isinstance(value, bytes):
        return value.decode("utf-8", errors="backslashreplace")
    if isinstance(value, float) and not math.isfinite(value):
        return str(value)
    return to_jsonable_python(value, fallback=str)


def shown(value: Any) -> str:
    """Say a value in one clean line; a long text is folded to its first line and its size."""
    text = value.name if isinstance(value, SSHHost) else _words(without_secrets(value))
    if is_long(text):
        first = next((part.strip() for part in text.splitlines() if part.strip()), "")
        head = clean(first[:LONGEST_UNFOLDED]) + (" …" if len(first) > LONGEST_UNFOLDED else "")
        return f"{head} {sized(text)}" if head else sized(text)
    return clean(text) if text else '""'


def short(text: str) -> str:
    """Shorten the digests in a text to as much as tells them apart, such as ``sha256:1a2b3c4d5e6f``."""
    return _DIGEST.sub(r"\1", text)


def sized(text: str) -> str:
    """Say how long a text is: ``(42 lines, 1,234 characters)``."""
    return f"({count(len(text.splitlines()), 'line')}, {count(len(text), 'character')})"


def is_long(value: Any) -> bool:
    """Tell whether a value is a text that a line cannot show whole."""
    return isinstance(value, str) and ("\n" in value.rstrip("\n") or len(value) > LONGEST_UNFOLDED)


def _words(value: Any) -> str:
    if value is None:
        return "(unset)"
    if isinstance(value, str):
        return KNOWN_LATER if value == _UNKNOWN else value
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, (dict, list)):
        return json.dumps(value, ensure_ascii=False).replace(_UNKNOWN, KNOWN_LATER)
    return str(value)
