"""Downloads one file, as often interrupted as it may be."""

from __future__ import annotations

from http import HTTPStatus
from pathlib import Path
from typing import TYPE_CHECKING

from clockwork.engine.progress import Progress

if TYPE_CHECKING:
    import httpx


def download(client: httpx.Client, url: str, part: Path, what: str, progress: Progress) -> None:
    """Download a file; what is there already is continued.

    A connection that breaks is taken up again as long as each attempt brings something.

    Args:
        client: What to ask with.
        url: The file's address.
        part: Where it goes; kept when the download breaks.
        what: What is told to be under way, such as ``downloading Pulumi``.
        progress: Told how much is there.

    Raises:
        httpx.HTTPError: The server cannot be reached, refuses, or brings no more.
    """
    from httpx import TransportError

    while True:
        before = _size(part)
        try:
            return _attempt(client, url, part, what, progress)
        except TransportError:
            if _size(part) <= before:
                raise


def _attempt(client: httpx.Client, url: str, part: Path, what: str, progress: Progress) -> None:
    have = _size(part)
    headers = {"Accept-Encoding": "identity"} | ({"Range": f"bytes={have}-"} if have else {})
    with client.stream("GET", url, headers=headers) as answer:
        if answer.status_code == HTTPStatus.REQUESTED_RANGE_NOT_SATISFIABLE:
            return  # There is nothing behind what we have: it is complete, or its checksum will tell.
        answer.raise_for_status()
        continued = answer.status_code == HTTPStatus.PARTIAL_CONTENT
        have = have if continued else 0
        total = have + int(answer.headers.get("Content-Length", 0))
        with part.open("ab" if continued else "wb") as file:
            for block in answer.iter_raw():
                file.write(block)
                have += len(block)
                progress(what, have / total if have <= total else None)


def _size(part: Path) -> int:
    return part.stat().st_size if part.exists() else 0
