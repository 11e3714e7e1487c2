"""The MCP servers of a whole project: ``[tool.clockwork.mcp]`` and ``mcp.json``."""

from __future__ import annotations

import json
import os
import re
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from pydantic import BaseModel, ConfigDict, ValidationError, field_validator

from clockwork.errors import UsageError
from clockwork.tools.declared import McpServer
from clockwork.validation import problems

FILE = "mcp.json"
_VARIABLE = re.compile(r"\$\{(\w+)(?::-([^}]*))?\}")


class _File(BaseModel):
    model_config = ConfigDict(extra="ignore", title=FILE)

    mcpServers: dict[str, McpServer] = {}

    @field_validator("mcpServers", mode="before")
    @classmethod
    def _without_what_others_need(cls, servers: Any) -> Any:
        """Leave out what only other programs know, such as ``type``."""
        if not isinstance(servers, dict) or not all(isinstance(one, dict) for one in servers.values()):
            return servers
        known = McpServer.model_fields.keys()
        return {
            name: {key: value for key, value in server.items() if key in known}
            for name, server in servers.items()
        }


def project_servers(declared: Mapping[str, McpServer], folder: Path) -> list[McpServer]:
    """Give the servers that every resource of a project may use, sorted by name.

    Args:
        declared: Those of the settings, by name.
        folder: The project folder, which may have an ``mcp.json``.

    Raises:
        UsageError: ``mcp.json`` cannot be read, or is wrong; one name stands in both.
    """
    file = folder / FILE
    found = _read(file) if file.is_file() else {}
    if both := sorted(found.keys() & declared.keys()):
        raise UsageError(f"the server {both[0]!r} stands there and in [tool.clockwork.mcp]", file=file)
    servers = {**found, **declared}
    return [
        server.model_copy(update={"name": server.name or name})
        for name, server in sorted(servers.items())
        if not server.disabled
    ]


def with_variables(values: Mapping[str, str]) -> dict[str, str]:
    """Put variables of the environment where ``${NAME}`` or ``${NAME:-otherwise}`` stands.

    Args:
        values: Values of ``env`` or ``headers``.

    Raises:
        UsageError: A variable is not set.
    """
    return {name: _VARIABLE.sub(_variable, text) for name, text in values.items()}


def _variable(found: re.Match[str]) -> str:
    value = os.environ.get(found[1], found[2])
    if value is None:
        raise UsageError(
            f"the environment variable {found[1]} is not set", hint=f"Set it: export {found[1]}=..."
        )
    return value


def _read(file: Path) -> dict[str, McpServer]:
    try:
        return _File.model_validate(json.loads(file.read_text(encoding="utf-8"))).mcpServers
    except ValidationError as error:
        raise UsageError("; ".join(map(str, problems(error))), file=file) from None
    except ValueError as error:
        line = error.lineno if isinstance(error, json.JSONDecodeError) else None
        raise UsageError(f"it is not valid JSON: {error}", file=file, line=line) from None
    except OSError as error:
        raise UsageError(f"it cannot be read: {error.strerror}", file=file) from None
