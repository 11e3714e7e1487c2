"""What is known about a plugin, and what a hook call gave."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from clockwork.errors import ClockworkError, PluginError
from clockwork.plugins.contracts import CONTRACTS


class Status(StrEnum):
    """Whether a plugin takes part."""

    ACTIVE = "active"
    DISABLED = "disabled"
    FAILED = "failed"


@dataclass(frozen=True)
class Origin:
    """Where a plugin comes from.

    Attributes:
        name: The name of its entry point.
        distribution: The installed distribution that names the entry point.
        version: The distribution's version.
    """

    name: str
    distribution: str
    version: str

    @property
    def release(self) -> str:
        """The distribution with its version, such as ``clockwork-file 0.1.0``."""
        return f"{self.distribution} {self.version}".strip()

    def __str__(self) -> str:
        """The plugin with its release, such as ``file (clockwork-file 0.1.0)``."""
        return f"{self.name} ({self.release})"


@dataclass(frozen=True)
class PluginInfo:
    """A line of ``clockwork plugins``.

    Attributes:
        name: The name of its entry point.
        distribution: The installed distribution.
        version: The distribution's version.
        status: Whether it takes part.
        reason: Why it does not, when it does not.
        hooks: The hooks it implements, sorted.
        resource_types: The resource types it gives, sorted.
        warnings: What is wrong with it although it takes part.
    """

    name: str
    distribution: str
    version: str
    status: Status
    reason: str | None = None
    hooks: tuple[str, ...] = ()
    resource_types: tuple[str, ...] = ()
    warnings: tuple[str, ...] = ()


@dataclass(frozen=True)
class Given:
    """One result of a hook, and whose it is."""

    name: str
    result: Any
    origin: Origin


@dataclass(frozen=True)
class Failure:
    """A plugin that raised or gave what it must not, and the error that says so."""

    origin: Origin
    error: ClockworkError

    @property
    def message(self) -> str:
        """What happened, with the plugin's name."""
        named = str(self.origin) in self.error.message
        return self.error.message if named else f"plugin {self.origin}: {self.error.message}"


@dataclass(frozen=True)
class Collected:
    """What all plugins together gave for one hook.

    Attributes:
        hook: The hook's name.
        given: The results in the order of the plugins; core's come last.
        failures: The plugins that failed.
    """

    hook: str
    given: tuple[Given, ...] = ()
    failures: tuple[Failure, ...] = ()

    def conflicts(self) -> dict[str, Failure]:
        """The names that were given more than once, each with the error that names the givers.

        The failure counts as that of the giver who was asked last, which is core where core gave it too.
        """
        if not CONTRACTS[self.hook].unique:
            return {}
        return {
            name: Failure(
                of_name[-1].origin,
                PluginError(
                    f"{name} is given more than once for {self.hook}: by "
                    + " and by ".join(str(one.origin) for one in of_name),
                    hint="Uninstall one of them, or name it in CLOCKWORK_DISABLE_PLUGINS.",
                ),
            )
            for name, of_name in self._by_name().items()
            if len(of_name) > 1
        }

    def problems(self) -> list[Failure]:
        """Everything that is wrong: the plugins that failed, and the names in conflict."""
        return [*self.failures, *self.conflicts().values()]

    def usable(self) -> list[Given]:
        """The results sorted by name, without those whose name is in conflict."""
        conflicts = self.conflicts()
        return [one for one in sorted(self.given, key=_name) if one.name not in conflicts]

    def _by_name(self) -> dict[str, list[Given]]:
        grouped: dict[str, list[Given]] = {}
        for one in sorted(self.given, key=_name):
            grouped.setdefault(one.name, []).append(one)
        return grouped


def _name(given: Given) -> str:
    return given.name
