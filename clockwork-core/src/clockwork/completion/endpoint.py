"""The conversation with one endpoint: structured answers, plain texts, retries and costs."""

from __future__ import annotations

import time
from collections.abc import Awaitable, Callable, Sequence
from typing import Any, Self

import pydantic_ai
from pydantic import BaseModel
from pydantic_ai import Agent, ModelRetry, RunContext
from pydantic_ai import exceptions as ai
from pydantic_ai.messages import ModelMessage, ModelResponse
from pydantic_ai.models import Model, ModelRequestParameters
from pydantic_ai.models.wrapper import WrapperModel
from pydantic_ai.settings import ModelSettings
from pydantic_ai.toolsets import AbstractToolset
from pydantic_ai.usage import UsageLimits

from clockwork.completion.default_backend import is_local
from clockwork.completion.draft import RejectedError
from clockwork.completion.failures import (
    EndpointError,
    LimitError,
    explained,
    is_invalid_answer,
    refuses_mode,
)
from clockwork.completion.heard import Heard
from clockwork.completion.ladder import Ladder, ModeRefusedError, Rung
from clockwork.completion.plain_text import unfenced
from clockwork.completion.servers import load
from clockwork.completion.tools import facts
from clockwork.logs import get_logger
from clockwork.results import CompletionReport
from clockwork.settings import Settings
from clockwork.ui.text import count

_log = get_logger(__name__)

pydantic_ai.BANNER_ENABLED = False
"""The library's own greeting would stand between Clockwork's progress and its plan."""

_TOOL_CALLS = 20
_LOCAL_TOKENS = 2048
_REMOTE_TOKENS = 8192
"""More than locally, because models that think first count their thoughts."""
_LOCAL_TEXT_TOKENS = 4096
_LOCAL_PENALTY = 0.3
"""Small models repeat themselves in long texts without one."""


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
            tell: Told what is waited for before the first question.
        """
        self._model = model
        self._settings = settings
        self._report = report
        self._tell = tell
        self._local = settings.is_inside or is_local(settings.base_url)
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
        prompt: str,
        answer_type: type[BaseModel],
        accept: Callable[[dict[str, Any]], Awaitable[None]],
        tools: Sequence[AbstractToolset[None]] = (),
    ) -> None:
        """Ask for short values in one structured answer.

        Args:
            prompt: The question.
            answer_type: The class of the answer.
            accept: Takes the values, as JSON holds them; a :class:`RejectedError` goes back to the model.
            tools: What the model may call.

        Raises:
            ModelError: The endpoint failed, or no answer was accepted.
        """
        tokens = _LOCAL_TOKENS if self._local else _REMOTE_TOKENS
        heard = Heard()

        async def attempt(rung: Rung) -> None:
            retries = self._settings.completion_retries
            agent: Agent[None, BaseModel] = Agent(
                self._counted(rung.model, heard),
                output_type=answer_type,
                retries={
                    "output": min(retries, 1) if rung.fallback and not self._ladder.is_settled else retries
                },
                end_strategy="early",
            )

            @agent.output_validator
            async def check(output: BaseModel) -> BaseModel:
                self._ladder.settle(rung)
                await _accept_or_retry(accept, output.model_dump(mode="json"))
                return output

            try:
                await self._run(agent, prompt, ModelSettings(max_tokens=tokens), tools)
            except (ai.AgentRunError, ai.UserError, IndexError) as error:
                if refuses_mode(error) or (is_invalid_answer(error) and not self._ladder.is_settled):
                    raise ModeRefusedError(error) from None
                raise

        await self._explaining(self._ladder.climb(attempt), heard, answer_type)

    async def text(
        self,
        prompt: str,
        accept: Callable[[str], Awaitable[None]],
        tools: Sequence[AbstractToolset[None]] = (),
        longest: int | None = None,
    ) -> None:
        """Ask for one plain text.

        Args:
            prompt: The question.
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
            await _accept_or_retry(accept, unfenced(output))
            return output

        settings = ModelSettings(max_tokens=_REMOTE_TOKENS)
        if self._local:
            tokens = min(_LOCAL_TEXT_TOKENS, _LOCAL_TEXT_TOKENS if longest is None else longest + 256)
            settings = ModelSettings(max_tokens=tokens, frequency_penalty=_LOCAL_PENALTY)
        await self._explaining(self._run(agent, prompt, settings, tools), heard)

    async def _run(
        self,
        agent: Agent[None, Any],
        prompt: str,
        settings: ModelSettings,
        tools: Sequence[AbstractToolset[None]],
    ) -> None:
        """Ask with tools; without them, where the endpoint takes none."""
        if tools and self._takes_tools:
            try:
                return await self._run_once(agent, prompt, settings, tools)
            except (ai.AgentRunError, ai.UserError) as error:
                if not refuses_mode(error):
                    raise
            await self._run_once(agent, await _with_facts(prompt, tools), settings, ())
            self._takes_tools = False
            _log.warning(f"{self.model_name} takes no tools here; it was asked without them")
            return None
        return await self._run_once(agent, await _with_facts(prompt, tools), settings, ())

    async def _run_once(
        self,
        agent: Agent[None, Any],
        prompt: str,
        settings: ModelSettings,
        tools: Sequence[AbstractToolset[None]],
    ) -> None:
        if self._failure is not None:
            raise self._failure
        timeout = self._settings.completion_timeout
        everywhere = ModelSettings(temperature=0, timeout=timeout, request_timeout=timeout)
        await agent.run(
            prompt,
            usage_limits=UsageLimits(request_limit=None, tool_calls_limit=_TOOL_CALLS),
            model_settings=settings | everywhere,
            toolsets=tools,
        )

    def _counted(self, model: Model, heard: Heard) -> Model:
        """Have every request counted, and none sent beyond the limits."""
        return _Counted(model, self._report, heard, self._check_limits)

    def _check_limits(self) -> None:
        """Refuse a further request when as much was asked as may be.

        Raises:
            LimitError: A limit is reached.
        """
        report, settings = self._report, self._settings
        tokens = report.input_tokens + report.output_tokens
        reached = {
            f"the limit of {count(settings.max_calls or 0, 'call')} (--max-calls)": (
                settings.max_calls is not None and report.calls >= settings.max_calls
            ),
            f"the limit of {count(settings.max_tokens or 0, 'token')} (--max-tokens)": (
                settings.max_tokens is not None and tokens >= settings.max_tokens
            ),
        }
        for limit in (words for words, is_reached in reached.items() if is_reached):
            self._failure = LimitError(
                f"{limit} is reached",
                hint="What was obtained is in the lock; run it again for the rest, or raise the limit.",
            )
            raise self._failure

    async def _explaining(
        self, asking: Awaitable[None], heard: Heard, answer_type: type[BaseModel] | None = None
    ) -> None:
        try:
            await asking
        except (ai.AgentRunError, ai.UserError, IndexError) as error:
            failure = explained(error, self._settings, heard, answer_type)
            if isinstance(failure, EndpointError):
                self._failure = failure
            raise failure from None


