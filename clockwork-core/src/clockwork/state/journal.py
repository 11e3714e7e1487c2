"""What a run is about to make, noted before it is made.

The engine records a thing in its state after it was created. A run that is killed in between
leaves a thing that no state knows; the journal is how the next run still knows it as ours. It is
emptied when the engine ended in an orderly way, because then the state knows everything; only
lasting claims, such as those on shared folders, stay.
"""

from __future__ import annotations

import json
import threading
from collections.abc import Container, Iterable
from dataclasses import asdict, dataclass
from pathlib import Path

from clockwork.atomic import replace_file


@dataclass(frozen=True)
class Claim:
    """One thing that a run was about to make.

    Attributes:
        urn: The engine's name of the resource that makes it.
        kind: What it is, in the provider's words, such as ``file`` or ``folder``.
        key: Which one, such as its path.
        digest: What it should contain, so that a later change by hand is noticed.
        lasting: Whether it is shared by resources and outlives the run that made it.
        on: How the machine it is on is reached, in the provider's words; empty for this one.
        id: The provider's id of it, where it may be a thing that another resource of the stack has; it is
            then never removed for the claim's sake.
    """

    urn: str
    kind: str
    key: str
    digest: str = ""
    lasting: bool = False
    on: str = ""
    id: str = ""


class Journal:
    """The claims of one stack, in a file of JSON lines, or in memory alone.

    Attributes:
        recovered: The claims of earlier runs.
    """

    def __init__(self, path: Path | None = None) -> None:
        """Open a journal.

        Args:
            path: The file, made with the first claim; ``None`` keeps claims in memory.
        """
        self._path = path
        self._guard = threading.Lock()
        earlier = _read(path) if path is not None and path.exists() else ()
        self._claims = {(claim.kind, claim.key): claim for claim in earlier}
        self.recovered = tuple(self._claims.values())

    def claim(self, claim: Claim) -> None:
        """Note a thing before it is made; on disk when this returns."""
        with self._guard:
            if self._claims.get((claim.kind, claim.key)) != claim:
                self._claims[claim.kind, claim.key] = claim
                self._append([claim])

    def holds(self, kind: str, key: str) -> Claim | None:
        """Give the latest claim on a thing, of this run or an earlier one."""
        return self._claims.get((kind, key))

    def of(self, urn: str) -> list[Claim]:
        """Give the claims of one resource, of this run and of earlier ones."""
        with self._guard:
            return [claim for claim in self._claims.values() if claim.urn == urn]

    def withdraw(self, claim: Claim) -> None:
        """Forget a claim of this run: nothing was made, and nothing is under way any more."""
        with self._guard:
            if self._claims.get((claim.kind, claim.key)) == claim:
                del self._claims[claim.kind, claim.key]
                if self._path is not None:
                    replace_file(self._path, _lines(self._claims.values()))

    def clear(self, urns: Container[str] | None = None) -> None:
        """Forget claims, but never the lasting ones: the engine's state knows the things now.

        Args:
            urns: The resources whose claims are forgotten; all when ``None``.
        """
        with self._guard:
            self._claims = {
                place: claim
                for place, claim in self._claims.items()
                if claim.lasting or (urns is not None and claim.urn not in urns)
            }
            if self._path is not None:
                self._path.unlink(missing_ok=True)
                self._append(self._claims.values())

    def _append(self, claims: Iterable[Claim]) -> None:
        lines = _lines(claims)
        if self._path is not None and lines:
            self._path.parent.mkdir(parents=True, exist_ok=True)
            with self._path.open("a", encoding="utf-8") as file:
                file.write(lines)


def _lines(claims: Iterable[Claim]) -> str:
    return "".join(json.dumps(asdict(claim)) + "\n" for claim in claims)


def _read(path: Path) -> Iterable[Claim]:
    for line in path.read_text(encoding="utf-8", errors="replace").splitlines():
        try:
            yield Claim(**json.loads(line))
        except (json.JSONDecodeError, TypeError):
            # A kill can cut the last line; the thing it spoke of was not made yet.
            continue
