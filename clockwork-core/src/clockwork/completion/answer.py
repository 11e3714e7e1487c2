"""The shape of an answer: a model class that has the missing fields and nothing else."""

from __future__ import annotations

import types
from functools import lru_cache
from typing import Annotated, Any, Union, get_args, get_origin

from pydantic import BaseModel, ConfigDict, Field, create_model

from clockwork.resources.base import Resource
from clockwork.resources.fields import Completion, completion_of

_NOT_FOR_ANSWERS = frozenset(
    {"default", "default_factory", "alias", "alias_priority", "validation_alias", "serialization_alias"}
    | {"exclude", "exclude_if"}
)


@lru_cache(maxsize=1024)
def answer_model(resource_type: type[Resource], fields: tuple[str, ...]) -> type[BaseModel]:
    """Make the class of an answer.

    Constraints, patterns, descriptions and examples of the fields are kept. Every field must be
    answered; ``None`` is an answer only for a field marked as optional.

    Args:
        resource_type: The class of the resource.
        fields: The fields to answer.
    """
    members: dict[str, Any] = {name: (_annotation(resource_type, name), ...) for name in fields}
    return create_model(
        f"{resource_type.__name__}Answer",
        __config__=ConfigDict(extra="forbid", arbitrary_types_allowed=True),
        __doc__=f"The missing values of a {resource_type.__name__}.",
        **members,
    )


@lru_cache(maxsize=1024)
def answer_schema(resource_type: type[Resource], fields: tuple[str, ...]) -> dict[str, Any]:
    """Give the JSON schema of an answer.

    Args:
        resource_type: The class of the resource.
        fields: The fields to answer.
    """
    return answer_model(resource_type, fields).model_json_schema()


def _annotation(resource_type: type[Resource], name: str) -> Any:
    described = resource_type.model_fields[name].asdict()
    attributes = {k: v for k, v in described["attributes"].items() if k not in _NOT_FOR_ANSWERS}
    annotation = described["annotation"]
    if completion_of(resource_type, name) is not Completion.OPTIONAL:
        annotation = _without_none(annotation)
    return Annotated[(annotation, *described["metadata"], Field(**attributes))]


def _without_none(annotation: Any) -> Any:
    if get_origin(annotation) not in (Union, types.UnionType):
        return annotation
    return Union[tuple(part for part in get_args(annotation) if part is not types.NoneType)]  # noqa: UP007
