"""What can be said about a plugin's hooks by looking at them."""

from __future__ import annotations

import inspect
from functools import cache

import pluggy

from clockwork import hookspecs
from clockwork.suggestions import unknown


@cache
def hook_names() -> tuple[str, ...]:
    """The names of all hooks, sorted."""
    return tuple(sorted(name for name in vars(hookspecs) if name.startswith("clockwork_")))


@cache
def argument_free_hooks() -> tuple[str, ...]:
    """The hooks that can be called at any time, because they take no argument."""
    return tuple(name for name in hook_names() if not inspect.signature(getattr(hookspecs, name)).parameters)


def unknown_hooks(plugins: pluggy.PluginManager, plugin: object) -> list[str]:
    """The hooks a registered plugin implements although nobody calls them, as when misspelled.

    Those that the plugin marks with ``hookimpl(optionalhook=True)`` are left out.
    """
    return sorted(
        caller.name
        for caller in plugins.get_hookcallers(plugin) or ()
        if not caller.has_spec()
        and not all(one.optionalhook for one in caller.get_hookimpls() if one.plugin is plugin)
    )


def wrappers(plugins: pluggy.PluginManager, plugin: object) -> list[str]:
    """The hook implementations of a plugin that wrap those of others."""
    options = {name: plugins.parse_hookimpl_opts(plugin, name) for name in dir(plugin)}
    return [name for name, given in options.items() if given and (given["wrapper"] or given["hookwrapper"])]


def no_such_hook(name: str) -> str:
    """Say that there is no hook of a name, and which was perhaps meant."""
    told = unknown("there is no hook", name, hook_names())
    return told if told.endswith("?") else f"{told}; was it written for another version of clockwork-core?"
