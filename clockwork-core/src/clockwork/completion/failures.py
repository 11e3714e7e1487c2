"""What a failed request means, and what a person can do about it."""

from __future__ import annotations

import json
import re

from pydantic import BaseModel, ValidationError
from pydantic_ai import exceptions as ai

from clockwork.completion.heard import Heard
from clockwork.errors import ModelError
from clockwork.settings import Settings
from clockwork.validation import problems

_ABOUT_THE_MODE = re.compile(
    r"tool|function|response_format|json.?schema|json mode|structured|grammar|sampler|jinja|template"
    r"|unsupported|not.?support|extra (fields|inputs)",
    re.IGNORECASE,
)
_ABOUT_ONE_SCHEMA = re.compile(r"grammar|invalid.{0,3}(json.?)?schema|schema.{0,20}invalid", re.IGNORECASE)
_WRITE_IT = "or write the missing fields yourself"


class EndpointError(ModelError):
    """A failure that every further request to the endpoint would meet as well."""


class LimitError(EndpointError):
    """As much was asked as the person allowed."""


class InvalidAnswerError(ModelError):
    """The endpoint works, but no answer of the model could be used.

    Attributes:
        tries: How often the model answered, in words.
    """

    tries: str = ""


def refuses_mode(error: Exception) -> bool:
    """Tell whether an endpoint refuses the way of asking, and not the question.

    Args:
        error: What the request ended with.
    """
    if isinstance(error, ai.UserError):
        return "not supported by this model" in str(error)
    if not isinstance(error, ai.ModelHTTPError) or error.provider_error_code == "model_not_found":
        return False
    final = (ai.ModelAuthenticationError, ai.ModelQuotaExceededError, ai.ModelRateLimitError)
    if isinstance(error, (*final, ai.ModelContextWindowExceededError)):
        return False
    may_refuse = error.status_code in {400, 404, 405, 422, 500, 501}
    return may_refuse and bool(_ABOUT_THE_MODE.search(json.dumps(error.body, default=str)))


def refuses_every_schema(error: Exception) -> bool:
    """Tell whether a refusal of a way of asking holds for every question, so that it is worth remembering.

    Args:
        error: One that :func:`refuses_mode` is true of.
    """
    body = getattr(error, "body", None)
    return not _ABOUT_ONE_SCHEMA.search(json.dumps(body, default=str))


def ran_out(error: Exception) -> bool:
    """Tell whether a request used up its time or its tokens.

    Args:
        error: What the request ended with.
    """
    return isinstance(error, (ai.ModelTimeoutError, ai.ModelRequestTimeout, ai.OutputTokenLimitExceeded))


def is_invalid_answer(error: Exception) -> bool:
    """Tell whether the endpoint answered, but with nothing that could be used.

    Args:
        error: What the request ended with.
    """
    final = (ai.ContentFilterError, ai.OutputTokenLimitExceeded)
    return isinstance(error, (ai.UnexpectedModelBehavior, IndexError)) and not isinstance(error, final)


def explained(
    error: Exception, settings: Settings, heard: Heard, answer_type: type[BaseModel] | None = None
) -> ModelError:
    """Turn what a question ended with into an error that says what to do.

    Args:
        error: An exception of PydanticAI, or the ``IndexError`` of an answer without choices.
        settings: The settings the request was made with; their key never shows.
        heard: What the model answered.
        answer_type: The class of a structured answer; ``None`` where a plain text was asked for.

    Returns:
        An :class:`EndpointError` when asking for another resource would fail the same way.
    """
    fault = heard.fault(answer_type) if is_invalid_answer(error) else None
    kind, said, hint = _useless(fault, settings, heard) if fault else _meaning(error, settings)
    explanation = kind(_without_key(f"{settings.endpoint} {said}", settings), hint=hint)
    if isinstance(explanation, InvalidAnswerError):
        explanation.tries = heard.tries
    return explanation


def _useless(fault: str, settings: Settings, heard: Heard) -> tuple[type[ModelError], str, str]:
    said = f"gave no usable answer in {heard.tries}: the last one of {settings.model} {fault}"
    more = "allow more tries with CW_COMPLETION_RETRIES"
    return InvalidAnswerError, said, f"Choose another model with --model or CW_MODEL, {more}, {_WRITE_IT}."


