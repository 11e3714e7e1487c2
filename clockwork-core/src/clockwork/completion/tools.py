"""The functions that plugins let a model call."""

from __future__ import annotations

import functools
import inspect
from collections.abc import Awaitable, Callable
from typing import TYPE_CHECKING, Any

from pydantic_ai import ModelRetry, Tool, ToolFailed

from clockwork.errors import ClockworkError, PluginError
from clockwork.hook_types import CompletionContext, CompletionTool
from clockwork.resources.base import Resource

if TYPE_CHECKING:
    from clockwork.plugins.manager import PluginManager


def tools_for(resource: Resource, context: CompletionContext, plugins: PluginManager) -> list[Tool[None]]:
    """Gather the functions a model may call while it completes a resource.

    Args:
        resource: The resource as it is known.
        context: Its missing fields and the other resources.
        plugins: The plugins that offer functions.
    """
    offered = plugins.results("clockwork_completion_tools", resource=resource, context=context)
    return [Tool(_named_when_failing(tool), name=tool.name) for tool in offered]


def _named_when_failing(tool: CompletionTool) -> Callable[..., Awaitable[Any]]:
    @functools.wraps(tool.function)
    async def call(*args: Any, **kwargs: Any) -> Any:
        try:
            result = tool.function(*args, **kwargs)
            return await result if inspect.isawaitable(result) else result
        except (ModelRetry, ToolFailed, ClockworkError):
            raise
        except Exception as error:
            raise PluginError(
                f"the completion tool {tool.name!r} failed: {type(error).__name__}: {error}",
                hint="Disable its plugin with CLOCKWORK_DISABLE_PLUGINS, or write the fields yourself.",
            ) from error

    return call
