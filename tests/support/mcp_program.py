"""A small MCP server on standard streams, for tests."""

from __future__ import annotations

import os
from pathlib import Path

from mcp.server.mcpserver import MCPServer

server = MCPServer("tea")


@server.tool()
def where() -> str:
    """Say where the program runs, and what it sees."""
    return f"in {Path.cwd()} with {sorted(os.environ.items())}"


@server.tool()
def fail() -> str:
    """Fail."""
    raise ValueError("the tea is cold")


if __name__ == "__main__":
    server.run()
