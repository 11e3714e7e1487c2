"""Why a model chose its values: asked for beside them, and never what makes an answer right or wrong."""

from __future__ import annotations

from functools import lru_cache
from typing import Annotated, Any

from pydantic import BaseModel, ConfigDict, WithJsonSchema, create_model

from clockwork.nearness import is_near
from clockwork.settings import Settings

NAME = "reason"
_LONGEST = 240
_FORM = {
    "anyOf": [{"type": "string", "maxLength": _LONGEST}, {"type": "null"}],
    "description": "why these values, in one short sentence; with the alternative, if one was close",
}


def asks_for_reasons(settings: Settings) -> bool:
    """Tell whether a model is asked for its reasons: what is near is small as a rule, and would be slower.

    Args:
        settings: The endpoint, and what the person said.
    """
    if settings.completion_reasons is not None:
        return settings.completion_reasons
    return not (settings.is_inside or is_near(settings.base_url))


@lru_cache(maxsize=1024)
def with_reason(answer_type: type[BaseModel]) -> type[BaseModel]:
    """Give the class of an answer at whose end a reason may stand, or anything else, or nothing.

    Args:
        answer_type: The class of the answer; it is given back where it has a field of that name itself.
    """
    if NAME in answer_type.model_fields:
        return answer_type
    return create_model(answer_type.__name__, __base__=(_Reasoned, answer_type), __doc__=answer_type.__doc__)


def short_reason(told: Any) -> str:
    """Give a reason in one line; nothing where it is no text, or not a short one.

    Args:
        told: What the model gave.
    """
    line = " ".join(told.split()) if isinstance(told, str) else ""
    return line if len(line) <= _LONGEST else ""


def _is_asked_for(schema: dict[str, Any]) -> None:
    """Name it among what is required, so that it is not forgotten; an answer without it is as good."""
    schema["properties"][NAME] = dict(_FORM)
    schema["required"] = [*schema.get("required", ()), NAME]


class _Reasoned(BaseModel):
    model_config = ConfigDict(json_schema_extra=_is_asked_for)

    reason: Annotated[Any, WithJsonSchema(_FORM)] = None
