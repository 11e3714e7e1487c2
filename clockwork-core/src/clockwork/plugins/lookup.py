"""Finding a resource type by its name, and saying well why it cannot be found."""

from __future__ import annotations

from typing import TYPE_CHECKING

from clockwork.errors import PluginError
from clockwork.plugins.entry_points import is_named
from clockwork.plugins.info import Status
from clockwork.plugins.known import KNOWN_TYPES
from clockwork.suggestions import closest

if TYPE_CHECKING:
    from clockwork.plugins.manager import PluginManager


class ResourceTypeError(PluginError, ImportError):
    """A resource type cannot be imported; also an ``ImportError``, which is what Python expects."""


def find_type(name: str, plugins: PluginManager) -> type:
    """Give a resource type by its class name.

    Args:
        name: Such as ``FileResource``.
        plugins: The plugins that may give it.

    Raises:
        ResourceTypeError: No plugin gives it, two do, or the one that should has failed.
    """
    if conflict := plugins.collected_types().conflicts().get(name):
        raise ResourceTypeError(conflict.message, hint=conflict.error.hint)
    found = plugins.resource_types().get(name)
    if found is not None:
        return found
    raise _why_missing(name, plugins)


def _why_missing(name: str, plugins: PluginManager) -> ResourceTypeError:
    distribution = KNOWN_TYPES.get(name)
    failures = [*plugins.load_failures(), *plugins.collected_types().failures]
    suspects = [one for one in failures if distribution is None or is_named(one.origin, [distribution])]
    if suspects:
        reasons = "; ".join(one.message for one in suspects)
        return ResourceTypeError(f"{name} cannot be imported: {reasons}", hint=suspects[0].error.hint)
    if distribution is None:
        return _unknown(name, plugins)
    if disabled := _disabled(distribution, plugins):
        return ResourceTypeError(f"{name} cannot be imported: {disabled}")
    return ResourceTypeError(
        f"{name} comes with {distribution}, which is not installed",
        hint=f"Install it: pip install {distribution}",
    )


def _unknown(name: str, plugins: PluginManager) -> ResourceTypeError:
    installed = sorted(plugins.resource_types())
    # Most names end alike, so only a very close one is what was meant.
    near = closest(name, {*installed, *KNOWN_TYPES}, likeness=0.8)
    known = f"Installed resource types: {', '.join(installed) or 'none'}. `clockwork plugins` tells more."
    return ResourceTypeError(
        f"no installed plugin has a resource type {name!r}",
        hint=_instead(near[0], plugins) if near else known,
    )


def _instead(name: str, plugins: PluginManager) -> str:
    """Offer a type that was probably meant, and say how it is had where it is not installed."""
    offer = f"Did you mean {name!r}?"
    if name in plugins.resource_types():
        return offer
    distribution = KNOWN_TYPES[name]
    if disabled := _disabled(distribution, plugins):
        return f"{offer} {disabled[0].upper()}{disabled[1:]}."
    return f"{offer} It comes with {distribution}, which is not installed: pip install {distribution}"


def _disabled(distribution: str, plugins: PluginManager) -> str:
    """Say that the plugin of a distribution is disabled; empty when it is not."""
    for info in plugins.infos():
        if info.distribution == distribution and info.status is Status.DISABLED:
            return f"the plugin {info.name} is disabled ({info.reason})"
    return ""
