"""Names that do not exist, and those that were probably meant."""

from __future__ import annotations

from collections.abc import Iterable
from difflib import get_close_matches


def unknown(what: str, name: str, known: Iterable[str]) -> str:
    """Say that a name is none of those that exist, with the one that was probably meant.

    Args:
        what: What has no such name, as in ``there is no setting``.
        name: The name.
        known: The names that exist.
    """
    return f"{what} {name!r}" + "".join(f"; did you mean {one!r}?" for one in closest(name, known))


def did_you_mean(name: str, known: Iterable[str], *, most: int = 1) -> str:
    """Ask which name was meant, in a sentence of its own; empty when none is alike.

    Args:
        name: A name that does not exist.
        known: The names that exist.
        most: How many to offer.
    """
    near = closest(name, known, most=most)
    return f"Did you mean {' or '.join(map(repr, near))}?" if near else ""


def closest(name: str, known: Iterable[str], *, most: int = 1, likeness: float = 0.6) -> list[str]:
    """Give the names that are most alike, the best first.

    Args:
        name: A name that does not exist.
        known: The names that exist.
        most: How many to give.
        likeness: How much alike they must be, from 0 to 1.
    """
    return get_close_matches(name, sorted(known), n=most, cutoff=likeness)
