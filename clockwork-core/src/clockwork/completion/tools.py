"""What a model may call: the tools of plugins, of a resource, and of the whole project."""

from __future__ import annotations

import asyncio
import inspect
from collections.abc import AsyncIterator, Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import AsyncExitStack
from dataclasses import dataclass, replace
from functools import wraps
from pathlib import Path
from typing import TYPE_CHECKING, Any, Self

from pydantic_ai import ModelRetry, RunContext, Tool, ToolFailed, ToolReturn
from pydantic_ai.toolsets import AbstractToolset, FunctionToolset, ToolsetTool, WrapperToolset

from clockwork.assertions.threads import in_thread
from clockwork.completion.made_tools import made
from clockwork.errors import ClockworkError
from clockwork.hook_types import CompletionContext
from clockwork.logs import get_logger
from clockwork.placeholders import mapped
from clockwork.plugins.calls import mistake
from clockwork.plugins.entry_points import described
from clockwork.plugins.info import Failure, Given
from clockwork.redaction import redacted
from clockwork.resources.base import Resource
from clockwork.resources.secret import Secret
from clockwork.tools.declared import McpServer, tool_names
from clockwork.tools.files import with_later_values
from clockwork.tools.servers import project_servers

if TYPE_CHECKING:
    from clockwork.plugins.manager import PluginManager

HOOK = "clockwork_completion_tools"
CALL_SECONDS = 60.0
"""How long a model waits for a tool."""
_START_SECONDS = 30.0
_TRIES = 5
_LONGEST = 50_000
_LONGEST_FACT = 4_000
_log = get_logger(__name__)

Toolset = AbstractToolset[None]


class Toolbox:
    """The tools of one run; use it as an async context manager, and open it before a model is asked."""

    def __init__(self, plugins: PluginManager, servers: Mapping[str, McpServer], project: Path) -> None:
        """Prepare; nothing is started yet.

        Args:
            plugins: The plugins that offer functions.
            servers: The MCP servers of the settings, by name.
            project: The project folder.
        """
        self._plugins = plugins
        self._servers = servers
        self._project = project
        self._stack = AsyncExitStack()
        self._opened: dict[int, Toolset | None] = {}
        self._shared: list[Toolset] = []
        self._unread: set[Path] = set()

    async def __aenter__(self) -> Self:
        """Get ready to start servers."""
        return self

    async def __aexit__(self, *error: Any) -> None:
        """Stop the servers."""
        await self._stack.aclose()

    async def open(self, resources: Sequence[Resource], known: Iterable[Resource] = ()) -> None:
        """Start what resources may use; what cannot be started is told and left out.

        Args:
            resources: The resources that a model is asked about.
            known: All resources of the project, with the values that are known.

        Raises:
            UsageError: A tool needs what is not installed, or a server is declared wrongly.
        """
        Secret.hide(self._project)
        self._unread = with_later_values(known)
        shared = project_servers(self._servers, self._project)
        self._shared = [found for server in shared if (found := await self._open(server))]
        for resource in resources:
            for tool in resource.tools:
                if id(tool) not in self._opened:
                    self._opened[id(tool)] = await self._open(tool)

    def toolsets(self, resource: Resource, context: CompletionContext) -> list[Toolset]:
        """Give everything that a model may call while it completes a resource.

        A function that cannot be described to a model is left out, and its plugin warned of.

        Args:
            resource: The resource as it is known.
            context: Its missing fields and the other resources.
        """
        offered = self._plugins.ask(HOOK, resource=resource, context=context)
        functions = list(_described(offered.usable(), self._plugins))
        own = [found for tool in resource.tools if (found := self._opened.get(id(tool)))]
        return [*([_Forgiving(_together(functions))] if functions else []), *own, *self._shared]

    async def _open(self, tool: Any) -> Toolset | None:
        toolset = _Forgiving(made(tool, self._project, self._unread) or _together([_beside(tool)]))
        try:
            async with asyncio.timeout(_START_SECONDS):
                await self._stack.enter_async_context(toolset)
        except ClockworkError:
            raise
        except Exception as error:  # noqa: BLE001 whatever a server does, completion goes on without it
            name, reason = tool_names([tool])[0], str(error) or type(error).__name__
            _log.warning(f"the tool {name} cannot be used, and completion goes on without it: {reason}")
            return None
        return toolset


