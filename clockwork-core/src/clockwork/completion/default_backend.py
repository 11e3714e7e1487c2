"""Core's own way to a model: any endpoint that speaks OpenAI's chat API."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from clockwork.completion.inside import how_to_choose, listed_models
from clockwork.errors import ModelError
from clockwork.hook_types import ModelBackend
from clockwork.nearness import is_near
from clockwork.settings import DEFAULT_BASE_URL, Settings
from clockwork.waiting import run_to_its_end

if TYPE_CHECKING:
    from pydantic_ai.models import Model
    from pydantic_ai.models.openai import OpenAIChatModel

_WAYS_TO_A_MODEL = """\
Ways to get a model:
  a key:          export CW_API_KEY=...  (https://openrouter.ai/keys for the default endpoint)
  a local server: export CW_BASE_URL=http://localhost:11434/v1 CW_MODEL=...  (Ollama; LM Studio has port 1234)
  a model inside: {inside}
  no model:       write the missing fields yourself"""


def model_backends() -> Iterator[ModelBackend]:
    """Offer the OpenAI-compatible endpoint that the settings name, and the providers of PydanticAI."""
    yield ModelBackend("openai-compatible", fits=_fits, build=_build)
    yield ModelBackend("pydantic-ai", fits=lambda settings: settings.provider is not None, build=_build_named)


def ways_to_a_model() -> str:
    """Name the ways to get a model, in lines; the one inside as far as it is installed and downloaded."""
    inside = how_to_choose(listed_models())
    return "\n".join([_WAYS_TO_A_MODEL.format(inside=inside), *_running_here()])


def _running_here() -> Iterator[str]:
    """Name the servers that run on this machine, each with one of its models."""
    from clockwork.completion.servers import running_here

    for server in run_to_its_end(running_here()):
        for model in server.models[:1]:
            chosen = f"export CW_BASE_URL={server.base_url} CW_MODEL={model.name}"
            yield f"  running here:   {chosen}  ({server.kind})"


def _fits(settings: Settings) -> bool:
    is_address = urlsplit(settings.base_url).scheme in {"http", "https"}
    return is_address and not settings.is_inside and settings.provider is None


def _build_named(settings: Settings) -> Model:
    """Make a model by its PydanticAI name; its provider takes its key from its own variable."""
    from pydantic_ai.exceptions import UserError
    from pydantic_ai.models import infer_model

    try:
        return infer_model(settings.model)
    except ImportError:
        raise ModelError(
            f"the packages for {settings.model!r} are not installed",
            hint=f"pip install 'pydantic-ai-slim[{settings.provider}]'",
        ) from None
    except (UserError, ValueError) as error:
        raise ModelError(f"{settings.model!r} cannot be used: {error}", hint=ways_to_a_model()) from None


def _build(settings: Settings) -> OpenAIChatModel:
    key = settings.api_key.get_secret_value() if settings.api_key else None
    if settings.key_is_withheld:
        raise ModelError(
            f"the project's pyproject.toml names the endpoint {settings.base_url}, and a key is never sent "
            "where only a project's file says so",
            hint=f"If that endpoint is yours, say so: export CW_BASE_URL={settings.base_url}",
        )
    if key is None and urlsplit(settings.base_url).hostname == urlsplit(DEFAULT_BASE_URL).hostname:
        raise ModelError(f"there is no key for {settings.base_url}", hint=ways_to_a_model())

    from pydantic_ai.models.openai import OpenAIChatModel
    from pydantic_ai.profiles.openai import OpenAIModelProfile
    from pydantic_ai.providers.openai_compatible import OpenAICompatibleProvider

    local = is_near(settings.base_url)
    profile = OpenAIModelProfile(
        supports_tools=True,
        supports_json_schema_output=True,
        supports_json_object_output=False,
        # The question says the fields and their forms; a schema beside it leads small models astray.
        native_output_requires_schema_in_instructions=False,
        openai_supports_strict_tool_definition=not local,
        # Local chat templates often take one system message, and older servers only know max_tokens.
        openai_chat_supports_multiple_system_messages=not local,
        openai_chat_supports_max_completion_tokens=not local,
        # Why an answer was refused is all that a small model has to read; not a note on how it is framed.
        default_framing_announcement="never" if local else "when_needed",
    )
    provider = OpenAICompatibleProvider("clockwork", base_url=settings.base_url, api_key=key, profile=profile)
    # The client takes these from OPENAI_ORG_ID and OPENAI_PROJECT_ID: no business of other services.
    provider.client.organization = provider.client.project = None
    provider.client.max_retries = 0
    return OpenAIChatModel(settings.model, provider=provider)
