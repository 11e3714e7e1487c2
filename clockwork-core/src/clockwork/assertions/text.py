"""Text that is looked for, and text that was seen, in words."""

from __future__ import annotations

import os
import re
import socket
from typing import Annotated

from pydantic import AfterValidator

LONGEST_EXCERPT = 120


def _not_empty(wanted: str | re.Pattern[str]) -> str | re.Pattern[str]:
    if not (wanted if isinstance(wanted, str) else wanted.pattern):
        raise ValueError("an empty text is found in everything")
    return wanted


Wanted = Annotated[str | re.Pattern[str], AfterValidator(_not_empty)]
"""A text that must be contained, or a compiled pattern that must be found."""


def is_in(wanted: str | re.Pattern[str], text: str) -> bool:
    """Tell whether a wanted text, or a pattern, is found."""
    return wanted in text if isinstance(wanted, str) else wanted.search(text) is not None


def said(wanted: str | re.Pattern[str]) -> str:
    """Write what is wanted: ``'text'`` or ``/pattern/``."""
    return repr(wanted) if isinstance(wanted, str) else f"/{wanted.pattern}/"


def excerpt(text: str) -> str:
    """Write what was seen in one short line; the end of it, where errors stand, when it is long."""
    words = " ".join(text.split())
    if not words:
        return "nothing"
    return repr(words if len(words) <= LONGEST_EXCERPT else "…" + words[-LONGEST_EXCERPT:])


def reason(error: OSError) -> str:
    """Say why the operating system refused, in its own words where it has some."""
    if isinstance(error, socket.gaierror) or not error.errno:
        return error.strerror or str(error)
    return os.strerror(error.errno)
