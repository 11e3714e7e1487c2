"""What a completion has to do: each resource that is not complete, and what it waits for."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from typing import TYPE_CHECKING

from clockwork.completion.remembered import remembered
from clockwork.completion.work import Work
from clockwork.hook_types import CompletionContext
from clockwork.resources.order import dependencies, in_order

if TYPE_CHECKING:
    from clockwork.guard.policy import Guard
    from clockwork.lock import Lock
    from clockwork.plugins.manager import PluginManager
    from clockwork.resources.base import Resource


class Workload:
    """The resources that need values, each with a question that tells of what it depends on.

    Attributes:
        works: What has to be done for each, by address, in the order of the resources.
    """

    def __init__(
        self,
        resources: Sequence[Resource],
        lock: Lock,
        plugins: PluginManager,
        guard: Guard,
        *,
        others: Sequence[Resource] = (),
        refresh: Collection[str] | None = None,
        keep: Collection[str] | None = None,
    ) -> None:
        """Find out what the lock holds for each resource; nothing is asked.

        Args:
            resources: Resources, placed at their addresses.
            lock: The project's lock.
            plugins: The plugins that word the questions.
            guard: Who checks the values.
            others: Resources of the project that are not worked on now.
            refresh: Addresses to ask about again; empty for all, ``None`` for none.
            keep: Addresses whose values from before their question changed stay; empty for all, ``None``
                for none.

        Raises:
            LoadError: Resources wait for each other, or for one that is not among them.
        """
        self._lock, self._plugins, self._guard = lock, plugins, guard
        self._refresh, self._keep = refresh, keep
        self._declared = {one.address for one in (*resources, *others)}
        self._resources = {one.address: one for one in resources}
        self._known = dict(self._resources)
        works = {one.address: self._look_up(one) for one in in_order(resources) if _lacks(one)}
        self.works = {address: works[address] for address in self._resources if address in works}
        for address, work in works.items():
            work.waits_for = tuple(one for one in self.needed_by(address) if self._is_open(one))

    def needed_by(self, address: str) -> list[str]:
        """Give the addresses of what a resource depends on, as far as that lacks values in the file."""
        needed = dependencies(self._resources[address], self._resources)
        return [other for other in needed if other in self.works and other != address]

    def is_settled(self, address: str) -> bool:
        """Tell whether a question is what it stays: nothing has to be asked for what it tells of."""
        return not self.works[address].waits_for

    @property
    def known(self) -> Collection[Resource]:
        """The resources with the values that are known so far."""
        return self._known.values()

    def know(self, resource: Resource) -> None:
        """Take in a completed resource, so that the questions of its dependents tell of it."""
        self._known[resource.address] = resource

    def renew(self, address: str) -> Work:
        """Word a question again, with what became known, and look its answer up in the lock."""
        work = self.works[address] = self._work(self._resources[address])
        return work

    def _is_open(self, address: str) -> bool:
        work = self.works[address]
        return bool(work.asked or work.waits_for)

    def _look_up(self, resource: Resource) -> Work:
        work = self._work(resource)
        self._known[resource.address] = remembered(resource, work.entry, self._guard)
        return work

    def _work(self, resource: Resource) -> Work:
        missing = tuple(resource.missing_fields())
        return Work(
            resource,
            CompletionContext(resource.project, missing, tuple(self._known.values())),
            self._lock,
            self._plugins,
            self._guard,
            refresh=_is_meant(resource, self._refresh),
            keep=_is_meant(resource, self._keep),
            declared=self._declared,
        )


def _lacks(resource: Resource) -> bool:
    return bool(resource.needs_completion() and resource.missing_fields())


def _is_meant(resource: Resource, addresses: Collection[str] | None) -> bool:
    """Tell whether a resource is among the named ones; none named means all, ``None`` nobody."""
    return addresses is not None and (not addresses or resource.address in addresses)
