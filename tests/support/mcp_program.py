"""A small MCP server on standard streams, for tests."""

from __future__ import annotations

import os
from pathlib import Path

from mcp.server.mcpserver import MCPServer


def where() -> str:
    """Say where the program runs, and what it sees."""
    return f"in {Path.cwd()} with {sorted(os.environ.items())}"


def fail() -> str:
    """Fail."""
    raise ValueError("the tea is cold")


if __name__ == "__main__":
    server = MCPServer("tea")
    server.add_tool(where)
    server.add_tool(fail)
    server.run()
