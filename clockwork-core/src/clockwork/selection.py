"""Choosing resources by their addresses."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from difflib import get_close_matches
from typing import TYPE_CHECKING

from clockwork.errors import UsageError

if TYPE_CHECKING:
    from clockwork.resources.base import Resource


def chosen(resources: Sequence[Resource], addresses: Iterable[str]) -> list[Resource]:
    """Give the resources at some addresses, in their own order.

    Args:
        resources: All resources of the project.
        addresses: Such as ``web``; also what holds resources, such as ``servers`` for ``servers[0]``
            or ``shop`` for ``shop.db``. None at all chooses everything.

    Raises:
        UsageError: There is nothing at an address; the error names those that are alike.
    """
    wanted = list(addresses)
    for address in wanted:
        if not any(_is_at(resource, address) for resource in resources):
            raise _unknown(address, [resource.address for resource in resources])
    return [one for one in resources if not wanted or any(_is_at(one, address) for address in wanted)]


def _is_at(resource: Resource, address: str) -> bool:
    return resource.address == address or resource.address.startswith((f"{address}[", f"{address}."))


def _unknown(address: str, known: Sequence[str]) -> UsageError:
    near = get_close_matches(address, known, n=3)
    hint = f"Did you mean {' or '.join(near)}?" if near else f"The resources are: {', '.join(known)}."
    return UsageError(f"there is no resource {address!r}", hint=hint)
