"""A small MCP server for tests: on standard streams, or with ``--http`` on a port that it prints."""

from __future__ import annotations

import os
import socket
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import uvicorn
from mcp.server.mcpserver import Context, MCPServer


def where() -> str:
    """Say where the program runs, and what it sees."""
    return f"in {Path.cwd()} with {sorted(os.environ.items())}"


def fail() -> str:
    """Fail."""
    raise ValueError("the tea is cold")


def told(context: Context) -> str:
    """Say what headers came with the request."""
    return str(sorted((context.headers or {}).items()))


@contextmanager
def served_over_http() -> Iterator[str]:
    """Run the server in a process of its own; give the address at which it speaks streamable HTTP."""
    with subprocess.Popen([sys.executable, __file__, "--http"], stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout is not None
        try:
            yield process.stdout.readline().strip()
        finally:
            process.terminate()


def _serve_http(server: MCPServer) -> None:
    listening = socket.create_server(("127.0.0.1", 0))
    print(f"http://127.0.0.1:{listening.getsockname()[1]}/mcp", flush=True)
    uvicorn.Server(uvicorn.Config(server.streamable_http_app(), log_level="error")).run([listening])


if __name__ == "__main__":
    serving = MCPServer("tea")
    for tool in (where, fail, told):
        serving.add_tool(tool)
    if "--http" in sys.argv:
        _serve_http(serving)
    else:
        serving.run()
