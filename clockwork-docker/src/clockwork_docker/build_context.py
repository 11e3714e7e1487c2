"""The files that a build is given: what its folder holds, but never what Clockwork keeps there."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import IO

_OURS = (".clockwork", "**/.clockwork")
"""The state and its passphrase; whoever has the image would have the stack's secrets."""


def left_out(folder: Path) -> list[str]:
    """Give the patterns of what is not sent: those of ``.dockerignore``, and Clockwork's own folder.

    Args:
        folder: The folder of the build.
    """
    file = folder / ".dockerignore"
    lines = file.read_text(encoding="utf-8").splitlines() if file.is_file() else []
    stripped = (line.strip() for line in lines)
    return [*(line for line in stripped if line and not line.startswith("#")), *_OURS]


@contextmanager
def packed(folder: Path, dockerfile: str | None) -> Iterator[tuple[IO[bytes], str | None]]:
    """Pack a folder as an engine takes it.

    Args:
        folder: The folder of the build.
        dockerfile: The Dockerfile, relative to the folder; it may stand outside.

    Yields:
        The archive, and the Dockerfile's name in it; ``None`` for the usual one.

    Raises:
        OSError: Something cannot be read.
    """
    from docker.api.build import process_dockerfile
    from docker.utils.build import tar

    named = process_dockerfile(dockerfile, str(folder))
    with tar(str(folder), exclude=left_out(folder), dockerfile=named) as archive:
        yield archive, named[0]
