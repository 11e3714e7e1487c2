"""Telling a person, once, what is wrong with a plugin where the run goes on all the same."""

from __future__ import annotations

import threading
from collections.abc import Iterable, Mapping, Sequence

from clockwork.errors import PluginError
from clockwork.logs import get_logger
from clockwork.plugins.entry_points import DISABLE_VARIABLE, is_named, is_strict
from clockwork.plugins.info import Failure, Origin
from clockwork.suggestions import unknown

_log = get_logger(__name__)


class Warnings:
    """Remembers who was warned of, for each hook."""

    def __init__(self) -> None:
        self._told: set[tuple[str, Origin]] = set()
        self._lock = threading.Lock()

    def spare(self, hook: str, failure: Failure) -> None:
        """Go on without what a plugin failed to give, and warn of it.

        Args:
            hook: The hook's name.
            failure: Who failed, and how.

        Raises:
            ClockworkError: ``CLOCKWORK_STRICT_PLUGINS`` is set: the failure itself.
        """
        if is_strict():
            raise failure.error
        self.tell(hook, failure)

    def tell(self, hook: str, failure: Failure) -> None:
        """Warn of a plugin, once for each hook."""
        with self._lock:
            first_time = (hook, failure.origin) not in self._told
            self._told.add((hook, failure.origin))
        if first_time:
            _log.warning(failure.message)


def report_loading(
    installed: Sequence[Origin],
    disabled: Iterable[str],
    failures: Iterable[Failure],
    warnings: Mapping[Origin, Iterable[str]],
) -> None:
    """Tell what was wrong when the installed plugins were loaded.

    Args:
        installed: All that are installed.
        disabled: The names that ``CLOCKWORK_DISABLE_PLUGINS`` lists.
        failures: The plugins that could not be used.
        warnings: What is wrong with those that could.

    Raises:
        PluginError: There is a warning, and ``CLOCKWORK_STRICT_PLUGINS`` is set.
    """
    _log.debug("plugins are loaded", names=[str(origin) for origin in installed], left_out=list(disabled))
    for failure in failures:
        _log.warning(failure.message)
    for origin in installed:
        for warning in warnings.get(origin, ()):
            if is_strict():
                raise PluginError(f"plugin {origin}: {warning}")
            _log.warning(f"plugin {origin}: {warning}")
    for name in disabled:
        if not any(is_named(origin, [name]) for origin in installed):
            names = [known for origin in installed for known in (origin.name, origin.distribution)]
            _log.warning(unknown(f"{DISABLE_VARIABLE}: no plugin is called", name, names))
