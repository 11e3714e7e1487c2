"""What is asked about one resource, and the digest that tells whether it was asked before."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

from pydantic_core import to_jsonable_python

from clockwork.completion import circumstances
from clockwork.completion.answer import answer_schema
from clockwork.completion.wording import Wording
from clockwork.hook_types import CompletionContext
from clockwork.resources.base import Resource
from clockwork.resources.fields import Completion, completion_of
from clockwork.tools.declared import tool_names

if TYPE_CHECKING:
    from clockwork.plugins.info import Failure
    from clockwork.plugins.manager import PluginManager

PROMPT_VERSION = 1
"""Raised when what is asked changes in a way that neither the prompt parts nor the schema show."""


@dataclass(frozen=True)
class Question:
    """The missing fields of a resource, in the words of the plugins.

    Attributes:
        resource: The resource as it is known.
        context: Its missing fields and the other resources.
        wording: The prompt: the parts of all plugins, in the order of their names, the wish last.
        lasting: Its words without the circumstances, which are others at another time and place.
        unsaid: The plugins that failed to add their parts; the question stands without them.
    """

    resource: Resource
    context: CompletionContext
    wording: Wording
    lasting: str
    unsaid: tuple[Failure, ...] = ()

    @classmethod
    def about(cls, resource: Resource, context: CompletionContext, plugins: PluginManager) -> Question:
        """Put the question about a resource into words.

        Args:
            resource: The resource as it is known.
            context: The fields to ask for, and the other resources.
            plugins: The plugins that word it.
        """
        said = plugins.ask("clockwork_completion_prompt", resource=resource, context=context)
        parts = [given.result for given in said.usable()]
        return cls(
            resource,
            context,
            Wording.of(circumstances.placed(parts)),
            Wording.of(circumstances.without(parts)).text,
            tuple(said.problems()),
        )

    @property
    def text(self) -> str:
        """All its words."""
        return self.wording.text

    @property
    def fields(self) -> tuple[str, ...]:
        """The fields that it asks for."""
        return self.context.missing

    @property
    def schema(self) -> dict[str, Any]:
        """The JSON schema of its answer; a long text is answered as plain text instead."""
        return answer_schema(type(self.resource), self.fields)

    @property
    def is_for_text(self) -> bool:
        """Whether it asks for one long text, which is answered as plain text."""
        return bool(self.fields) and long_fields(self.resource, self.fields) == self.fields

    @property
    def digest(self) -> str:
        """The digest of everything the answer depends on; address and circumstances are not among it."""
        asked = {
            "prompt": PROMPT_VERSION,
            "type": type(self.resource).__name__,
            "given": given_values(self.resource),
            "text": self.lasting,
            "schema": self.schema,
        }
        if self.resource.tools:
            asked["tools"] = tool_names(self.resource.tools)
        text = json.dumps(asked, sort_keys=True, separators=(",", ":"))
        return hashlib.sha256(text.encode()).hexdigest()[:32]


def given_values(resource: Resource) -> dict[str, Any]:
    """Give the fields of a resource that have a value, as JSON holds them; secrets are hidden.

    Args:
        resource: Any resource.
    """
    dumped = resource.model_dump(warnings=False)
    return {
        name: to_jsonable_python(_ordered(dumped[name]), fallback=lambda value: type(value).__name__)
        for name in type(resource).model_fields
        if dumped.get(name) is not None
    }


def short_fields(resource: Resource, fields: Iterable[str]) -> tuple[str, ...]:
    """Give those of the fields that are asked together, in one structured answer."""
    return tuple(f for f in fields if completion_of(type(resource), f) is not Completion.LONG_TEXT)


def long_fields(resource: Resource, fields: Iterable[str]) -> tuple[str, ...]:
    """Give those of the fields that are asked one by one, as plain text."""
    return tuple(f for f in fields if completion_of(type(resource), f) is Completion.LONG_TEXT)


def narrowed(context: CompletionContext, *fields: str) -> CompletionContext:
    """Give the same context with only some fields missing."""
    return replace(context, missing=fields)


def _ordered(value: Any) -> Any:
    """Give sets an order, so that the same resource has the same digest in every process."""
    if isinstance(value, Mapping):
        return {key: _ordered(item) for key, item in value.items()}
    if isinstance(value, set | frozenset):
        return sorted((_ordered(item) for item in value), key=repr)
    if isinstance(value, list | tuple):
        return [_ordered(item) for item in value]
    return value