def _meaning(error: Exception, settings: Settings) -> tuple[type[ModelError], str, str]:
    other_model = f"Choose another model with --model or CW_MODEL, {_WRITE_IT}."
    match error:
        case ai.ModelAuthenticationError():
            known = "refuses the key" if settings.api_key else "wants a key, and none is set"
            return (
                EndpointError,
                known + _detail(error),
                f"Set {_variable(settings)} to a key that is valid there, {_WRITE_IT}.",
            )
        case ai.ModelQuotaExceededError():
            return (
                EndpointError,
                "says that the account has no credit left" + _detail(error),
                (f"Add credit, choose a free or local model with CW_MODEL and CW_BASE_URL, {_WRITE_IT}."),
            )
        case ai.ModelRateLimitError():
            wait = f" for {error.retry_after:g} seconds" if error.retry_after else " a moment"
            return (
                ModelError,
                "limits the rate of requests" + _detail(error),
                (f"Wait{wait}, lower CW_COMPLETION_CONCURRENCY, or choose another model with CW_MODEL."),
            )
        case ai.ModelNotFoundError():
            said = f"does not know the model {settings.model!r}" + _detail(error)
            return EndpointError, said, f"Check CW_BASE_URL (it ends in /v1 as a rule). {other_model}"
        case ai.ModelContextWindowExceededError():
            return (
                ModelError,
                "says that the question is too long for the model" + _detail(error),
                other_model,
            )
        case ai.ModelTimeoutError() | ai.ModelRequestTimeout():
            return (
                ModelError,
                f"did not answer within {settings.completion_timeout:g} seconds",
                (f"Raise CW_COMPLETION_TIMEOUT, or use a faster model. {other_model}"),
            )
        case ai.ModelConnectionError():
            return (
                EndpointError,
                f"cannot be reached: {_cause(error)}",
                (f"Start the server there, or set CW_BASE_URL to one that runs, {_WRITE_IT}."),
            )
        case ai.ModelHTTPError(status_code=status) if status >= 500:
            return (
                ModelError,
                f"failed with HTTP {status}" + _detail(error),
                f"Try again later. {other_model}",
            )
        case ai.ModelHTTPError(status_code=status):
            return ModelError, f"refused the request with HTTP {status}" + _detail(error), other_model
        case ai.ContentFilterError():
            return ModelError, "refused to answer: its content filter stopped the answer", other_model
        case ai.OutputTokenLimitExceeded():
            return ModelError, f"stopped: the answer of {settings.model} became too long", other_model
        case IndexError():
            return ModelError, "gave an answer without any choice", f"Try again. {other_model}"
        case ai.UsageLimitExceeded():
            return InvalidAnswerError, "gave no usable answer: the model called too many tools", other_model
        case ai.UnexpectedModelBehavior() | ai.ModelAPIError():
            said = f"gave no usable answer: what came is no chat completion{_reason(error)}"
            return InvalidAnswerError, said, f"Check CW_BASE_URL (it ends in /v1 as a rule). {other_model}"
        case _:
            return InvalidAnswerError, f"gave no usable answer: {_one_line(str(error))}", other_model


def _variable(settings: Settings) -> str:
    """Name the variable that the key stands in."""
    return f"the variable of {settings.provider}" if settings.provider else "CW_API_KEY"


def _detail(error: ai.ModelAPIError) -> str:
    body = error.body
    said = body.get("message", body.get("detail", body)) if isinstance(body, dict) else body
    return f": {_one_line(str(said))}" if said else ""


def _reason(error: Exception) -> str:
    cause = error.__cause__
    if not isinstance(cause, ValidationError):
        return ""
    return f" ({_one_line('; '.join(map(str, problems(cause))))})"


def _cause(error: BaseException) -> str:
    deepest = error
    while deepest.__cause__ is not None:
        deepest = deepest.__cause__
    return _one_line(str(deepest) or type(deepest).__name__)


def _one_line(text: str) -> str:
    line = " ".join(text.split())
    return line if len(line) <= 300 else line[:299] + "…"


def _without_key(text: str, settings: Settings) -> str:
    key = settings.api_key.get_secret_value() if settings.api_key else ""
    return text.replace(key, "***") if key else text
