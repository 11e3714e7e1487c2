"""What is known about a plugin, and what a hook call gave."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from clockwork.errors import ClockworkError, PluginError


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
        return f"{self.distribution} {self.version}"

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

    @classmethod
    def of(cls, hook: str, result: Any, origin: Origin) -> Given:
        """Note a result under the name it has.

        Raises:
            PluginError: It has none, so it cannot be what the hook asks for.
        """
        name = name_of(result)
        if name is None:
            raise PluginError(f"plugin {origin}: {hook} gave {result!r}, which has no name")
        return cls(name, result, origin)


@dataclass(frozen=True)
class Failure:
    """A plugin that raised, and the error that says so."""

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
        failures: The plugins that raised.
    """

    hook: str
    given: tuple[Given, ...] = ()
    failures: tuple[Failure, ...] = ()

    def conflicts(self) -> dict[str, PluginError]:
        """The names that were given more than once, each with the error that names the givers."""
        return {
            name: PluginError(
                f"{name} is given more than once for {self.hook}: by "
                + " and by ".join(str(one.origin) for one in of_name),
                hint="Uninstall one of them, or name it in CLOCKWORK_DISABLE_PLUGINS.",
            )
            for name, of_name in self._by_name().items()
            if len(of_name) > 1
        }

    def get(self, name: str) -> Any | None:
        """Give the one result of a name; ``None`` when there is none.

        Raises:
            PluginError: Two plugins, or one plugin twice, gave the name.
        """
        if error := self.conflicts().get(name):
            raise error
        found = self._by_name().get(name)
        return found[0].result if found else None

    def usable(self) -> dict[str, Any]:
        """The results by name, sorted, without the names in conflict."""
        return {name: given[0].result for name, given in self._by_name().items() if len(given) == 1}

    def results(self, *, unique: bool) -> list[Any]:
        """The results sorted by name.

        Args:
            unique: Whether the same name twice is an error.

        Raises:
            PluginError: A plugin raised, or a name that must be unique was given twice.
        """
        for failure in self.failures:
            raise failure.error
        if unique:
            for error in self.conflicts().values():
                raise error
        return [one.result for one in sorted(self.given, key=_name)]

    def _by_name(self) -> dict[str, list[Given]]:
        grouped: dict[str, list[Given]] = {}
        for one in sorted(self.given, key=_name):
            grouped.setdefault(one.name, []).append(one)
        return grouped


def _name(given: Given) -> str:
    return given.name


def name_of(result: Any) -> str | None:
    """Give the name by which a hook's result is sorted and told apart from others."""
    attributes = ("type_token", "__name__") if isinstance(result, type) else ("name", "address")
    for attribute in attributes:
        name = getattr(result, attribute, None)
        if isinstance(name, str) and name:
            return name
    return None
