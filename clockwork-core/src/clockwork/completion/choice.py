"""Which model would complete a project, why, and what else could."""

from __future__ import annotations

import asyncio
import os
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from clockwork.completion.inside import listed_models, wrong_with
from clockwork.completion.servers import ModelServer, look_at, running_here
from clockwork.hook_types import ListedModel
from clockwork.project_table import ProjectTable
from clockwork.settings import DEFAULT_BASE_URL, ENVIRONMENT, INSIDE, Settings


@dataclass(frozen=True)
class Survey:
    """The models that can be reached.

    Attributes:
        model: The model that would be used.
        endpoint: Where, in words.
        reasons: Who chose the model and the endpoint, by setting, such as ``{"model": "CW_MODEL"}``.
        chosen: The chosen endpoint with its models; ``None`` where there is none to ask: a model on this
            machine, or one of a provider.
        here: The servers that run on this machine, without the chosen one.
        inside: The models that are loaded on this machine without a server.
        problem: Why the chosen model cannot be used; empty when nothing is known against it.
    """

    model: str
    endpoint: str
    reasons: Mapping[str, str]
    chosen: ModelServer | None
    here: tuple[ModelServer, ...]
    inside: tuple[ListedModel, ...] = ()
    problem: str = ""

    @property
    def is_inside(self) -> bool:
        """Whether the chosen model needs no server."""
        return self.model.startswith(INSIDE)


async def survey(settings: Settings, folder: Path, said: Mapping[str, Any]) -> Survey:
    """Look at the chosen endpoint and at this machine.

    Args:
        settings: What is chosen.
        folder: The project's folder.
        said: What the command line chose.
    """
    asks = not settings.is_inside and settings.provider is None and not _lacks_key(settings)
    file = ProjectTable.read(folder / "pyproject.toml", Settings.model_fields)
    chosen, here = await asyncio.gather(look_at(settings) if asks else _nothing(), running_here())
    return Survey(
        settings.model,
        settings.endpoint,
        {name: _who(name, file, said) for name in ("model", "base_url")},
        chosen,
        tuple(server for server in here if server.base_url != settings.base_url),
        tuple(listed_models()),
        _problem(settings, chosen),
    )


async def _nothing() -> None:
    return None


def _lacks_key(settings: Settings) -> bool:
    return settings.key_is_withheld or (settings.base_url == DEFAULT_BASE_URL and settings.api_key is None)


def _problem(settings: Settings, chosen: ModelServer | None) -> str:
    if settings.is_inside:
        return wrong_with(settings)
    if settings.provider is not None:
        return ""
    if settings.key_is_withheld:
        return f"{settings.base_url} is named by pyproject.toml alone, and gets no key: set CW_BASE_URL to it"
    if _lacks_key(settings):
        return f"there is no key for {settings.base_url}: set CW_API_KEY"
    if chosen is not None and chosen.problem:
        return f"{settings.base_url} {chosen.problem}"
    names = {one.name for one in chosen.models} if chosen is not None else set()
    if chosen is not None and names and settings.model not in names and not chosen.answers_to_any_name:
        return f"{settings.base_url} does not list the model {settings.model}"
    return ""


def _who(name: str, file: ProjectTable, said: Mapping[str, Any]) -> str:
    """Say who chose a setting."""
    if said.get(name) is not None:
        return f"--{name.replace('_', '-')}"
    if os.environ.get(ENVIRONMENT[name]):
        return ENVIRONMENT[name]
    return "pyproject.toml" if name in file.values else "the default"
