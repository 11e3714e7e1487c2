"""A model in a GGUF file as PydanticAI knows models; loaded with the first question."""

from __future__ import annotations

import secrets
import tempfile
from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager
from pathlib import Path
from types import TracebackType
from typing import Any, Self

from httpx2 import AsyncClient, AsyncHTTPTransport
from pydantic_ai import RunContext
from pydantic_ai.messages import ModelMessage, ModelResponse
from pydantic_ai.models import ModelRequestParameters, StreamedResponse
from pydantic_ai.models.openai import OpenAIChatModel
from pydantic_ai.profiles.openai import OpenAIModelProfile
from pydantic_ai.providers.openai_compatible import OpenAICompatibleProvider
from pydantic_ai.settings import ModelSettings

from clockwork_local.worker import Worker

_PROFILE = OpenAIModelProfile(
    supports_tools=True,
    supports_json_schema_output=True,
    supports_json_object_output=False,
    native_output_requires_schema_in_instructions=False,
    openai_supports_strict_tool_definition=False,
    openai_chat_supports_multiple_system_messages=False,
    openai_chat_supports_max_completion_tokens=False,
)
_AGAINST_LOOPS = {"dry_multiplier": 0.8, "dry_allowed_length": 24, "dry_sequence_breakers": ["\f"]}
"""Small models repeat themselves without end; what legitimate texts repeat is shorter than this."""
_IN_TEXTS = {**_AGAINST_LOOPS, "repeat_penalty": 1.05}
"""In texts they also repeat lines that differ in a word; values in JSON are the same word more than once."""


class LocalModel(OpenAIChatModel):
    """llama.cpp with one model, in a process of its own that nobody else can reach."""

    def __init__(self, name: str, file: Path) -> None:
        """Prepare the model; nothing is loaded yet.

        Args:
            name: What it is called in the lock.
            file: The GGUF file.
        """
        # The path of a socket may have about a hundred characters, so the folder's name is short.
        folder = Path(tempfile.gettempdir()) / f"clockwork-{secrets.token_hex(8)}"
        self._worker = Worker(file, folder)
        self._client = AsyncClient(transport=AsyncHTTPTransport(uds=str(self._worker.socket)))
        provider = OpenAICompatibleProvider(
            "clockwork-local", base_url="http://local/v1", http_client=self._client, profile=_PROFILE
        )
        self._users = 0
        super().__init__(name, provider=provider)

    async def __aenter__(self) -> Self:
        """Begin to use the model; loading it waits for the first question."""
        self._users += 1
        return await super().__aenter__()

    async def request(
        self,
        messages: list[ModelMessage],
        model_settings: ModelSettings | None,
        model_request_parameters: ModelRequestParameters,
    ) -> ModelResponse:
        """Ask; the model is loaded first if it is not."""
        await self._worker.ready()
        sampled = _sampled(model_settings, model_request_parameters)
        return await super().request(messages, sampled, model_request_parameters)

    @asynccontextmanager
    async def request_stream(
        self,
        messages: list[ModelMessage],
        model_settings: ModelSettings | None,
        model_request_parameters: ModelRequestParameters,
        run_context: RunContext[Any] | None = None,
    ) -> AsyncGenerator[StreamedResponse]:
        """Ask for an answer as it comes; the model is loaded first if it is not."""
        await self._worker.ready()
        sampled = _sampled(model_settings, model_request_parameters)
        asking = super().request_stream(messages, sampled, model_request_parameters, run_context)
        async with asking as response:
            yield response

    async def __aexit__(
        self,
        exc_type: type[BaseException] | None,
        exc_val: BaseException | None,
        exc_tb: TracebackType | None,
    ) -> bool | None:
        """Release the model and its memory, when nobody uses it any more."""
        self._users -= 1
        try:
            return await super().__aexit__(exc_type, exc_val, exc_tb)
        finally:
            if self._users == 0:
                await self._client.aclose()
                await self._worker.stop()


def _sampled(settings: ModelSettings | None, asked: ModelRequestParameters) -> ModelSettings:
    """Add how words are chosen, which a text and values in JSON need differently."""
    is_text = asked.output_object is None
    return {"extra_body": _IN_TEXTS if is_text else _AGAINST_LOOPS, **(settings or ModelSettings())}