async def facts(toolsets: Iterable[Toolset]) -> str:
    """Say what the functions that need no arguments give, for a model that cannot call them.

    Args:
        toolsets: What a model was to use.

    Returns:
        A paragraph for the question; empty when there is nothing to say.
    """
    found = [f"- {name}: {said}" for toolset in toolsets async for name, said in _said(toolset)]
    return "\n".join(["What was looked up for you:", *found]) if found else ""


async def _said(toolset: Toolset) -> AsyncIterator[tuple[str, str]]:
    inner = toolset.wrapped if isinstance(toolset, _Forgiving) else toolset
    for name, tool in inner.tools.items() if isinstance(inner, FunctionToolset) else ():
        if tool.takes_ctx or tool.function_schema.json_schema.get("required"):
            continue
        try:
            async with asyncio.timeout(CALL_SECONDS):
                yield name, redacted(str(await _beside(tool.function)()))[:_LONGEST_FACT]
        except Exception as error:  # noqa: BLE001 whatever a tool does, completion goes on without it
            _log.debug("a tool failed", tool=name, error=described(error))


@dataclass
class _Forgiving(WrapperToolset[None]):
    """Tools whose failure is a note to the model, not the end."""

    async def call_tool(
        self, name: str, tool_args: dict[str, Any], ctx: RunContext[None], tool: ToolsetTool[None]
    ) -> Any:
        try:
            async with asyncio.timeout(CALL_SECONDS):
                found = _without_secrets(await super().call_tool(name, tool_args, ctx, tool))
        except ToolFailed as error:
            raise ToolFailed(redacted(error.message)) from None
        except TimeoutError:
            raise ToolFailed(f"{name} gave no answer within {CALL_SECONDS:g} seconds") from None
        except ModelRetry as error:
            raise ToolFailed(redacted(error.message)) from None
        except Exception as error:  # noqa: BLE001 whatever a tool does, the model is told and goes on
            _log.debug("a tool failed", tool=name, error=described(error))
            raise ToolFailed(redacted(f"{name} failed: {described(error)}")) from None
        if isinstance(found, str) and len(found) > _LONGEST:
            return f"{found[:_LONGEST]}\n... ({len(found)} characters)"
        return found


def _without_secrets(found: Any) -> Any:
    """Give what a tool brought back with a word in the place of each secret that is at hand."""
    if isinstance(found, ToolReturn):
        value, content = mapped(found.return_value, redacted), mapped(found.content, redacted)
        return replace(found, return_value=value, content=content)
    return mapped(found, redacted)


def _together(tools: Iterable[Tool[None]]) -> Toolset:
    return FunctionToolset(list(tools), max_retries=_TRIES)


def _described(offered: Iterable[Given], plugins: PluginManager) -> Iterator[Tool[None]]:
    for one in offered:
        try:
            yield Tool(_beside(one.result.function), name=one.name)
        except Exception as error:  # noqa: BLE001 whatever is wrong with a signature, it is the plugin's
            what = f"the completion tool {one.name!r} cannot be described to a model: {described(error)}"
            plugins.warned.spare(HOOK, Failure(one.origin, mistake(one.origin, what)))


def _beside(function: Callable[..., Any]) -> Any:
    """Let a function run beside the event loop; one that is a PydanticAI tool already stays as it is."""
    if isinstance(function, Tool):
        return function

    @wraps(function)
    async def call(*args: Any, **kwargs: Any) -> Any:
        if inspect.iscoroutinefunction(function):
            return await function(*args, **kwargs)
        found = await in_thread(lambda: function(*args, **kwargs))
        return await found if inspect.isawaitable(found) else found

    return call
