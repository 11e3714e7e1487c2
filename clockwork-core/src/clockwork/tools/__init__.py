"""What a model may use while it completes a resource, for ``tools=[...]``."""

from clockwork.tools.declared import McpServer, ProjectFiles, Tools, WebSearch, tool_names
from clockwork.tools.offered import mcp_server, project_files, web_search

__all__ = [
    "McpServer",
    "ProjectFiles",
    "Tools",
    "WebSearch",
    "mcp_server",
    "project_files",
    "tool_names",
    "web_search",
]
