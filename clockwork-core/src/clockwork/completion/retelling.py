"""How a model is told that its answer cannot be used: the question once more, and the reasons."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from pydantic_ai.messages import (
    ModelMessage,
    ModelRequest,
    ModelResponse,
    RetryFeedbackPart,
    UserPromptPart,
)
from pydantic_core import ErrorDetails

_REFUSED = "An earlier answer was refused:"
CANNOT_BE_USED = "This cannot be used: "
"""How the reason begins for which an answer goes back."""


def retold(messages: Sequence[ModelMessage]) -> list[ModelMessage]:
    """Ask anew for what was refused, with the reasons in plain words and without the answers.

    A small model gives an answer that it sees once more, word for word, and takes marks around a reason for
    a form to answer in.

    Args:
        messages: The conversation so far, as PydanticAI keeps it.
    """
    told: list[ModelMessage] = []
    asked, reasons = "", list[str]()
    for message in messages:
        if isinstance(message, ModelRequest):
            if reason := _feedback(message):
                reasons.append(reason)
                _leave_out_refused(told)
                message = replace(message, parts=[UserPromptPart(_anew(asked, reasons))])
            else:
                asked = _asked(message) or asked
        told.append(message)
    return told


def last_reason(messages: Sequence[ModelMessage]) -> str:
    """Give the reason for which the last answer went back; empty where none did.

    Args:
        messages: The conversation so far, as PydanticAI keeps it.
    """
    requests = (message for message in reversed(messages) if isinstance(message, ModelRequest))
    return next(filter(None, map(_feedback, requests)), "")


def _feedback(message: ModelRequest) -> str:
    """Give the reason for which an answer went back; that nothing came is none."""
    parts = [part for part in message.parts if isinstance(part, RetryFeedbackPart)]
    return "; ".join(_reason(part) for part in parts if part.retry.cause != "no_output")


def _leave_out_refused(told: list[ModelMessage]) -> None:
    """Take the refused answer away, and the question where it stands right before it."""
    if told and isinstance(told[-1], ModelResponse):
        del told[-1]
    if told and isinstance(told[-1], ModelRequest) and _asked(told[-1]):
        del told[-1]


def _anew(asked: str, reasons: Sequence[str]) -> str:
    refused = "\n".join([_REFUSED, *dict.fromkeys(reasons)])
    return f"{asked}\n\n{refused}" if asked else refused


def _asked(message: ModelRequest) -> str:
    said = (part.content for part in message.parts if isinstance(part, UserPromptPart))
    return "\n\n".join(text for text in said if isinstance(text, str))


def _reason(part: RetryFeedbackPart) -> str:
    if isinstance(part.content, str):
        return part.content
    return CANNOT_BE_USED + "; ".join(_wrong(error) for error in part.content)


def _wrong(error: ErrorDetails) -> str:
    place = ".".join(str(step) for step in error["loc"])
    return f"{place}: {error['msg']}" if place else error["msg"]
