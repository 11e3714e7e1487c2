"""Settings: from the command line, else the environment, else the project's pyproject.toml."""

from __future__ import annotations

import os
import re
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any, Literal

from pydantic import BaseModel, ConfigDict, Field, PrivateAttr, SecretStr, ValidationError

from clockwork.errors import UsageError
from clockwork.keys import key_for
from clockwork.project_table import ProjectTable
from clockwork.tools.declared import McpServer
from clockwork.validation import Problem, problems

DEFAULT_MODEL = "meta-llama/llama-4-scout:free"
DEFAULT_BASE_URL = "https://openrouter.ai/api/v1"
DEFAULT_STACK = "dev"
INSIDE = "local:"
"""What the name of a model begins with that needs no endpoint: it is loaded on this machine."""

_OF_PROVIDER = re.compile(r"(?P<provider>[a-z][a-z0-9-]*):\S+")

ENVIRONMENT = {
    "model": "CW_MODEL",
    "base_url": "CW_BASE_URL",
    "stack": "CW_STACK",
    "project_name": "CW_PROJECT_NAME",
    "backend_url": "CW_BACKEND_URL",
    "providers": "CW_PROVIDERS",
    "parallel": "CW_PARALLEL",
    "completion_concurrency": "CW_COMPLETION_CONCURRENCY",
    "completion_retries": "CW_COMPLETION_RETRIES",
    "completion_timeout": "CW_COMPLETION_TIMEOUT",
    "completion_reasons": "CW_COMPLETION_REASONS",
    "max_calls": "CW_MAX_CALLS",
    "max_tokens": "CW_MAX_TOKENS",
}
"""The variable of each setting."""


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
        model: The model's name at the endpoint, ``local:`` and a model on this machine, or, where no endpoint
            is chosen, a PydanticAI model such as ``anthropic:claude-sonnet-4-5`` (``CW_MODEL``).
        base_url: The OpenAI-compatible endpoint, ending in ``/v1`` as a rule (``CW_BASE_URL``).
        api_key: Its key: ``CW_API_KEY``, or the one that is kept for its host, as ``OPENROUTER_API_KEY`` is;
            never taken from ``pyproject.toml``, nor sent to an endpoint that ``pyproject.toml`` alone names.
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
        completion_reasons: Whether a model is asked why it chose its values (``CW_COMPLETION_REASONS``); when
            unset, one that is neither on this machine nor on its network.
        max_calls: Most requests to a model in one run (``CW_MAX_CALLS``); any number when unset.
        max_tokens: Most tokens, sent and received, in one run (``CW_MAX_TOKENS``): no further request is made
            when there are as many; any number when unset.
    """

    model_config = ConfigDict(extra="forbid", frozen=True)

    model: str = DEFAULT_MODEL
    base_url: str = DEFAULT_BASE_URL
    api_key: SecretStr | None = None
    stack: str = Field(
        default=DEFAULT_STACK,
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
    completion_reasons: bool | None = None
    max_calls: int | None = Field(default=None, ge=0)
    max_tokens: int | None = Field(default=None, ge=0)
    _key_is_withheld: bool = PrivateAttr(default=False)

    @property
    def key_is_withheld(self) -> bool:
        """Whether there is a key that is not sent, because only the project's own file names the endpoint."""
        return self._key_is_withheld

    @property
    def is_inside(self) -> bool:
        """Whether the model is loaded on this machine, so that there is no endpoint and no key."""
        return self.model.startswith(INSIDE)

    @property
    def provider(self) -> str | None:
        """The PydanticAI provider that the model's name begins with, such as ``anthropic``, if it names one.

        Only where no endpoint is chosen: on a server of one's own ``mistral:7b`` is a model's plain name.
        """
        found = _OF_PROVIDER.match(self.model) if self.base_url == DEFAULT_BASE_URL else None
        return None if found is None or self.is_inside else found["provider"]

    @property
    def endpoint(self) -> str:
        """What answers, in words: the address of the endpoint, or the model of a provider or this machine."""
        return self.model if self.is_inside or self.provider else self.base_url

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
        environment = {k: os.environ[v] for k, v in ENVIRONMENT.items() if os.environ.get(v)}
        said = {k: v for k, v in (chosen or {}).items() if v is not None}
        wrong = list(file.wrong)
        given = {**file.values, **environment, **said}
        base_url = given.get("base_url", DEFAULT_BASE_URL)
        is_trusted = base_url in (environment.get("base_url"), said.get("base_url"), DEFAULT_BASE_URL)
        key = key_for(str(base_url), os.environ, is_trusted=is_trusted)
        try:
            settings = cls.model_validate({"api_key": key.text, **given})
            settings._key_is_withheld = key.is_withheld
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
        return UsageError(f"{ENVIRONMENT[name]}: {problem.message}")
    return file.error(name, problem.message)
