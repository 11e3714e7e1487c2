"""What stands around a resource that is completed, and what its values may name of it."""

from __future__ import annotations

from collections.abc import Iterator

from clockwork.hook_types import CompletionContext
from clockwork.placeholders import Placeholder, placeholders_in
from clockwork.resources.base import Resource
from clockwork.resources.order import dependencies


def connected(resource: Resource, context: CompletionContext) -> list[Resource]:
    """Give the resources that a resource waits for, in order.

    Args:
        resource: The resource that is completed.
        context: All resources of the project.
    """
    known = {other.address: other for other in context.resources}
    return [known[address] for address in dependencies(resource, known) if address != resource.address]


def secrets_in(resource: Resource) -> Iterator[Placeholder]:
    """Give the secrets that stand in a resource's fields."""
    return (one for one in placeholders_in(resource) if one.kind == "secret")
