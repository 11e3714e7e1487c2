"""How an author says what the model may fill: one idiom, four words.

======================  =====================================================================
``completable(...)``    a short value the model may choose (also what a plain ``Optional`` is)
``long_text(...)``      a text the model writes on its own, as plain text
``optional(...)``       completable, and "leave it unset" is a legal answer
``not_completable(...)``  the user's alone; never sent for completion
======================  =====================================================================
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from pydantic import BaseModel, Field
from pydantic.fields import FieldInfo

from clockwork.validation import holds_secret


class Completion(StrEnum):
    """What the model may do with a field that the user left out."""

    SHORT = "short"
    LONG_TEXT = "long text"
    OPTIONAL = "optional"
    NEVER = "never"


@dataclass(frozen=True)
class CompletionMark:
    """The mark that :func:`completable` and its siblings leave in a field's metadata."""

    completion: Completion


def completable(
    description: str,
    *,
    pattern: str | None = None,
    examples: Sequence[Any] | None = None,
    min_length: int | None = None,
    max_length: int | None = None,
    ge: float | None = None,
    le: float | None = None,
    answer_pattern: str | None = None,
) -> Any:
    """Mark a field as one the model may choose when the user leaves it out.

    Args:
        description: What the value is, told to the model in a few words.
        pattern: A regular expression the value must match.
        examples: Two or three good values; small models need them.
        min_length: Fewest characters, or items of a list.
        max_length: Most characters, or items of a list.
        ge: Smallest number allowed.
        le: Largest number allowed.
        answer_pattern: A narrower form for a model's answers; a person may write what ``pattern`` takes.

    Returns:
        A Pydantic field with the default ``None``.
    """
    return _marked(
        Completion.SHORT, description, pattern, examples, min_length, max_length, ge, le, answer_pattern
    )


def long_text(
    description: str,
    *,
    examples: Sequence[str] | None = None,
    min_length: int | None = None,
    max_length: int | None = None,
) -> Any:
    """Mark a text the model writes on its own, as plain text, after the short fields.

    Args:
        description: What the text is.
        examples: Good texts, if short ones exist.
        min_length: Fewest characters.
        max_length: Most characters.

    Returns:
        A Pydantic field with the default ``None``.
    """
    return _marked(Completion.LONG_TEXT, description, None, examples, min_length, max_length, None, None)


def optional(
    description: str,
    *,
    pattern: str | None = None,
    examples: Sequence[Any] | None = None,
    min_length: int | None = None,
    max_length: int | None = None,
    ge: float | None = None,
    le: float | None = None,
) -> Any:
    """Mark a field the model may choose or deliberately leave unset.

    Args:
        description: What the value is, and when it is needed.
        pattern: A regular expression the value must match.
        examples: Two or three good values.
        min_length: Fewest characters, or items of a list.
        max_length: Most characters, or items of a list.
        ge: Smallest number allowed.
        le: Largest number allowed.

    Returns:
        A Pydantic field with the default ``None``.
    """
    return _marked(Completion.OPTIONAL, description, pattern, examples, min_length, max_length, ge, le)


def not_completable(description: str, *, default: Any = None, pattern: str | None = None) -> Any:
    """Mark a field that is the user's alone: never sent for completion.

    Args:
        description: What the value is, for the documentation and the editor.
        default: The value when the user writes none.
        pattern: A regular expression the value must match.

    Returns:
        A Pydantic field.
    """
    info: Any = Field(default=default, description=description, pattern=pattern)
    return _with_mark(info, Completion.NEVER)


def worked_examples(model: type[BaseModel]) -> list[dict[str, Any]]:
    """Give the ``examples`` of a class's JSON schema: whole resources, each with a description.

    Args:
        model: The class, with ``model_config = ConfigDict(json_schema_extra={"examples": [...]})``.
    """
    extra = model.model_config.get("json_schema_extra")
    examples = extra.get("examples") if isinstance(extra, dict) else None
    given = examples if isinstance(examples, list) else []
    return [one for one in given if isinstance(one, dict) and isinstance(one.get("description"), str)]


def completion_of(model: type[BaseModel], field: str) -> Completion:
    """Tell what the model may do with a field.

    An unmarked field is completable when ``None`` is its default, as in the plain
    ``Optional[str] = None``; any other unmarked field is the user's alone. So is every field
    that holds a Pydantic secret, however it is marked.

    Args:
        model: The class that has the field.
        field: The field's name.
    """
    info = model.model_fields[field]
    if holds_secret(info.annotation):
        return Completion.NEVER
    for mark in info.metadata:
        if isinstance(mark, CompletionMark):
            return mark.completion
    has_none_default = info.default is None and info.default_factory is None and not info.is_required()
    return Completion.SHORT if has_none_default else Completion.NEVER


def _marked(
    completion: Completion,
    description: str,
    pattern: str | None,
    examples: Sequence[Any] | None,
    min_length: int | None,
    max_length: int | None,
    ge: float | None,
    le: float | None,
    answer_pattern: str | None = None,
) -> Any:
    info: Any = Field(
        default=None,
        description=description,
        pattern=pattern,
        examples=None if examples is None else list(examples),
        min_length=min_length,
        max_length=max_length,
        ge=ge,
        le=le,
        json_schema_extra=None if answer_pattern is None else {"pattern": answer_pattern},
    )
    return _with_mark(info, completion)


def _with_mark(info: FieldInfo, completion: Completion) -> Any:
    info.metadata.append(CompletionMark(completion))
    return info
