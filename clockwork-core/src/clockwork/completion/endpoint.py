"""The conversation with one endpoint: structured answers, plain texts, retries and costs."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass
from typing import Any, Self

import pydantic_ai
from pydantic import BaseModel, ValidationError
from pydantic_ai import Agent, ModelRetry, RunContext, TextOutput
from pydantic_ai import exceptions as ai
from pydantic_ai.messages import ModelMessage, ModelRequest, ModelResponse, TextPart, UserPromptPart
from pydantic_ai.models import Model
from pydantic_ai.settings import ModelSettings
from pydantic_ai.toolsets import AbstractToolset
from pydantic_ai.usage import UsageLimits

from clockwork.completion.counted import CountedModel, Meter
from clockwork.completion.draft import RejectedError
from clockwork.completion.failures import (
    EndpointError,
    LimitError,
    explained,
    is_invalid_answer,
    ran_out,
    refuses_every_schema,
    refuses_mode,
)
from clockwork.completion.heard import Heard
from clockwork.completion.json_text import asking_for_json, read_json
from clockwork.completion.ladder import Ladder, ModeRefusedError, Rung
from clockwork.completion.plain_text import unfenced
from clockwork.completion.reason import NAME as REASON
from clockwork.completion.reason import asks_for_reasons, with_reason
from clockwork.completion.retelling import CANNOT_BE_USED, last_reason
from clockwork.completion.servers import load
from clockwork.completion.tools import facts
from clockwork.completion.wording import Wording
from clockwork.logs import get_logger
from clockwork.nearness import is_near
from clockwork.results import CompletionReport
from clockwork.settings import Settings

_log = get_logger(__name__)

pydantic_ai.BANNER_ENABLED = False
"""The library's own greeting would stand between Clockwork's progress and its plan."""

_TOOL_CALLS = 20
_LOCAL_TOKENS = 2048
_REMOTE_TOKENS = 8192
"""More than locally, because models that think first count their thoughts."""
_SHARE_OF_A_TRY = 4
"""A way of asking that is only tried gets one such part of the time and the tokens: it fails in seconds."""
_LOCAL_TEXT_TOKENS = 2048
"""What a model on a CPU writes in the time that it has; one that does not end is told to be shorter."""
_LOCAL_PENALTY = 0.3
"""Small models repeat themselves in long texts without one."""


@dataclass(frozen=True)
class _Bounds:
    settings: ModelSettings
    retries: int
    are_tight: bool


class Endpoint:
    """A model that answers questions; use it as an async context manager."""

    def __init__(
        self,
        model: Model,
        settings: Settings,
        report: CompletionReport,
        tell: Callable[[str], object] = lambda _text: None,
    ) -> None:
        """Prepare the conversation.

        Args:
            model: The model, as its backend built it.
            settings: Its endpoint, and the limits.
            report: Where requests and tokens are counted.
            tell: Told what is waited for.
        """
        self._model = model
        self._settings = settings
        self._tell = tell
        self._meter = Meter(settings, report, tell)
        self._local = settings.is_inside or is_near(settings.base_url)
        self._ladder = Ladder.of(model, local=self._local)
        self._failure: EndpointError | None = None
        self._takes_tools = True

    @property
    def model_name(self) -> str:
        """The name of the model that answers."""
        return self._model.model_name

    @property
    def known(self) -> dict[str, str]:
        """The model that answers, and the way it is asked for structured answers."""
        return {"model": self.model_name, "mode": self._ladder.mode}

    async def __aenter__(self) -> Self:
        """Open the connections, and have the model loaded where its server does not do so by itself."""
        await load(self._settings, self._tell)
        await self._model.__aenter__()
        return self

    async def __aexit__(self, *error: Any) -> None:
        """Close the connections."""
        await self._model.__aexit__(*error)

    async def values(
        self,
        wording: Wording,
        answer_type: type[BaseModel],
        accept: Callable[[dict[str, Any]], Awaitable[None]],
        tools: Sequence[AbstractToolset[None]] = (),
        explain: Callable[[Any], object] = lambda _reason: None,
    ) -> None:
        """Ask for short values in one structured answer.

        Args:
            wording: The question. Its examples are exchanges that went before, where the answer is a text.
            answer_type: The class of the answer.
            accept: Takes the values, as JSON holds them; a :class:`RejectedError` goes back to the model.
            tools: What the model may call.
            explain: Takes what the model gave as the reason for values that were accepted, where it is asked.

        Raises:
            ModelError: The endpoint failed, or no answer was accepted.
        """
        heard = Heard()
        form = with_reason(answer_type) if asks_for_reasons(self._settings) else answer_type

        async def attempt(rung: Rung) -> None:
            bounds = self._bounds(rung)
            agent: Agent[None, BaseModel] = Agent(
                self._counted(rung.model, heard),
                output_type=_reader(form) if rung.is_text else form,
                retries={"output": bounds.retries},
                end_strategy="early",
            )

            @agent.output_validator
            async def check(output: BaseModel) -> BaseModel:
                self._ladder.settle(rung)
                given = output.model_dump(mode="json")
                reason = given.pop(REASON, None) if form is not answer_type else None
                await _accept_or_retry(accept, given)
                explain(reason)
                return output

            asked = wording.question if rung.answers_in_text else wording.text
            history = _history(wording) if rung.answers_in_text else []
            if rung.is_text:
                asked = asking_for_json(asked, form)
            try:
                await self._run(agent, asked, bounds.settings, tools, history)
            except (ai.AgentRunError, ai.UserError, IndexError) as error:
                if refuses_mode(error):
                    raise ModeRefusedError(error, is_hard=refuses_every_schema(error)) from None
                soft = is_invalid_answer(error) or (bounds.are_tight and ran_out(error))
                if soft and not self._ladder.is_settled:
                    raise ModeRefusedError(error) from None
                raise

        await self._explaining(self._ladder.climb(attempt), heard, form)

    def _bounds(self, rung: Rung) -> _Bounds:
        """Give what one way of asking may take: little, as long as it is only tried and others follow it."""
        tokens = _LOCAL_TOKENS if self._local else _REMOTE_TOKENS
        seconds, retries = self._settings.completion_timeout, self._settings.completion_retries
        is_tried = rung.is_fallback and not self._ladder.is_settled
        if is_tried and not rung.is_last:
            tokens, seconds = tokens // _SHARE_OF_A_TRY, seconds / _SHARE_OF_A_TRY
        return _Bounds(
            ModelSettings(max_tokens=tokens, request_timeout=seconds),
            retries=min(retries, 1) if is_tried else retries,
            are_tight=is_tried and not rung.is_last,
        )

    async def text(
        self,
        wording: Wording,
        accept: Callable[[str], Awaitable[None]],
        tools: Sequence[AbstractToolset[None]] = (),
        longest: int | None = None,
    ) -> None:
        """Ask for one plain text.

        Args:
            wording: The question. Its examples are exchanges that went before.
            accept: Takes the text; a :class:`RejectedError` goes back to the model.
            tools: What the model may call.
            longest: The most characters the text may have.

        Raises:
            ModelError: The endpoint failed, or no answer was accepted.
        """
        heard = Heard()
        agent: Agent[None, str] = Agent(
            self._counted(self._model, heard),
            retries={"output": self._settings.completion_retries},
            end_strategy="early",
        )

        @agent.output_validator
        async def check(context: RunContext[None], output: str) -> str:
            if _was_cut_off(context.messages):
                raise ModelRetry("The text was cut off because it became too long. Write a shorter one.")
            if _repeats(last_reason(context.messages), output):
                raise ModelRetry("That repeats what you were told. Write the text itself.")
            await _accept_or_retry(accept, unfenced(output))
            return output

        settings = ModelSettings(max_tokens=_REMOTE_TOKENS)
        if self._local:
            tokens = min(_LOCAL_TEXT_TOKENS, _LOCAL_TEXT_TOKENS if longest is None else longest + 256)
            settings = ModelSettings(max_tokens=tokens, frequency_penalty=_LOCAL_PENALTY)
        await self._explaining(self._run(agent, wording.question, settings, tools, _history(wording)), heard)

    async def _run(
        self,
        agent: Agent[None, Any],
        prompt: str,
        settings: ModelSettings,
        tools: Sequence[AbstractToolset[None]],
        history: Sequence[ModelMessage] = (),
    ) -> None:
        """Ask with tools; without them, where the endpoint takes none."""
        if tools and self._takes_tools:
            try:
                return await self._run_once(agent, prompt, settings, tools, history)
            except (ai.AgentRunError, ai.UserError) as error:
                if not refuses_mode(error):
                    raise
            await self._run_once(agent, await _with_facts(prompt, tools), settings, (), history)
            self._takes_tools = False
            _log.warning(f"{self.model_name} takes no tools here; it was asked without them")
            return None
        return await self._run_once(agent, await _with_facts(prompt, tools), settings, (), history)

    async def _run_once(
        self,
        agent: Agent[None, Any],
        prompt: str,
        settings: ModelSettings,
        tools: Sequence[AbstractToolset[None]],
        history: Sequence[ModelMessage],
    ) -> None:
        if self._failure is not None:
            raise self._failure
        await agent.run(
            prompt,
            message_history=history,
            usage_limits=UsageLimits(request_limit=None, tool_calls_limit=_TOOL_CALLS),
            model_settings=settings,
            toolsets=tools,
        )

    def _counted(self, model: Model, heard: Heard) -> Model:
        return CountedModel(model, self._meter, heard)

    async def _explaining(
        self, asking: Awaitable[None], heard: Heard, answer_type: type[BaseModel] | None = None
    ) -> None:
        try:
            await asking
        except LimitError as reached:
            self._failure = reached
            raise
        except (ai.AgentRunError, ai.UserError, IndexError) as error:
            failure = explained(error, self._settings, heard, answer_type)
            if isinstance(failure, EndpointError):
                self._failure = failure
            raise failure from None


async def _with_facts(prompt: str, tools: Sequence[AbstractToolset[None]]) -> str:
    """Add what can be known without asking a tool something, for a model that cannot call any."""
    return "\n\n".join(part for part in (prompt, await facts(tools)) if part)


def _history(wording: Wording) -> list[ModelMessage]:
    """Give the examples of a question as exchanges that went before it."""
    history: list[ModelMessage] = []
    for asked, answered in wording.exchanges:
        history += [ModelRequest([UserPromptPart(asked)]), ModelResponse([TextPart(answered)])]
    return history


def _reader(answer_type: type[BaseModel]) -> TextOutput[BaseModel]:
    def read(text: str) -> BaseModel:
        try:
            return read_json(text, answer_type)
        except ValidationError:
            raise
        except ValueError as error:
            raise ModelRetry(f"{CANNOT_BE_USED}{error}") from None

    return TextOutput(read)


async def _accept_or_retry(accept: Callable[[Any], Awaitable[None]], answer: Any) -> None:
    try:
        await accept(answer)
    except RejectedError as rejection:
        raise ModelRetry(f"{CANNOT_BE_USED}{rejection}") from None


def _repeats(reason: str, text: str) -> bool:
    """Tell whether a text is about the reason for which the one before went back."""
    sentence = reason.partition(". ")[0]
    return bool(sentence) and sentence in text


def _was_cut_off(messages: Sequence[ModelMessage]) -> bool:
    last = next((m for m in reversed(messages) if isinstance(m, ModelResponse)), None)
    return last is not None and last.finish_reason == "length"
