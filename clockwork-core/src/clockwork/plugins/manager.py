"""The one place through which Clockwork talks to plugins."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from typing import TYPE_CHECKING, Any

import pluggy

from clockwork import hookspecs
from clockwork.errors import ClockworkError, PluginError, UsageError
from clockwork.plugins import builtin, entry_points
from clockwork.plugins.calls import call
from clockwork.plugins.checks import argument_free_hooks, hook_names, no_such_hook, unknown_hooks, wrappers
from clockwork.plugins.contracts import CONTRACTS
from clockwork.plugins.info import Collected, Failure, Given, Origin, PluginInfo, Status
from clockwork.plugins.listing import described
from clockwork.plugins.warnings import Warnings, report_loading

if TYPE_CHECKING:
    from clockwork.hook_types import Event


class PluginManager:
    """The plugins of one process, or of one test.

    A new manager has core's own behaviour alone; :meth:`load` makes one with all that is installed.

    Attributes:
        warned: Who was warned of, because the run went on without him.
    """

    def __init__(self) -> None:
        """Make a manager with core's own behaviour and nothing else."""
        self._pluggy = pluggy.PluginManager(hookspecs.ENTRY_POINT_GROUP)
        self._pluggy.add_hookspecs(hookspecs)
        self._origins: dict[int, Origin] = {}
        self._absent: dict[Origin, PluginInfo] = {}
        self._failures: list[Failure] = []
        self._warnings: dict[Origin, list[str]] = {}
        self._types: Collected | None = None
        self.warned = Warnings()
        self._lock = threading.RLock()
        self._listing_types = False
        self._core = entry_points.core_origin()
        self._add(builtin, self._core)

    @classmethod
    def load(cls) -> PluginManager:
        """Load every installed plugin, each on its own.

        A plugin that cannot be used is kept as a failure and warned of; the others work.

        Raises:
            PluginError: A plugin cannot be used, and ``CLOCKWORK_STRICT_PLUGINS`` is set.
        """
        manager = cls()
        token = _loading.set(True)
        try:
            manager._load_installed()
        finally:
            _loading.reset(token)
        return manager

    def register(
        self, plugin: object, *, name: str, distribution: str = "this process", version: str = ""
    ) -> None:
        """Add a plugin that is not installed, such as a module or object of a test.

        Args:
            plugin: The module or object that has the hook implementations.
            name: What it is called in messages and lists.
            distribution: What it is said to belong to.
            version: The version of that.

        Raises:
            PluginError: One of its hooks does not fit the hook's specification.
        """
        self._add(plugin, Origin(name, distribution, version))

    def collect(self, hook: str, **arguments: Any) -> Collected:
        """Ask all plugins and keep apart what they gave and who failed.

        Args:
            hook: The hook's name.
            **arguments: The hook's arguments.
        """
        given: list[Given] = []
        failures: list[Failure] = []
        for origin, implementation in self._implementations(hook):
            try:
                results = call(hook, origin, implementation, arguments)
            except ClockworkError as error:
                failures.append(Failure(origin, error))
            else:
                given += [Given(CONTRACTS[hook].name(result), result, origin) for result in results]
        return Collected(hook, tuple(given), tuple(failures))

    def ask(self, hook: str, **arguments: Any) -> Collected:
        """Ask all plugins and deal with those that failed, as the hook's contract says.

        Where a run goes on without them, each is warned of once; core's own part is never spared.

        Args:
            hook: The hook's name.
            **arguments: The hook's arguments.

        Raises:
            PluginError: A plugin failed, or two gave the same name, and the run cannot go on without
                them, or ``CLOCKWORK_STRICT_PLUGINS`` is set; the message names them.
        """
        collected = self.collect(hook, **arguments)
        for problem in collected.problems():
            if not CONTRACTS[hook].spares or problem.origin == self._core:
                raise problem.error
            self.warned.spare(hook, problem)
        return collected

    def results(self, hook: str, **arguments: Any) -> list[Any]:
        """Ask all plugins and give their results in one list, sorted by name.

        Args:
            hook: The hook's name.
            **arguments: The hook's arguments.

        Raises:
            PluginError: As for :meth:`ask`.
        """
        return [one.result for one in self.ask(hook, **arguments).usable()]

    def first(self, hook: str, **arguments: Any) -> Any | None:
        """Ask the plugins one after the other until one answers; core is asked last.

        Args:
            hook: The hook's name.
            **arguments: The hook's arguments.

        Returns:
            The answer; ``None`` when nobody had one.

        Raises:
            PluginError: A plugin raised, or gave what it must not; the message names it.
        """
        for origin, implementation in self._implementations(hook):
            answer = call(hook, origin, implementation, arguments)
            if answer is not None:
                return answer
        return None

    def notify(self, event: Event) -> None:
        """Tell the observers what happened; one that raises is reported once and breaks nothing.

        Args:
            event: What happened.
        """
        for origin, implementation in self._implementations("clockwork_observe"):
            try:
                call("clockwork_observe", origin, implementation, {"event": event})
            except ClockworkError as error:
                self.warned.tell("clockwork_observe", Failure(origin, error))

    def resource_types(self) -> dict[str, type]:
        """The resource types that can be used, by name: those that exactly one plugin gives."""
        return {one.name: one.result for one in self.collected_types().usable()}

    def collected_types(self) -> Collected:
        """What the plugins gave as resource types, with conflicts and failures; asked for once.

        Raises:
            PluginError: A plugin looks up a type while it is asked for its own.
        """
        with self._lock:
            if self._types is None:
                if self._listing_types:
                    raise PluginError(
                        "a plugin imported from clockwork.resources while it was asked for its own types",
                        hint="In a plugin, import a type from the package that defines it.",
                    )
                self._listing_types = True
                try:
                    self._types = self.collect("clockwork_resource_types")
                finally:
                    self._listing_types = False
                for failure in self._types.failures:
                    self.warned.spare("clockwork_resource_types", failure)
            return self._types

    def load_failures(self) -> list[Failure]:
        """The plugins that could not be used at all, with the reason."""
        return list(self._failures)

    def infos(self) -> list[PluginInfo]:
        """Describe every plugin, sorted by name: core's own, the active, the disabled, the failed.

        Asks each plugin for what it offers, so that conflicts and failures are seen.
        """
        others = [hook for hook in argument_free_hooks() if hook != "clockwork_resource_types"]
        offers = [self.collected_types(), *(self.collect(hook) for hook in others)]
        active = [
            described(origin, self._hooks_of(plugin), offers, self._warnings.get(origin, ()))
            for plugin, origin in self._active()
        ]
        return sorted([*active, *self._absent.values()], key=lambda info: (info.name, info.distribution))

    @contextmanager
    def in_use(self) -> Iterator[None]:
        """Make this the manager that :func:`get` gives, as long as the context lasts."""
        token = _in_use.set(self)
        try:
            yield
        finally:
            _in_use.reset(token)

    def _load_installed(self) -> None:
        disabled = entry_points.disabled_names()
        found = entry_points.installed()
        loaded: list[tuple[Origin, Any]] = []
        for plugin in found:
            if entry_points.is_named(plugin.origin, disabled):
                self._set_absent(plugin.origin, Status.DISABLED, f"named in {entry_points.DISABLE_VARIABLE}")
                continue
            try:
                loaded.append((plugin.origin, plugin.load()))
            except PluginError as error:
                self._refuse(plugin.origin, error)
        # pluggy asks the last registered first; in this order the plugins are asked by name.
        for origin, module in reversed(loaded):
            try:
                self._add(module, origin)
            except PluginError as error:
                self._refuse(origin, error)
        report_loading([plugin.origin for plugin in found], disabled, self._failures, self._warnings)

    def _add(self, plugin: object, origin: Origin) -> None:
        try:
            if refused := wrappers(self._pluggy, plugin):
                raise PluginError(
                    f"{refused[0]} is a wrapper; a hook adds to the others, it does not wrap them"
                )
            self._pluggy.register(plugin, name=str(origin))
        except (ValueError, PluginError, pluggy.PluginValidationError) as error:
            raise entry_points.failed_to_load(origin, error) from error
        self._types = None
        self._origins[id(plugin)] = origin
        for hook in unknown_hooks(self._pluggy, plugin):
            self._warnings.setdefault(origin, []).append(no_such_hook(hook))

    def _refuse(self, origin: Origin, error: PluginError) -> None:
        if entry_points.is_strict():
            raise error
        self._failures.append(Failure(origin, error))
        self._set_absent(origin, Status.FAILED, error.message)

    def _set_absent(self, origin: Origin, status: Status, reason: str) -> None:
        self._absent[origin] = PluginInfo(origin.name, origin.distribution, origin.version, status, reason)

    def _active(self) -> list[tuple[object, Origin]]:
        return [(plugin, self._origins[id(plugin)]) for plugin in self._pluggy.get_plugins()]

    def _hooks_of(self, plugin: object) -> tuple[str, ...]:
        callers = self._pluggy.get_hookcallers(plugin) or ()
        return tuple(sorted(caller.name for caller in callers if caller.has_spec()))

    def _implementations(self, hook: str) -> list[tuple[Origin, pluggy.HookImpl]]:
        if hook not in hook_names():
            raise UsageError(no_such_hook(hook))
        caller: pluggy.HookCaller = getattr(self._pluggy.hook, hook)
        return [(self._origins[id(one.plugin)], one) for one in reversed(caller.get_hookimpls())]


_loading: ContextVar[bool] = ContextVar("clockwork_loading_plugins", default=False)
_in_use: ContextVar[PluginManager | None] = ContextVar("clockwork_plugins_in_use", default=None)
_process_lock = threading.Lock()
_process: PluginManager | None = None


def get() -> PluginManager:
    """Give the manager in use: that of :meth:`PluginManager.in_use`, else the process's own.

    The process's own is loaded on first use.

    Raises:
        PluginError: A plugin imports a resource type by way of ``clockwork.resources`` while the
            plugins are being loaded.
    """
    global _process
    if current := _in_use.get():
        return current
    if _loading.get():
        raise PluginError(
            "a plugin needs the loaded plugins while it is being loaded itself",
            hint="Import resource types inside the hook, from the package that defines them.",
        )
    with _process_lock:
        if _process is None:
            _process = PluginManager.load()
        return _process