class _Counted(WrapperModel):
    """The model, with every request counted, answered or not, and every answer heard."""

    def __init__(
        self, wrapped: Model, report: CompletionReport, heard: Heard, check_limits: Callable[[], None]
    ) -> None:
        super().__init__(wrapped)
        self._report = report
        self._heard = heard
        self._check_limits = check_limits

    async def request(
        self,
        messages: list[ModelMessage],
        model_settings: ModelSettings | None,
        model_request_parameters: ModelRequestParameters,
    ) -> ModelResponse:
        self._check_limits()
        self._report.calls += 1
        self._heard.last = None
        started = time.perf_counter()
        try:
            response = await super().request(messages, model_settings, model_request_parameters)
        except Exception as error:
            _log.debug(
                "the model did not answer",
                model=self.model_name,
                error=type(error).__name__,
                status=getattr(error, "status_code", None),
                seconds=round(time.perf_counter() - started, 3),
            )
            raise
        self._report.input_tokens += response.usage.input_tokens
        self._report.output_tokens += response.usage.output_tokens
        self._report.spend(_cost(response))
        self._heard.answers += 1
        self._heard.last = response
        _log.debug(
            "the model answered",
            model=self.model_name,
            ends=response.finish_reason,
            input_tokens=response.usage.input_tokens,
            output_tokens=response.usage.output_tokens,
            seconds=round(time.perf_counter() - started, 3),
        )
        return response


async def _with_facts(prompt: str, tools: Sequence[AbstractToolset[None]]) -> str:
    """Add what can be known without asking a tool something, for a model that cannot call any."""
    return "\n\n".join(part for part in (prompt, await facts(tools)) if part)


def _cost(response: ModelResponse) -> float | None:
    """Give what an answer cost in US dollars: as its endpoint says, or by its provider's list of prices."""
    told = (response.provider_details or {}).get("cost")
    if isinstance(told, int | float):
        return float(told)
    try:
        return float(response.cost().total_price)
    except (LookupError, AssertionError, ValueError):
        return None


async def _accept_or_retry(accept: Callable[[Any], Awaitable[None]], answer: Any) -> None:
    try:
        await accept(answer)
    except RejectedError as rejection:
        raise ModelRetry(f"This cannot be used: {rejection}") from None


def _was_cut_off(messages: Sequence[ModelMessage]) -> bool:
    last = next((m for m in reversed(messages) if isinstance(m, ModelResponse)), None)
    return last is not None and last.finish_reason == "length"
