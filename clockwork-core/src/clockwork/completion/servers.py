"""The endpoints that can be reached: which models they have, and what these can do."""

from __future__ import annotations

import asyncio
import os
from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any
from urllib.parse import urlsplit

import httpx

from clockwork.logs import get_logger
from clockwork.nearness import is_here
from clockwork.settings import Settings

_log = get_logger(__name__)
_PATIENCE = httpx.Timeout(10.0, connect=5.0)
_PATIENCE_HERE = httpx.Timeout(2.0, connect=0.3)
_PATIENCE_TO_LOAD = httpx.Timeout(600.0, connect=5.0)
_REFUSED = (401, 403)
_OLLAMA_PORT = 11434
_HERE = "127.0.0.1"
_ANY = (None, "0.0.0.0", "::")
_NOT_FOR_TEXT = ("embed", "rerank")


@dataclass(frozen=True)
class ServedModel:
    """A model at an endpoint.

    Attributes:
        name: What ``CW_MODEL`` is set to for it.
        abilities: What its server says it can do, such as ``tools``; empty where it says nothing.
        context: Its longest context in tokens, where its server tells.
        is_loaded: Whether it is in memory, where its server tells.
    """

    name: str
    abilities: tuple[str, ...] = ()
    context: int | None = None
    is_loaded: bool | None = None


@dataclass(frozen=True)
class ModelServer:
    """An endpoint that was asked for its models.

    Attributes:
        kind: What it is, such as ``Ollama``; ``endpoint`` for any other.
        base_url: Its address.
        models: Its models.
        problem: Why it could not tell them.
        answers_to_any_name: Whether its one model answers whatever name is asked for, as llama.cpp's does.
    """

    kind: str
    base_url: str
    models: tuple[ServedModel, ...] = ()
    problem: str = ""
    answers_to_any_name: bool = False

    @property
    def root(self) -> str:
        """The address without the ``/v1`` of OpenAI's API."""
        return self.base_url.rstrip("/").removesuffix("/v1")


def places_here() -> tuple[tuple[str, str], ...]:
    """Give kind and address of the servers that people run on their own machine, at their usual ports."""
    return (
        ("Ollama", f"{_ollama(os.environ.get('OLLAMA_HOST') or '127.0.0.1')}/v1"),
        ("LM Studio", "http://127.0.0.1:1234/v1"),
        ("llama.cpp", "http://127.0.0.1:8080/v1"),
        ("vLLM", "http://127.0.0.1:8000/v1"),
    )


def _ollama(host: str) -> str:
    """Give the address that ``OLLAMA_HOST`` means: the port may be left out, and 0.0.0.0 is this machine."""
    split = urlsplit(host if "://" in host else f"http://{host}")
    try:
        port = split.port or {"https": 443}.get(split.scheme, _OLLAMA_PORT)
    except ValueError:
        port = _OLLAMA_PORT
    name = _HERE if split.hostname in _ANY else str(split.hostname)
    return f"{split.scheme}://{f'[{name}]' if ':' in name else name}:{port}"


async def running_here(places: Sequence[tuple[str, str]] | None = None) -> list[ModelServer]:
    """Find the servers that run on this machine; nothing is sent beyond it, and no key.

    Args:
        places: Kind and address of each; the usual ones when ``None``. One elsewhere is left out.
    """
    here = [(kind, url) for kind, url in places or places_here() if is_here(url)]
    # A proxy of the environment would be told, and may stand on another machine.
    async with httpx.AsyncClient(timeout=_PATIENCE_HERE, trust_env=False) as client:
        found = await asyncio.gather(*(_look(client, kind, url, {}) for kind, url in here))
    return [server for server in found if not server.problem]


async def look_at(settings: Settings) -> ModelServer:
    """Ask the endpoint of the settings for its models, with its key.

    Args:
        settings: The endpoint and its key.
    """
    key = settings.api_key.get_secret_value() if settings.api_key and not settings.key_is_withheld else None
    headers = {"Authorization": f"Bearer {key}"} if key else {}
    kinds = {urlsplit(url).port: kind for kind, url in places_here()}
    split = urlsplit(settings.base_url)
    kind = kinds.get(split.port, "endpoint") if is_here(settings.base_url) else split.hostname or "endpoint"
    async with httpx.AsyncClient(timeout=_PATIENCE) as client:
        return await _look(client, kind, settings.base_url, headers)


