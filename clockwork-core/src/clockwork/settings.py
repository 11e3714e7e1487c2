"""Settings: from the command line, else the environment, else the project's pyproject.toml."""

from __future__ import annotations

import os
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any, Literal

from pydantic import BaseModel, ConfigDict, Field, SecretStr, ValidationError

from clockwork.errors import UsageError
from clockwork.project_table import ProjectTable
from clockwork.tools.declared import McpServer
from clockwork.validation import Problem, problems

DEFAULT_MODEL = "meta-llama/llama-4-scout:free"
DEFAULT_BASE_URL = "https://openrouter.ai/api/v1"
INSIDE = "local:"
"""What the name of a model begins with that needs no endpoint: it is loaded on this machine."""

_ENVIRONMENT = {
    "model": "CW_MODEL",
    "base_url": "CW_BASE_URL",
    "api_key": "CW_API_KEY",
    "stack": "CW_STACK",
    "project_name": "CW_PROJECT_NAME",
    "backend_url": "CW_BACKEND_URL",
    "providers": "CW_PROVIDERS",
    "parallel": "CW_PARALLEL",
    "completion_concurrency": "CW_COMPLETION_CONCURRENCY",
    "completion_retries": "CW_COMPLETION_RETRIES",
    "completion_timeout": "CW_COMPLETION_TIMEOUT",
}


class GuardSettings(BaseModel):
    """What a project allows a language model; only in ``pyproject.toml``.

    Attributes:
        allow: Rules of the guard that are relaxed, each for everything or, as in
            ``outside-project: /srv/www/*``, for what a pattern matches.
    """

    model_config = ConfigDict(extra="forbid", frozen=True, title="the guard")

    allow: tuple[str, ...] = ()


class Settings(BaseModel):
    """What a project or a person may choose.

    Attributes:
        model: The model's name at the endpoint, or ``local:`` and a model on this machine (``CW_MODEL``).
        base_url: The OpenAI-compatible endpoint, ending in ``/v1`` as a rule (``CW_BASE_URL``).
        api_key: Its key (``CW_API_KEY``); never taken from ``pyproject.toml``.
        stack: The stack's name (``CW_STACK``).
        project_name: The Pulumi project's name; the folder's name when unset (``CW_PROJECT_NAME``).
        backend_url: Where the state is kept (``CW_BACKEND_URL``); ``.clockwork/state`` when unset.
        providers: ``embedded``, or ``official`` for Pulumi's own programs (``CW_PROVIDERS``).
        allow_commands: Patterns of commands that may run although a model had a part in them, such as
            ``systemctl restart *``; only in ``pyproject.toml``.
        guard: What a language model may decide although the guard refuses it; only in ``pyproject.toml``.
        mcp: MCP servers whose tools a model may use for every resource, by name; only in ``pyproject.toml``.
        parallel: Most resource operations at once (``CW_PARALLEL``).
        completion_concurrency: Most resources asked about at once (``CW_COMPLETION_CONCURRENCY``);
            4 at a local endpoint and 8 elsewhere when unset.
        completion_retries: How often a wrong answer goes back to the model (``CW_COMPLETION_RETRIES``).
        completion_timeout: Seconds one request may take (``CW_COMPLETION_TIMEOUT``).
    """

    model_config = ConfigDict(extra="forbid", frozen=True)

    model: str = DEFAULT_MODEL
    base_url: str = DEFAULT_BASE_URL
    api_key: SecretStr | None = None
    stack: str = Field(
        default="dev",
        pattern=r"^[A-Za-z0-9][A-Za-z0-9_.\-]*(/[A-Za-z0-9][A-Za-z0-9_.\-]*)*$",
        description="letters, digits, '_', '.' and '-', in one or more parts with '/' between them",
        examples=["dev", "production", "my-team/dev"],
    )
    project_name: str | None = Field(
        default=None,
        pattern=r"^[A-Za-z0-9_.\-]+$",
        description="letters, digits, '_', '.' and '-'",
        examples=["shop", "web-site"],
    )
    backend_url: str | None = None
    providers: Literal["embedded", "official"] = "embedded"
    allow_commands: tuple[str, ...] = ()
    guard: GuardSettings = GuardSettings()
    mcp: dict[str, McpServer] = {}
    parallel: int = Field(default=16, ge=1, le=1024)
    completion_concurrency: int | None = Field(default=None, ge=1, le=256)
    completion_retries: int = Field(default=2, ge=0, le=20)
    completion_timeout: float = Field(default=120.0, gt=0)

    @property
    def is_inside(self) -> bool:
        """Whether the model is loaded on this machine, so that there is no endpoint and no key."""
        return self.model.startswith(INSIDE)

    @property
    def endpoint(self) -> str:
        """What answers, in words: the address of the endpoint, or the model on this machine."""
        return self.model if self.is_inside else self.base_url

    @classmethod
    def load(cls, folder: Path, chosen: Mapping[str, Any] | None = None) -> Settings:
        """Gather the settings of a project.

        Args:
            folder: The folder of the user's file; its ``pyproject.toml`` may have ``[tool.clockwork]``.
            chosen: What the command line says; ``None`` values count as unsaid.

        Raises:
            UsageError: A setting is unknown or has a wrong value; the message names where it stands.
        """
        file = ProjectTable.read(folder / "pyproject.toml", cls.model_fields)
        environment = {k: os.environ[v] for k, v in _ENVIRONMENT.items() if os.environ.get(v)}
        said = {k: v for k, v in (chosen or {}).items() if v is not None}
        wrong = list(file.wrong)
        try:
            settings = cls.model_validate({**file.values, **environment, **said})
        except ValidationError as error:
            wrong += [_told(problem, file, environment, said) for problem in problems(error)]
        if wrong:
            raise _together(sorted(wrong, key=lambda error: error.line or 0))
        return settings


def _together(wrong: Sequence[UsageError]) -> UsageError:
    """Make one error of all that is wrong, with each thing to do said once."""
    if len(wrong) == 1:
        return wrong[0]
    lines = "".join(f"\n  {one.where}: {one.message}" if one.where else f"\n  {one.message}" for one in wrong)
    hints = dict.fromkeys(one.hint for one in wrong if one.hint)
    return UsageError(f"{len(wrong)} settings are wrong:{lines}", hint="\n".join(hints) or None)


def _told(
    problem: Problem, file: ProjectTable, environment: Mapping[str, Any], said: Mapping[str, Any]
) -> UsageError:
    name = problem.field.partition(".")[0]
    if name in said:
        return UsageError(f"--{name.replace('_', '-')}: {problem.message}")
    if name in environment:
        return UsageError(f"{_ENVIRONMENT[name]}: {problem.message}")
    return file.error(name, problem.message)
