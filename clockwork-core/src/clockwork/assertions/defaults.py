"""The assertion that core gives for every resource."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from clockwork.assertions.base import Assertion
from clockwork.assertions.predicate import PredicateAssert
from clockwork.resources.fields import Completion, completion_of

if TYPE_CHECKING:
    from clockwork.resources.base import Resource


def default_assertions(resource: Resource) -> Iterator[Assertion]:
    """Check that a resource is ``complete``: no field that it needs is missing.

    Args:
        resource: A completed resource.
    """
    yield PredicateAssert(name="complete", function=_what_is_missing, timeout_seconds=0)


def _what_is_missing(resource: Resource) -> str | None:
    if not resource.needs_completion():
        return None
    needed = [
        name
        for name in resource.missing_fields()
        if completion_of(type(resource), name) is not Completion.OPTIONAL
    ]
    return f"no value for {', '.join(needed)}" if needed else None
