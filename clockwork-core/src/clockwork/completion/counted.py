"""The requests to a model: counted, kept within the limits, and repeated where that helps."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable

from pydantic_ai import exceptions as ai
from pydantic_ai.messages import ModelMessage, ModelResponse
from pydantic_ai.models import Model, ModelRequestParameters
from pydantic_ai.models.wrapper import WrapperModel
from pydantic_ai.settings import ModelSettings

from clockwork.completion.failures import LimitError
from clockwork.completion.heard import Heard
from clockwork.completion.patience import Patience, why_it_waits
from clockwork.completion.retelling import retold
from clockwork.completion.sampling import temperature
from clockwork.logs import get_logger
from clockwork.results import CompletionReport
from clockwork.settings import Settings
from clockwork.ui.text import count

_log = get_logger(__name__)


class Meter:
    """What one run asks of a model, and how much that may be."""

    def __init__(self, settings: Settings, report: CompletionReport, tell: Callable[[str], object]) -> None:
        """Begin with what the report holds.

        Args:
            settings: The limits.
            report: Where requests and tokens are counted.
            tell: Told what is waited for.
        """
        self._settings = settings
        self._report = report
        self.tell = tell
        self.timeout = settings.completion_timeout

    def count_request(self) -> None:
        """Count a request that is about to be sent.

        Raises:
            LimitError: As much was asked as may be.
        """
        report, settings = self._report, self._settings
        tokens = report.input_tokens + report.output_tokens
        if settings.max_calls is not None and report.calls >= settings.max_calls:
            raise _reached(f"{count(settings.max_calls, 'call')} (--max-calls)")
        if settings.max_tokens is not None and tokens >= settings.max_tokens:
            raise _reached(f"{count(settings.max_tokens, 'token')} (--max-tokens)")
        report.calls += 1

    def count_answer(self, response: ModelResponse) -> None:
        """Count what an answer took."""
        self._report.input_tokens += response.usage.input_tokens
        self._report.output_tokens += response.usage.output_tokens
        self._report.spend(_cost(response))


class CountedModel(WrapperModel):
    """A model with every request counted, answered or not, and every answer heard.

    A request that failed for the moment is repeated here and not by the client below, so that each
    repetition is counted, and the wait before it told.
    """

    def __init__(self, wrapped: Model, meter: Meter, heard: Heard) -> None:
        """Wrap a model.

        Args:
            wrapped: The model.
            meter: Where its requests are counted.
            heard: Where its answers to one question are kept.
        """
        super().__init__(wrapped)
        self._meter = meter
        self._heard = heard
        self._answers = 0

    def prepare_messages(
        self, messages: list[ModelMessage], model_request_parameters: ModelRequestParameters | None = None
    ) -> list[ModelMessage]:
        """Put a conversation into the words that the model is told."""
        return super().prepare_messages(retold(messages), model_request_parameters)

    async def request(
        self,
        messages: list[ModelMessage],
        model_settings: ModelSettings | None,
        model_request_parameters: ModelRequestParameters,
    ) -> ModelResponse:
        """Send a request, and again where it failed for the moment, within the time it has.

        Raises:
            LimitError: As much was asked as may be.
            pydantic_ai.exceptions.ModelAPIError: The endpoint failed.
        """
        asked = ModelSettings(temperature=temperature(messages, self._answers))
        asked |= model_settings or ModelSettings()
        patience = Patience(asked.get("request_timeout", self._meter.timeout))
        while True:
            within = ModelSettings(timeout=patience.left, request_timeout=patience.left)
            if self._repeats_by_itself:
                within["max_retries"] = 0
            try:
                return await self._request_once(messages, asked | within, model_request_parameters)
            except ai.ModelAPIError as error:
                pause = patience.pause_after(error)
                if pause is None:
                    raise
                why = why_it_waits(error)
            self._meter.tell(f"the endpoint {why}; it is asked again in {pause:.3g} s")
            await asyncio.sleep(pause)

    @property
    def _repeats_by_itself(self) -> bool:
        """Whether the model's client would send a failed request again; one that is told so is copied."""
        return getattr(getattr(self.wrapped, "client", None), "max_retries", None) != 0

    async def _request_once(
        self,
        messages: list[ModelMessage],
        model_settings: ModelSettings,
        model_request_parameters: ModelRequestParameters,
    ) -> ModelResponse:
        self._meter.count_request()
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
        self._meter.count_answer(response)
        self._heard.answers += 1
        self._answers += 1
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


def _reached(limit: str) -> LimitError:
    return LimitError(
        f"the limit of {limit} is reached",
        hint="What was obtained is in the lock; run it again for the rest, or raise the limit.",
    )


def _cost(response: ModelResponse) -> float | None:
    """Give what an answer cost in US dollars: as its endpoint says, or by its provider's list of prices."""
    told = (response.provider_details or {}).get("cost")
    if isinstance(told, int | float):
        return float(told)
    try:
        return float(response.cost().total_price)
    except (LookupError, AssertionError, ValueError):
        return None
