"""A resource on its way to completion: takes values in, and says why it refuses some."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from pydantic import ValidationError

from clockwork.completion.answer import answer_model
from clockwork.completion.reason import short_reason
from clockwork.errors import CompletionError
from clockwork.guard.policy import Guard, Verdict
from clockwork.guard.values import may_be_told
from clockwork.hook_types import CompletionContext, Refusal
from clockwork.provenance import Provenance
from clockwork.resources.base import Resource
from clockwork.validation import problems


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


@dataclass(frozen=True)
class _Taken:
    """A whole resource, and the values in it that did not come from the user.

    Attributes:
        whole: The resource.
        values: The values as JSON holds them.
        typed: The values as the class has them.
    """

    whole: Resource
    values: dict[str, Any]
    typed: dict[str, Any]

    def chosen(self, fields: Collection[str]) -> dict[str, Any]:
        """Give the values of some fields as the resource has them, without those that are unset."""
        found = {name: getattr(self.whole, name) for name in fields}
        return {name: value for name, value in found.items() if value is not None}


class Draft:
    """The values of one resource that did not come from the user, checked as they come in.

    Attributes:
        resource: The resource with all values accepted so far.
        values: Those values as JSON holds them; ``None`` for a field that is left unset.
        rejection: Why the last offered values were refused; ``None`` when they were accepted.
        unchecked: Why fields could not be checked, by field.
        reason: Why the model chose its short values, in its own words; empty where it did not say.
    """

    def __init__(self, resource: Resource, context: CompletionContext, guard: Guard) -> None:
        self.resource = resource
        self.context = context
        self.values: dict[str, Any] = {}
        self.rejection: RejectedError | None = None
        self._original = resource
        self.unchecked: dict[str, str] = {}
        self.reason = ""
        self._typed: dict[str, Any] = {}
        self._guard = guard

    async def accept(self, values: Mapping[str, Any]) -> None:
        """Take a model's values in, if the whole is valid with them, and no rule and no check refuses them.

        Args:
            values: Values by field, as JSON holds them.

        Raises:
            RejectedError: The values are not valid or not allowed; nothing was taken in.
            CompletionError: What the user wrote himself is not valid.
        """
        try:
            taken = self._judged(values)
            verdict = await self._verdict(taken, values)
            self._refuse(verdict.refusals or self._guard.claim(taken.whole, self.context.resources))
        except RejectedError as rejection:
            rejection.values = values
            self.rejection = rejection
            raise
        self.rejection = None
        still = {field: why for field, why in self.unchecked.items() if field not in values}
        self.unchecked = {**still, **verdict.unchecked}
        self._take(taken)

    def explain(self, told: Any) -> None:
        """Take in why the model chose its values, if it said so shortly and in words that may be kept.

        Args:
            told: What it said.
        """
        reason = short_reason(told)
        self.reason = reason if may_be_told(reason, self.resource) else ""

    def hold(self, values: Mapping[str, Any]) -> None:
        """Take values of the lock in, if the whole is valid with them and no rule refuses them.

        Args:
            values: Values by field, as JSON holds them.

        Raises:
            RejectedError: The values are not valid or not allowed; nothing was taken in.
            CompletionError: What the user wrote himself is not valid.
        """
        self._take(taken := self._judged(values))
        self._guard.claim(taken.whole)

    async def recheck(self, fields: Collection[str]) -> None:
        """Make checks of values of the lock that could not be made before.

        Args:
            fields: The fields that have the values.

        Raises:
            RejectedError: A value cannot be used.
        """
        verdict = await self._verdict(_Taken(self.resource, self.values, self._typed), fields)
        self._refuse(verdict.refusals)
        self.unchecked = dict(verdict.unchecked)

    def finished(self, provenance: Mapping[str, Provenance]) -> Resource:
        """Give the completed resource.

        Args:
            provenance: Who decided each value.
        """
        return self._original.completed(self._typed, provenance)

    def _judged(self, values: Mapping[str, Any]) -> _Taken:
        """Make the whole with more values, and hold it against its class and the rules."""
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
        taken = _Taken(whole, answer.model_dump(mode="json"), typed)
        self._refuse(self._guard.refusals(whole, taken.chosen(together), self.context))
        return taken

    async def _verdict(self, taken: _Taken, fields: Collection[str]) -> Verdict:
        return await self._guard.verdict(taken.whole, taken.chosen(fields), self.context)

    def _refuse(self, refusals: Sequence[Refusal]) -> None:
        if refusals:
            raise RejectedError(refusals, by_policy=True)

    def _take(self, taken: _Taken) -> None:
        self.resource, self.values, self._typed = taken.whole, taken.values, taken.typed

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
