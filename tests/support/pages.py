"""Pages of servers that are starting: a published port accepts before the server behind it answers."""

from __future__ import annotations

import time

import httpx

_PATIENCE = 60.0


def page(url: str) -> str:
    """Give the text of a page as soon as there is a server that answers.

    Raises:
        httpx.TransportError: There was none in a minute.
    """
    until = time.monotonic() + _PATIENCE
    while True:
        try:
            return httpx.get(url).text
        except httpx.TransportError:
            if time.monotonic() > until:
                raise
