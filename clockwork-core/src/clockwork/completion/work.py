"""One resource to complete: what the lock holds for it, and what is left to ask."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping
from dataclasses import replace
from datetime import UTC, date, datetime
from typing import TYPE_CHECKING, Any

from clockwork.completion.draft import Draft, RejectedError
from clockwork.completion.question import Question, long_fields, narrowed, short_fields
from clockwork.errors import ClockworkError, GuardError, LockError, PluginError
from clockwork.guard.policy import Guard, way_to_allow
from clockwork.hook_types import CompletionContext
from clockwork.lock import Lock, LockEntry, digest_of
from clockwork.provenance import Provenance, Source
from clockwork.resources.base import Resource
from clockwork.resources.fields import Completion, completion_of
from clockwork.results import FieldValue
from clockwork.ui.text import listed

if TYPE_CHECKING:
    from clockwork.plugins.info import Failure
    from clockwork.plugins.manager import PluginManager


class Work:
    """What has to be done to complete one resource.

    Attributes:
        resource: The resource as the person wrote it.
        address: The resource's address.
        draft: The resource with the values it has so far.
        context: All its missing fields, and the other resources.
        question: The question about all its missing fields, by which the lock knows it.
        held: The answers the lock has for it; ``None`` for a field that is left unset.
        asked: The fields that only a model can fill now.
        waits_for: The resources that it depends on and whose values its question does not tell yet.
        is_ready: Whether the lock's answers are in the draft, so that the rest can be asked for.
    """

    def __init__(
        self,
        resource: Resource,
        context: CompletionContext,
        lock: Lock,
        plugins: PluginManager,
        guard: Guard,
        *,
        refresh: bool,
        keep: bool,
        declared: Collection[str],
    ) -> None:
        """Find out what the lock holds.

        Args:
            resource: A resource that needs completion.
            context: All its missing fields, and the project's resources as far as they are known.
            lock: The project's lock.
            plugins: The plugins that word the question.
            guard: Who checks the values.
            refresh: Whether to ask again for everything.
            keep: Whether the values from before the question changed stay, as the person's own.
            declared: The addresses of all resources, also of those that are not worked on.
        """
        self.resource, self.address = resource, resource.address
        self.context = context
        self.draft = Draft(resource, context, guard)
        self._type = type(resource)
        self._lock = lock
        self._plugins = plugins
        self.question = Question.about(resource, context, plugins)
        self._digest = self.question.digest
        lock.follow(resource.address, self._digest, declared)
        self._entry = lock.entry(resource.address)
        if keep and self._entry is not None:
            self._entry = self._entry.kept(self._digest, resource.description or "")
        self._unchecked = self._entry.unchecked if self._entry else ()
        self.held: dict[str, Any] = {} if refresh else dict(self._still_valid())
        self.waits_for: tuple[str, ...] = ()
        self.is_ready = False
        self.asked = tuple(field for field in self.context.missing if field not in self.held)
        self._refresh = refresh

    @property
    def why_asked(self) -> str:
        """Why the lock does not answer."""
        if self.waits_for:
            return f"it depends on {listed(self.waits_for)}"
        if self._entry is None:
            return "not in the lock"
        return "its question changed" if self._entry.question != self._digest else "missing in the lock"

    @property
    def entry(self) -> LockEntry | None:
        """What the lock holds for it, whatever question that answers."""
        return self._entry

    async def takes_answers_of(self, other: Work) -> bool:
        """Take the answers that the same question got for another resource, if it may have them too.

        Two resources cannot be the same real thing, so what claims one is asked about for itself.

        Args:
            other: The other resource, completed.
        """
        if other.draft.resource.claims():
            return False
        try:
            await self.draft.accept({name: other.draft.values[name] for name in self.asked})
        except RejectedError:
            return False
        self.draft.explain(other.draft.reason)
        return True

    def ask_anew(self) -> None:
        """Leave aside what the lock holds, and ask for everything."""
        self.held, self.asked, self._refresh = {}, self.context.missing, True

    def questions(self) -> Iterator[Question]:
        """Word what is asked, one after the other: the short fields together, then each long text.

        A text is worded when it is asked for, with the values that are known by then.
        """
        if short := short_fields(self.draft.resource, self.asked):
            yield self._about(*short)
        for field in long_fields(self.draft.resource, self.asked):
            yield self._about(field)

    def _about(self, *fields: str) -> Question:
        return Question.about(self.draft.resource, narrowed(self.context, *fields), self._plugins)

    def take_held(self) -> None:
        """Take the lock's values into the draft.

        Raises:
            GuardError: A policy refuses a value of the lock.
            LockError: A value of the lock is not valid.
            PluginError: A plugin failed to add to the question, so nobody can tell whether the lock
                answers it.
        """
        if self.question.unsaid and self.asked and self._has_answers_to_another_question:
            raise self._incomparable(self.question.unsaid[0])
        if self.held:
            try:
                self.draft.hold(self.held)
            except RejectedError as rejection:
                raise self._refused_in_lock(rejection) from None
        self.is_ready = True

    async def recheck(self, *, locked: bool) -> None:
        """Make the checks of the lock's values that could not be made when they were answered.

        Args:
            locked: Whether nothing may be looked up; the values then stay unchecked.

        Raises:
            LockError: A value cannot be used.
        """
        fields = [field for field in self._unchecked if field in self.held]
        if locked:
            self.draft.unchecked = dict.fromkeys(fields, "--locked looks nothing up")
        elif fields:
            try:
                await self.draft.recheck(fields)
            except RejectedError as rejection:
                self.is_ready = False
                raise self._refused_in_lock(rejection) from None

    def finished(self, model: str | None) -> Resource:
        """Give the completed resource and put its entry into the lock.

        Args:
            model: The model that was asked; ``None`` when the lock answered alone.
        """
        self._put(model)
        provenance = {
            field: replace(self._provenance(field, model), unchecked=self.draft.unchecked.get(field, ""))
            for field in self.context.missing
        }
        return self.draft.finished(provenance | self._reworded)

    def keep(self, model: str) -> None:
        """Put what was answered so far into the lock, so that it is not asked again.

        An entry that answers an earlier question, or is asked for anew, stays until all is known.

        Args:
            model: The model that was asked.
        """
        is_in_the_way = self._entry is not None and self._entry.question != self._digest
        if self.lacking != self.asked and not (self._refresh or is_in_the_way):
            self._put(model)

    @property
    def lacking(self) -> tuple[str, ...]:
        """The fields that no answer was accepted for yet."""
        return tuple(field for field in self.asked if field not in self.draft.values)

    def _put(self, model: str | None) -> None:
        values = {**{f: v for f, v in self.draft.values.items() if f in self.asked}, **self.held}
        self._lock.put(
            self.address,
            LockEntry(
                type=self._type.__name__,
                question=self._digest,
                model=model or (self._entry.model if self._entry else ""),
                values={field: value for field, value in values.items() if value is not None},
                unset=tuple(field for field, value in values.items() if value is None),
                digests=dict(self._digests(values)),
                description=self._description,
                unchecked=tuple(sorted(self.draft.unchecked)),
                answered=self._answered(model),
                replaced=dict(self._replaced(values)),
                reason=self._reason,
            ),
        )

    def held_values(self) -> dict[str, FieldValue]:
        """The values that the lock has for it, each with the one who decided it."""
        return {
            name: FieldValue(value, self._provenance(name, None))
            for name, value in self.held.items()
            if value is not None
        }

    def _still_valid(self) -> Iterator[tuple[str, Any]]:
        """Give the lock's answers to this very question, and those that a person made his own."""
        if self._entry is None:
            return
        for field, value in self._entry.answers.items():
            may_stay_unset = field in self.context.missing and (
                value is not None or completion_of(self._type, field) is Completion.OPTIONAL
            )
            if may_stay_unset and (self._entry.question == self._digest or self._entry.is_edited(field)):
                yield field, value

    def _digests(self, values: dict[str, Any]) -> Iterator[tuple[str, str]]:
        """Give each value's digest; an edited value keeps the one of the answer it replaced."""
        for field, value in values.items():
            if not self._is_edited(field):
                yield field, digest_of(value)
            elif self._entry is not None and field in self._entry.digests:
                yield field, self._entry.digests[field]

    @property
    def _reason(self) -> str:
        """Why the model chose the short values: what it said now, or with the answers that are held."""
        if self.draft.reason or self._entry is None or self._entry.question != self._digest:
            return self.draft.reason
        return self._entry.reason

    def _answered(self, model: str | None) -> date | None:
        """Give the day of the answers; a model that is asked answers today."""
        if model is not None:
            return datetime.now(UTC).date()
        return self._entry.answered if self._entry else None

    def _replaced(self, values: Mapping[str, Any]) -> Iterator[tuple[str, Any]]:
        """Give the values that are deployed, as far as is known, where others stand in the lock now."""
        for field, value in values.items():
            before = self._before(field)
            if before is not None and before != value:
                yield field, before
        if provenance := self._reworded.get("description"):
            yield "description", provenance.previous

    def _before(self, field: str) -> Any:
        """Give the value that a field had before the answer that is not deployed yet."""
        if self._entry is None:
            return None
        before = self._entry.replaced.get(field)
        return self._entry.answers.get(field) if before is None and field in self.asked else before

    def _is_edited(self, field: str) -> bool:
        return field in self.held and self._entry is not None and self._entry.is_edited(field)

    def _provenance(self, field: str, model: str | None) -> Provenance:
        if self._is_edited(field):
            return Provenance(Source.EDITED)
        answered = self._answered(model if field in self.asked else None)
        is_held = field in self.held and self._entry is not None
        return Provenance(
            Source.MODEL,
            self._entry.model if is_held and self._entry else model,
            asked_now=not is_held,
            previous=self._before(field),
            answered=answered,
            reason="" if completion_of(self._type, field) is Completion.LONG_TEXT else self._reason,
        )

    @property
    def _description(self) -> str:
        """The words that the answers of the lock are for; those of an older lock stay unknown."""
        if self._entry is not None and self._entry.question == self._digest and not self.asked:
            return self._entry.description
        return self.draft.resource.description or ""

    @property
    def _reworded(self) -> dict[str, Provenance]:
        """The description's provenance, where other words than now were answered before."""
        previous = self._entry and (self._entry.replaced.get("description") or self._entry.description)
        if not previous or previous == (self.draft.resource.description or ""):
            return {}
        return {"description": Provenance(Source.USER, previous=previous)}

    @property
    def _has_answers_to_another_question(self) -> bool:
        return not self._refresh and self._entry is not None and self._entry.question != self._digest

    def _incomparable(self, failure: Failure) -> PluginError:
        return PluginError(
            f"{failure.message}; without it nobody can tell whether the lock answers the question",
            address=self.address,
            hint=f"{failure.error.hint}\nTo ask anew without it: --refresh-completions '{self.address}'.",
        )

    def _refused_in_lock(self, rejection: RejectedError) -> ClockworkError:
        first = rejection.refusals[0]
        kind = GuardError if rejection.by_policy else LockError
        way = way_to_allow(rejection.refusals)
        return kind(
            f"the value in the lock cannot be used: {first.reason}",
            address=self.address,
            field=first.field or None,
            file=self._lock.path,
            hint=f"Correct it there, write the field yourself, or ask again with "
            f"--refresh-completions '{self.address}'." + (f" Or {way}" if way else ""),
        )
