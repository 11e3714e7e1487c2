"""Clockwork's own tools, as a user writes them."""

from __future__ import annotations

from collections.abc import Mapping

from clockwork.tools.declared import McpServer, ProjectFiles, WebSearch


def web_search(*, results: int = 5) -> WebSearch:
    """Let the model search the web; needs ``clockwork[web]``.

    Args:
        results: How many results it sees.
    """
    return WebSearch(results=results)


def project_files() -> ProjectFiles:
    """Let the model list and read the files of the project folder; hidden ones stay unseen."""
    return ProjectFiles()


def mcp_server(
    command: str | None = None,
    *args: str,
    url: str | None = None,
    name: str = "",
    env: Mapping[str, str] | None = None,
    headers: Mapping[str, str] | None = None,
) -> McpServer:
    """Let the model use the tools of an MCP server; needs ``clockwork[mcp]``.

    Args:
        command: A program that speaks the protocol on its standard streams.
        *args: Its arguments.
        url: Where a running server is reached, instead of a program.
        name: What the names of its tools begin with; nothing when empty.
        env: More variables for the program; ``${NAME}`` is that variable of the environment.
        headers: What is sent with each request to the address.

    Raises:
        pydantic.ValidationError: There is neither a program nor an address, or both.
    """
    return McpServer(
        name=name,
        command=command,
        args=args,
        url=url,
        env=dict(env or {}),
        headers=dict(headers or {}),
    )
