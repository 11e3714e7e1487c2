"""Importing what is installed under the entry-point group ``clockwork``, one plugin at a time."""

from __future__ import annotations

import os
import re
from collections.abc import Iterable
from dataclasses import dataclass
from importlib import metadata
from typing import Any

from clockwork.errors import PluginError
from clockwork.hookspecs import ENTRY_POINT_GROUP
from clockwork.plugins.info import Origin

DISABLE_VARIABLE = "CLOCKWORK_DISABLE_PLUGINS"
STRICT_VARIABLE = "CLOCKWORK_STRICT_PLUGINS"


@dataclass(frozen=True)
class Installed:
    """A plugin that an installed distribution names; not imported yet."""

    origin: Origin
    entry_point: metadata.EntryPoint

    def load(self) -> Any:
        """Import the plugin.

        Raises:
            PluginError: The import raised; the cause is kept.
        """
        try:
            return self.entry_point.load()
        except (Exception, SystemExit) as error:
            raise failed_to_load(self.origin, error) from error


def installed() -> list[Installed]:
    """List the installed plugins, sorted by name, without importing them."""
    found = [
        Installed(_origin(entry_point), entry_point)
        for entry_point in metadata.entry_points(group=ENTRY_POINT_GROUP)
    ]
    return sorted(found, key=lambda plugin: (plugin.origin.name, plugin.origin.distribution))


def core_origin() -> Origin:
    """Where core's own behaviour comes from."""
    try:
        version = metadata.version("clockwork-core")
    except metadata.PackageNotFoundError:
        version = "not installed"
    return Origin("core", "clockwork-core", version)


def disabled_names() -> list[str]:
    """The names in ``CLOCKWORK_DISABLE_PLUGINS``: entry points or distributions."""
    return [name.strip() for name in os.environ.get(DISABLE_VARIABLE, "").split(",") if name.strip()]


def is_named(origin: Origin, names: Iterable[str]) -> bool:
    """Tell whether a plugin is one of those named, by entry point or by distribution."""
    mine = {_normalized(origin.name), _normalized(origin.distribution)}
    return any(_normalized(name) in mine for name in names)


def is_strict() -> bool:
    """Tell whether ``CLOCKWORK_STRICT_PLUGINS`` makes every plugin's failure fatal."""
    return os.environ.get(STRICT_VARIABLE, "") not in ("", "0")


def failed_to_load(origin: Origin, error: BaseException) -> PluginError:
    """Make the error of a plugin that cannot be used at all."""
    return PluginError(
        f"plugin {origin} did not load: {described(error)}",
        hint=f"Upgrade or uninstall {origin.distribution}, or set {DISABLE_VARIABLE}={origin.name}.",
    )


def described(error: BaseException) -> str:
    """Tell an exception in a line, with its type."""
    if isinstance(error, PluginError):
        return error.message
    return f"{type(error).__name__}: {error}" if str(error) else type(error).__name__


def _origin(entry_point: metadata.EntryPoint) -> Origin:
    if entry_point.dist is None:
        return Origin(entry_point.name, "unknown distribution", "")
    return Origin(entry_point.name, entry_point.dist.name, entry_point.dist.version)


def _normalized(name: str) -> str:
    return re.sub(r"[-_.]+", "-", name).lower()
