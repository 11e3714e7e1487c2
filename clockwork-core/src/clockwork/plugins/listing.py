"""Describing plugins for the list that people see."""

from __future__ import annotations

from collections.abc import Iterable

from clockwork.plugins.info import Collected, Given, Origin, PluginInfo, Status


def described(
    origin: Origin, hooks: tuple[str, ...], offers: list[Collected], warnings: Iterable[str]
) -> PluginInfo:
    """Describe a plugin that takes part.

    Args:
        origin: The plugin.
        hooks: The hooks it implements.
        offers: What all plugins gave for the hooks that take no argument, resource types among them.
        warnings: What was wrong with it when it was loaded.
    """
    types = [one.name for one in _given_by(origin, offers, "clockwork_resource_types")]
    raised = [one.message for offer in offers for one in offer.failures if one.origin == origin]
    shared = [
        conflict.error.message
        for offer in offers
        for name, conflict in offer.conflicts().items()
        if name in {one.name for one in _given_by(origin, [offer], offer.hook)}
    ]
    return PluginInfo(
        name=origin.name,
        distribution=origin.distribution,
        version=origin.version,
        status=Status.ACTIVE,
        hooks=hooks,
        resource_types=tuple(sorted(types)),
        warnings=(*warnings, *raised, *shared),
    )


def _given_by(origin: Origin, offers: list[Collected], hook: str) -> list[Given]:
    return [one for offer in offers if offer.hook == hook for one in offer.given if one.origin == origin]
