"""Tools as people declare them: light values, of which something is made when a model is asked."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Annotated, Any

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, model_validator

_LIBRARIES = ("pydantic_ai", "fastmcp")


class WebSearch(BaseModel):
    """Searching the web.

    Attributes:
        results: How many results the model sees.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    name: str = "web_search"
    results: int = Field(default=5, ge=1, le=50)


class ProjectFiles(BaseModel):
    """Looking at the files of the project folder, without those that are hidden or Clockwork's own."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    name: str = "project_files"


class McpServer(BaseModel):
    """A server that speaks the Model Context Protocol: a program of this machine, or an address.

    ``${NAME}`` in the values of ``env`` and ``headers`` is that variable of the environment.

    Attributes:
        name: What its tools' names begin with.
        command: The program; it runs in the project folder and sees no other variables than the usual ones.
        args: Its arguments.
        env: More variables for it.
        url: Where a running one is reached.
        headers: What is sent with each request to it.
        disabled: Whether it is left out.
    """

    model_config = ConfigDict(frozen=True, extra="forbid", title="an MCP server")

    name: str = Field(default="", pattern=r"^[A-Za-z0-9_-]*$", max_length=40)
    command: str | None = None
    args: tuple[str, ...] = ()
    env: dict[str, str] = {}
    url: str | None = None
    headers: dict[str, str] = {}
    disabled: bool = False

    @model_validator(mode="after")
    def _is_one_of_both(self) -> McpServer:
        if (self.command is None) is (self.url is None):
            raise ValueError("an MCP server has either a command or a url")
        return self


def tool_names(tools: Sequence[Any]) -> list[str]:
    """Give the names of tools, sorted; a change of them changes a question.

    Args:
        tools: What stands in a resource's ``tools``.
    """
    return sorted(_name(one) for one in tools)


def _name(tool: Any) -> str:
    if isinstance(tool, McpServer):
        return tool.name or tool.url or " ".join([str(tool.command), *tool.args])
    named = (getattr(tool, attribute, None) for attribute in ("name", "__name__", "id"))
    return next((name for name in named if isinstance(name, str) and name), type(tool).__name__)


def _are_tools(tools: list[Any]) -> list[Any]:
    for one in tools:
        is_ours = isinstance(one, WebSearch | ProjectFiles | McpServer)
        is_of_library = type(one).__module__.split(".")[0] in _LIBRARIES
        if not (is_ours or is_of_library or callable(one)):
            expected = "functions, PydanticAI tools, web_search(), project_files() or mcp_server(...)"
            raise ValueError(f"expected {expected}; got {one!r}")
    names = tool_names(tools)
    if twice := next((name for name in names if names.count(name) > 1), None):
        raise ValueError(f"two tools are called {twice}; give one of them another name")
    return tools


Tools = Annotated[list[Any], AfterValidator(_are_tools)]
"""The type of a resource's field ``tools``."""
