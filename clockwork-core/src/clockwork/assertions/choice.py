"""Which assertions a resource has: the user's own, and those of the plugins."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from clockwork.assertions.base import Assertion, repeated_name
from clockwork.errors import LoadError

if TYPE_CHECKING:
    from clockwork.plugins.info import Failure, Origin
    from clockwork.plugins.manager import PluginManager
    from clockwork.resources.base import Resource


@dataclass(frozen=True)
class Check:
    """An assertion, and the plugin that gave it; ``None`` when it is the user's own."""

    assertion: Assertion
    origin: Origin | None


@dataclass(frozen=True)
class Checks:
    """The assertions of one resource.

    Attributes:
        resource: The completed resource.
        checks: Its assertions, by name.
        problems: The plugins that failed to give theirs.
    """

    resource: Resource
    checks: tuple[Check, ...]
    problems: tuple[Failure, ...] = ()

    def only(self, wanted: Callable[[Assertion], bool]) -> Checks:
        """Give some of the assertions; what failed to be given might be among them, and stays."""
        return replace(self, checks=tuple(one for one in self.checks if wanted(one.assertion)))


def checks_of(resource: Resource, plugins: PluginManager) -> Checks:
    """Find out which assertions a resource has.

    Args:
        resource: A completed resource.
        plugins: Asked for theirs; the resource's own replace those of the same name.

    Raises:
        LoadError: Two of the resource's own have one name.
    """
    if twice := repeated_name(resource.assertions):
        raise LoadError(
            f"two of its assertions are named {twice!r}",
            address=resource.address,
            field="assertions",
            hint="Give one of them another name=.",
        )
    collected = plugins.collect("clockwork_assertions", resource=resource)
    given = {one.name: Check(one.result, one.origin) for one in collected.usable()}
    own = {one.name: Check(one, None) for one in resource.assertions}
    together = given | own
    return Checks(resource, tuple(together[name] for name in sorted(together)), tuple(collected.problems()))
