"""What a run is about to make, noted before it is made.

The engine records a thing in its state after it was created. A run that is killed in between
leaves a thing that no state knows; the journal is how the next run still knows it as ours. It is
emptied when the engine ended in an orderly way, because then the state knows everything.
"""

from __future__ import annotations

import json
import threading
from collections.abc import Iterable
from dataclasses import asdict, dataclass
from pathlib import Path


@dataclass(frozen=True)
class Claim:
    """One thing that a run was about to make.

    Attributes:
        type: The Pulumi type of the resource that makes it.
        kind: What it is, in the provider's words, such as ``file`` or ``folder``.
        key: Which one, such as its path.
        digest: What it should contain, so that a later change by hand is noticed.
    """

    type: str
    kind: str
    key: str
    digest: str = ""


class Journal:
    """The claims of one stack, in a file of JSON lines, or in memory alone."""

    def __init__(self, path: Path | None = None) -> None:
        """Open a journal.

        Args:
            path: The file, made with the first claim; ``None`` keeps claims in memory.
        """
        self._path = path
        self._guard = threading.Lock()
        self._claims = set(_read(path)) if path is not None and path.exists() else set()
        self.recovered = frozenset(self._claims)

    def claim(self, claim: Claim) -> None:
        """Note a thing before it is made; on disk when this returns."""
        with self._guard:
            self._claims.add(claim)
            if self._path is not None:
                self._path.parent.mkdir(parents=True, exist_ok=True)
                with self._path.open("a", encoding="utf-8") as file:
                    file.write(json.dumps(asdict(claim)) + "\n")

    def holds(self, type: str, kind: str, key: str) -> Claim | None:
        """Give the claim on a thing that a killed run left, if there is one."""
        return next((c for c in self.recovered if (c.type, c.kind, c.key) == (type, kind, key)), None)

    def clear(self) -> None:
        """Forget all claims: the engine's state knows the things now."""
        with self._guard:
            self._claims.clear()
            if self._path is not None:
                self._path.unlink(missing_ok=True)


def _read(path: Path) -> Iterable[Claim]:
    for line in path.read_text(encoding="utf-8", errors="replace").splitlines():
        try:
            yield Claim(**json.loads(line))
        except (json.JSONDecodeError, TypeError):
            # A kill can cut the last line; the thing it spoke of was not made yet.
            continue
