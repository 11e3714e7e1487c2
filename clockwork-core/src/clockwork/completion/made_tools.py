"""What is made of declared tools when a model is asked; each needs its own extra."""

from __future__ import annotations

import os
from collections.abc import Collection, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from pydantic_ai import Tool
from pydantic_ai.toolsets import AbstractToolset, FunctionToolset

from clockwork.errors import UsageError
from clockwork.tools.declared import McpServer, ProjectFiles, WebSearch
from clockwork.tools.files import file_functions
from clockwork.tools.servers import with_variables


def made(tool: Any, project: Path, unread: Collection[Path]) -> AbstractToolset[None] | None:
    """Make what a model can call of a declared tool.

    Args:
        tool: What stands in a resource's ``tools``, or a server of the project.
        project: The project folder.
        unread: Files that nobody may read, because they may hold secrets.

    Returns:
        The tools; ``None`` for a single function or PydanticAI tool.

    Raises:
        UsageError: An extra is not installed, or a variable of the environment is not set.
    """
    if isinstance(tool, AbstractToolset):
        return tool
    if isinstance(tool, ProjectFiles):
        return FunctionToolset([Tool(function) for function in file_functions(project, unread)])
    if isinstance(tool, WebSearch):
        return FunctionToolset([_search(tool)])
    return _server(tool, project) if isinstance(tool, McpServer) else None


def _search(tool: WebSearch) -> Tool[None]:
    with _extra("web"):
        from pydantic_ai.common_tools.duckduckgo import duckduckgo_search_tool
    found: Tool[None] = duckduckgo_search_tool(max_results=tool.results)
    found.name = tool.name
    return found


def _server(server: McpServer, project: Path) -> AbstractToolset[None]:
    with _extra("mcp"):
        from fastmcp.client.transports import StdioTransport
        from pydantic_ai.mcp import MCPToolset
    toolset: MCPToolset[None]
    if server.command is not None:
        transport = StdioTransport(
            server.command,
            list(server.args),
            env=with_variables(server.env),
            cwd=str(project),
            keep_alive=False,
            log_file=Path(os.devnull),
        )
        toolset = MCPToolset(transport, tool_error_behavior="failed")
    else:
        toolset = MCPToolset(
            str(server.url), headers=with_variables(server.headers), tool_error_behavior="failed"
        )
    return toolset.prefixed(server.name) if server.name else toolset


@contextmanager
def _extra(name: str) -> Iterator[None]:
    try:
        yield
    except ImportError as error:
        raise UsageError(
            f"a tool needs what is not installed: {error.name or error}",
            hint=f'Install it: pip install "clockwork[{name}]"',
        ) from None
