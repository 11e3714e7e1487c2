"""Calling one plugin's implementation of a hook, so that a failure and a trace name the plugin."""

from __future__ import annotations

import os
import sys
import time
from collections.abc import Iterable, Mapping
from typing import Any

import pluggy

from clockwork.errors import ClockworkError, PluginError
from clockwork.plugins.entry_points import described
from clockwork.plugins.info import Origin

TRACE_VARIABLE = "CLOCKWORK_TRACE_PLUGINS"


def call(
    hook: str,
    origin: Origin,
    implementation: pluggy.HookImpl,
    arguments: Mapping[str, Any],
    *,
    single: bool = False,
) -> Any:
    """Call one implementation of a hook.

    Args:
        hook: The hook's name.
        origin: Whose it is.
        implementation: The function and what it takes.
        arguments: The hook's arguments; the implementation gets those it names.
        single: Give what the function returns; otherwise a list of what it yields or returns.

    Raises:
        PluginError: It raised what it did not mean to; the message names the plugin.
        ClockworkError: It raised this on purpose; it is passed on as it is.
    """
    started = time.perf_counter()
    outcome = "raised"
    try:
        answer: Any = implementation.function(*(arguments[name] for name in implementation.argnames))
        result = answer if single else _listed(answer)
        outcome = "done"
    except ClockworkError:
        raise
    except Exception as error:
        raise PluginError(
            f"plugin {origin}: {hook} raised {described(error)}",
            address=getattr(arguments.get("resource"), "address", None),
            hint=f"Report it to the authors of {origin.distribution}.",
        ) from error
    finally:
        if os.environ.get(TRACE_VARIABLE, "") not in ("", "0"):
            seconds = time.perf_counter() - started
            print(f"clockwork: {hook} {origin} {outcome} {seconds:.4f} s", file=sys.stderr)  # noqa: T201
    return result


def _listed(answer: Iterable[Any] | None) -> list[Any]:
    return [] if answer is None else list(answer)
