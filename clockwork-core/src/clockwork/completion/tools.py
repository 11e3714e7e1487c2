"""The functions that plugins let a model call."""

from __future__ import annotations

import functools
import inspect
from collections.abc import Awaitable, Callable, Iterator
from typing import TYPE_CHECKING, Any

from pydantic_ai import ModelRetry, Tool, ToolFailed

from clockwork.errors import ClockworkError
from clockwork.hook_types import CompletionContext, CompletionTool
from clockwork.plugins.calls import mistake
from clockwork.plugins.entry_points import described
from clockwork.plugins.info import Failure, Given, Origin
from clockwork.resources.base import Resource

if TYPE_CHECKING:
    from clockwork.plugins.manager import PluginManager

HOOK = "clockwork_completion_tools"


def tools_for(resource: Resource, context: CompletionContext, plugins: PluginManager) -> list[Tool[None]]:
    """Gather the functions a model may call while it completes a resource.

    A function that cannot be described to a model is left out, and its plugin warned of.

    Args:
        resource: The resource as it is known.
        context: Its missing fields and the other resources.
        plugins: The plugins that offer functions.
    """
    offered = plugins.ask(HOOK, resource=resource, context=context)
    return list(_described(offered.usable(), plugins))


def _described(offered: list[Given], plugins: PluginManager) -> Iterator[Tool[None]]:
    for one in offered:
        try:
            yield Tool(_named_when_failing(one.result, one.origin), name=one.name)
        except Exception as error:  # noqa: BLE001 whatever is wrong with a signature, it is the plugin's
            what = f"the completion tool {one.name!r} cannot be described to a model: {described(error)}"
            plugins.warned.spare(HOOK, Failure(one.origin, mistake(one.origin, what)))


def _named_when_failing(tool: CompletionTool, origin: Origin) -> Callable[..., Awaitable[Any]]:
    @functools.wraps(tool.function)
    async def call(*args: Any, **kwargs: Any) -> Any:
        try:
            result = tool.function(*args, **kwargs)
            return await result if inspect.isawaitable(result) else result
        except (ModelRetry, ToolFailed, ClockworkError):
            raise
        except (Exception, SystemExit) as error:
            raise mistake(origin, f"the completion tool {tool.name!r} raised {described(error)}") from error

    return call
