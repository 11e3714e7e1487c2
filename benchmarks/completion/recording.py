"""A plugin that listens: what a model answered, and how often the policy was asked about it."""

from __future__ import annotations

from collections.abc import AsyncGenerator, Iterable, Mapping
from contextlib import asynccontextmanager
from typing import Any

from pydantic_ai.messages import ModelMessage, ModelResponse
from pydantic_ai.models import Model

from clockwork.hook_types import CompletionContext, ModelBackend, Refusal
from clockwork.hookspecs import hookimpl
from clockwork.resources.base import Resource


class Recording:
    """Gives one model to all runs and keeps what it says.

    Attributes:
        heard: The exchanges since the last :meth:`begin`: each reason that was told, and each answer.
        judged: How many answers were valid, so that the policy was asked about them.
    """

    def __init__(self, model: Model) -> None:
        self.model = _recorded(model, self)
        self.begin()

    def begin(self) -> None:
        """Forget what was heard."""
        self.heard: list[dict[str, str]] = []
        self.judged = 0

    @hookimpl
    def clockwork_model_backends(self) -> Iterable[ModelBackend]:
        """Stand before every other backend."""
        yield ModelBackend("_recording", fits=lambda settings: True, build=lambda settings: self.model)

    @hookimpl
    def clockwork_check_completion(
        self, resource: Resource, values: Mapping[str, Any], context: CompletionContext
    ) -> Iterable[Refusal]:
        """Count."""
        self.judged += 1
        return ()

    def keep(self, messages: list[ModelMessage], response: ModelResponse) -> None:
        """Keep an answer, with what was said before it."""
        told = "\n".join(str(getattr(part, "content", "")) for part in messages[-1].parts)
        given = "".join(call.args_as_json_str() for call in response.tool_calls) or response.text or ""
        self.heard.append({"told": told, "answered": given, "ended": str(response.finish_reason)})


def _recorded(model: Model, recording: Recording) -> Model:
    """Make a model keep its answers; it stays of its kind, by which it is decided how it is asked."""
    kind: Any = type(model)

    class Recorded(kind):  # type: ignore[misc]
        async def request(self, messages: list[ModelMessage], *args: Any) -> ModelResponse:
            response: ModelResponse = await super().request(messages, *args)
            recording.keep(messages, response)
            return response

        @asynccontextmanager
        async def request_stream(self, messages: list[ModelMessage], *args: Any) -> AsyncGenerator[Any]:
            async with super().request_stream(messages, *args) as stream:
                yield stream
                recording.keep(messages, stream.get())

    model.__class__ = Recorded
    return model
