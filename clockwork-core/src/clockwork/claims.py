"""The real things that resources claim, and which claims exclude each other."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import TypeVar

from clockwork.containers.host_ports import claimed_port, is_everywhere

T = TypeVar("T")


def clash(one: str, other: str) -> bool:
    """Tell whether two claims cannot both hold.

    They mean the same thing, or the same port of this machine, where one of them has it at all addresses.

    Args:
        one: What a resource claims.
        other: What another one claims.
    """
    if one == other:
        return True
    port = claimed_port(one)
    return port is not None and port == claimed_port(other) and (is_everywhere(one) or is_everywhere(other))


def holder(claim: str, claimed: Mapping[str, T]) -> T | None:
    """Give who has what a claim excludes; ``None`` when nobody has.

    Args:
        claim: What a resource claims.
        claimed: Who claims what.
    """
    if claim in claimed or claimed_port(claim) is None:
        return claimed.get(claim)
    return next((who for other, who in claimed.items() if clash(claim, other)), None)


def clashing(wanted: Iterable[str], claimed: Iterable[str]) -> list[str]:
    """Give the wanted claims that others exclude, sorted.

    Args:
        wanted: What a resource claims.
        claimed: What others claim.
    """
    held = dict.fromkeys(claimed, True)
    return sorted(claim for claim in wanted if holder(claim, held))
