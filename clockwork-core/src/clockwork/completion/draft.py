"""A resource on its way to completion: takes values in, and says why it refuses some."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

from pydantic import ValidationError

from clockwork.completion.answer import answer_model
from clockwork.errors import CompletionError
from clockwork.hook_types import CompletionContext, Refusal
from clockwork.provenance import Provenance
from clockwork.resources.base import Resource
from clockwork.validation import problems

if TYPE_CHECKING:
    from clockwork.plugins.manager import PluginManager


class RejectedError(Exception):
    """Values that cannot be used, and why; a reason for the model, or for whoever edited them.

    Attributes:
        refusals: What is wrong, by field; the field is empty where the whole is wrong.
        by_policy: Whether the values are valid but a policy forbids them.
        values: The values.
    """

    def __init__(self, refusals: Sequence[Refusal], *, by_policy: bool = False) -> None:
        self.refusals = tuple(refusals)
        self.by_policy = by_policy
        self.values: Mapping[str, Any] = {}
        super().__init__("; ".join(f"{r.field}: {r.reason}" if r.field else r.reason for r in self.refusals))


class Draft:
    """The values of one resource that did not come from the user, checked as they come in.

    Attributes:
        resource: The resource with all values accepted so far.
        values: Those values as JSON holds them; ``None`` for a field that is left unset.
        rejection: Why the last offered values were refused; ``None`` when they were accepted.
    """

    def __init__(self, resource: Resource, context: CompletionContext, plugins: PluginManager) -> None:
        self.resource = resource
        self.context = context
        self.values: dict[str, Any] = {}
        self.rejection: RejectedError | None = None
        self._original = resource
        self._typed: dict[str, Any] = {}
        self._plugins = plugins

    def accept(self, values: Mapping[str, Any]) -> None:
        """Take values in, if the whole resource is valid with them and no policy refuses them.

        Args:
            values: Values by field, as JSON holds them.

        Raises:
            RejectedError: The values are not valid or not allowed; nothing was taken in.
            CompletionError: What the user wrote himself is not valid.
        """
        try:
            self._accept(values)
        except RejectedError as rejection:
            rejection.values = values
            self.rejection = rejection
            raise
        self.rejection = None

    def finished(self, provenance: Mapping[str, Provenance]) -> Resource:
        """Give the completed resource.

        Args:
            provenance: Who decided each value.
        """
        return self._original.completed(self._typed, provenance)

    def _accept(self, values: Mapping[str, Any]) -> None:
        together = {**self.values, **values}
        try:
            answer = answer_model(type(self._original), tuple(together)).model_validate(together)
        except ValidationError as error:
            raise RejectedError(_refusals(error)) from None
        typed = {name: getattr(answer, name) for name in together}
        try:
            whole = self._original.completed(typed, {})
        except ValidationError as error:
            raise self._blamed(error) from None
        chosen = {name: getattr(whole, name) for name in together if getattr(whole, name) is not None}
        refusals = self._plugins.results(
            "clockwork_check_completion", resource=whole, values=chosen, context=self.context
        )
        if refusals:
            raise RejectedError(refusals, by_policy=True)
        self.resource, self.values, self._typed = whole, answer.model_dump(mode="json"), typed

    def _blamed(self, error: ValidationError) -> RejectedError | CompletionError:
        """Tell the user's own mistakes from the model's; only the model's go back to it."""
        own = [r for r in _refusals(error) if not self._is_users(r.field)]
        if own:
            return RejectedError(own)
        first = _refusals(error)[0]
        return CompletionError(
            f"the value you wrote is not valid: {first.reason}",
            address=self._original.address,
            field=first.field,
        )

    def _is_users(self, field: str) -> bool:
        name = field.partition(".")[0]
        return name in type(self._original).model_fields and name not in self.context.missing


def _refusals(error: ValidationError) -> list[Refusal]:
    return [Refusal(problem.field, problem.message) for problem in problems(error)]
