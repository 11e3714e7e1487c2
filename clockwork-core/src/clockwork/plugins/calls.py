"""Calling one plugin's implementation of a hook, so that a mistake and a trace name the plugin."""

from __future__ import annotations

import os
import sys
import time
from collections.abc import Mapping
from typing import Any

import pluggy

from clockwork.errors import ClockworkError, PluginError
from clockwork.plugins.contracts import CONTRACTS, BrokenContractError
from clockwork.plugins.entry_points import DISABLE_VARIABLE, described
from clockwork.plugins.info import Origin

TRACE_VARIABLE = "CLOCKWORK_TRACE_PLUGINS"


def call(hook: str, origin: Origin, implementation: pluggy.HookImpl, arguments: Mapping[str, Any]) -> Any:
    """Call one implementation of a hook and hold its answer against the hook's contract.

    Args:
        hook: The hook's name.
        origin: Whose it is.
        implementation: The function and what it takes.
        arguments: The hook's arguments; the implementation gets those it names.

    Returns:
        The answer of a hook that gives one result; of any other, the list of its results.

    Raises:
        PluginError: It raised what it did not mean to, or gave what it must not; the message names
            the plugin.
        ClockworkError: It raised this on purpose; it is passed on as it is.
    """
    started = time.perf_counter()
    outcome = "raised"
    try:
        answer: Any = implementation.function(*(arguments[name] for name in implementation.argnames))
        result = CONTRACTS[hook].keep(hook, answer)
        outcome = "done"
    except ClockworkError:
        raise
    except BrokenContractError as broken:
        raise mistake(origin, str(broken), arguments.get("resource")) from None
    except (Exception, SystemExit) as error:
        raise mistake(origin, f"{hook} raised {described(error)}", arguments.get("resource")) from error
    finally:
        if os.environ.get(TRACE_VARIABLE, "") not in ("", "0"):
            seconds = time.perf_counter() - started
            print(f"clockwork: {hook} {origin} {outcome} {seconds:.4f} s", file=sys.stderr)  # noqa: T201
    return result


def mistake(origin: Origin, what: str, resource: Any = None) -> PluginError:
    """Make the error of a plugin that did what it must not.

    Args:
        origin: The plugin.
        what: What it did.
        resource: The resource that it was asked about, if there is one.
    """
    return PluginError(
        f"plugin {origin}: {what}",
        address=getattr(resource, "address", None),
        hint=f"Report it to the authors of {origin.distribution}, or leave the plugin out with "
        f"{DISABLE_VARIABLE}={origin.name}.",
    )