async def load(settings: Settings, tell: Callable[[str], object]) -> None:
    """Have LM Studio load the model, if it runs here and has not; any other server does so by itself.

    A server that cannot be asked, or refuses, is left to the question that follows.

    Args:
        settings: The endpoint and the model.
        tell: Told what is waited for.
    """
    if not is_here(settings.base_url):
        return
    server = ModelServer("LM Studio", settings.base_url)
    async with httpx.AsyncClient(timeout=_PATIENCE_HERE) as client:
        known = await _attempt(lambda: _of_lm_studio(client, server))
        model = next((one for one in known or () if one.name == settings.model), None)
        if model is None or model.is_loaded is not False:
            return
        tell(f"LM Studio loads {settings.model}")
        try:
            done = await client.post(
                f"{server.root}/api/v1/models/load", json={"model": settings.model}, timeout=_PATIENCE_TO_LOAD
            )
        except httpx.HTTPError as error:
            _log.debug("the model was not loaded", model=settings.model, error=str(error))
        else:
            _log.debug("the model was loaded", model=settings.model, status=done.status_code)


async def _look(client: httpx.AsyncClient, kind: str, url: str, headers: Mapping[str, str]) -> ModelServer:
    server = ModelServer(kind, url)
    try:
        answer = await client.get(f"{url.rstrip('/')}/models", headers=headers)
    except httpx.HTTPError as error:
        return replace(server, problem=f"cannot be reached: {error or type(error).__name__}")
    if answer.status_code in _REFUSED:
        said = "refuses the key" if headers else "wants a key, and none is set"
        return replace(server, problem=f"{said} (HTTP {answer.status_code})")
    listed = _listed(answer)
    if listed is None:
        return replace(server, problem=f"does not list its models (HTTP {answer.status_code})")
    richer = await _attempt(lambda: _RICHER[kind](client, server)) if kind in _RICHER else None
    more = {model.name: model for model in richer or ()}
    models = [more.get(model.name, model) for model in listed if not _is_for_numbers(model.name)]
    return replace(server, models=tuple(models), answers_to_any_name=_is_of_one_model(answer))


def _listed(answer: httpx.Response) -> list[ServedModel] | None:
    """Read a list of OpenAI's form; vLLM and OpenRouter add the length of the context."""
    try:
        data = answer.json()["data"]
        return [
            ServedModel(
                str(one["id"]),
                tuple(sorted({"tools", "structured_outputs"} & {*(one.get("supported_parameters") or ())})),
                context=one.get("max_model_len") or one.get("context_length"),
            )
            for one in data
        ]
    except (ValueError, KeyError, TypeError, AttributeError):
        return None


def _is_of_one_model(answer: httpx.Response) -> bool:
    """Tell llama.cpp with a single model, which does not look at the name it is asked for."""
    owners = [one.get("owned_by") for one in answer.json()["data"]]
    return owners == ["llamacpp"]


async def _of_ollama(client: httpx.AsyncClient, server: ModelServer) -> list[ServedModel]:
    tags = (await client.get(f"{server.root}/api/tags")).json()["models"]
    names = [str(one["name"]) for one in tags]
    told = await asyncio.gather(
        *(client.post(f"{server.root}/api/show", json={"model": name}) for name in names)
    )
    return [_shown_by_ollama(name, one.json()) for name, one in zip(names, told, strict=True)]


def _shown_by_ollama(name: str, shown: Mapping[str, Any]) -> ServedModel:
    information = shown.get("model_info") or {}
    context = next((value for key, value in information.items() if key.endswith(".context_length")), None)
    return ServedModel(name, tuple(shown.get("capabilities") or ()), context)


async def _of_lm_studio(client: httpx.AsyncClient, server: ModelServer) -> list[ServedModel]:
    answer = await client.get(f"{server.root}/api/v0/models")
    return [
        ServedModel(
            str(one["id"]),
            tuple(one.get("capabilities") or ()),
            one.get("max_context_length"),
            one.get("state") == "loaded" if "state" in one else None,
        )
        for one in answer.json()["data"]
    ]


async def _attempt(look: Callable[[], Awaitable[list[ServedModel]]]) -> list[ServedModel] | None:
    """Ask a server in its own words; one that does not answer so is no fault."""
    try:
        return await look()
    except (httpx.HTTPError, ValueError, KeyError, TypeError, AttributeError) as error:
        _log.debug("the server told nothing more", error=f"{type(error).__name__}: {error}")
        return None


_RICHER = {"Ollama": _of_ollama, "LM Studio": _of_lm_studio}


def _is_for_numbers(name: str) -> bool:
    """Tell whether a model makes numbers of texts, and no texts."""
    return any(part in name.lower() for part in _NOT_FOR_TEXT)
