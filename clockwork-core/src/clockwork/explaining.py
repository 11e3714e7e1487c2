"""Who decided what, and what a model is asked: told from the user's file and the lock alone."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from clockwork.completion.answer import answer_model
from clockwork.completion.question import Question, given_values
from clockwork.completion.reason import asks_for_reasons, with_reason
from clockwork.completion.work import Work
from clockwork.errors import UsageError
from clockwork.placeholders import split_reference
from clockwork.report import values_of
from clockwork.resources.base import Resource
from clockwork.resources.targets import chosen, no_resource
from clockwork.results import FieldValue, LockedResource
from clockwork.suggestions import unknown

if TYPE_CHECKING:
    from clockwork.preparation import Preparation


@dataclass(frozen=True)
class ExplainedResource(LockedResource):
    """A resource with everything that is known of its values, also of those that need no lock.

    Attributes:
        unset: The fields that a model left unset.
        question: The digest of the question about what the file leaves open; empty when nothing is open.
        answered: The digest of the question that the lock's values answer; empty without any.
        given: What the question tells the model of the resource, by field.
        asked: The fields that the question asks for.
        forms: What an answer for each of these must look like, as JSON schema.
    """

    unset: tuple[str, ...] = ()
    question: str = ""
    answered: str = ""
    given: Mapping[str, Any] = field(default_factory=dict)
    asked: tuple[str, ...] = ()
    forms: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True)
class AskedQuestion:
    """What a model is asked in one go.

    Attributes:
        fields: The fields it is asked for.
        text: The words, as they are sent.
        form: The JSON schema of the answer; ``None`` where a plain text is asked for.
        is_answered: Whether the lock has the answer, so that it is only asked again when that is wanted.
    """

    fields: tuple[str, ...]
    text: str
    form: Mapping[str, Any] | None
    is_answered: bool


def explained(preparation: Preparation, targets: Collection[str]) -> list[ExplainedResource]:
    """Tell every value of a project's resources and who decided it; nothing is asked.

    Args:
        preparation: A run on a file, of which nothing is loaded yet.
        targets: The addresses to tell of; empty for all.

    Raises:
        ClockworkError: The file cannot be loaded, or the lock cannot be read.
    """
    declared = preparation.load()
    works = {work.address: work for work in preparation.completer.works(declared)}
    known = {one.address: one for one in preparation.completer.as_held(declared)}
    preparation.pinner.hold(list(known.values()))
    return [
        _explained(known[one.address], works.get(one.address), preparation)
        for one in chosen(declared, targets)
    ]


def split_field(named: str, resources: Collection[ExplainedResource]) -> tuple[ExplainedResource, str]:
    """Find the resource and the field that a person means by ``ADDRESS.FIELD``.

    Args:
        named: His words.
        resources: All resources.

    Raises:
        UsageError: There is no such resource, or it has no such field.
    """
    by_address = {one.address: one for one in resources}
    split = split_reference(named, by_address)
    if split is None:
        raise UsageError(
            f"{named!r} does not name a field of a resource",
            hint=f"Write ADDRESS.FIELD; the resources are: {', '.join(by_address)}.",
        )
    resource, name = by_address[split[0]], split[1]
    fields = {*resource.values, *resource.unset, *resource.lacking}
    if name not in fields:
        raise UsageError(
            unknown("nothing is known of the field", name, sorted(fields)), address=resource.address
        )
    return resource, name


def questions(preparation: Preparation, address: str) -> list[AskedQuestion]:
    """Word what a model is asked about a resource; nothing is sent.

    Args:
        preparation: A run on a file, of which nothing is loaded yet.
        address: The resource.

    Returns:
        The questions in their order; none when nothing is missing. Where the lock has all answers, those
        that are asked again with ``--refresh-completions``.

    Raises:
        ClockworkError: The file cannot be loaded, or the lock cannot be read.
        UsageError: There is no such resource.
    """
    declared = preparation.load()
    if address not in {one.address for one in declared}:
        raise no_resource(address, [one.address for one in declared])
    work = next((one for one in preparation.completer.works(declared) if one.address == address), None)
    if work is None:
        return []
    is_answered = not work.asked
    if is_answered:
        work.ask_anew()
    work.take_held()
    reasons = asks_for_reasons(preparation.settings)
    return [_asked(question, is_answered, reasons) for question in work.questions()]


def _asked(question: Question, is_answered: bool, reasons: bool) -> AskedQuestion:
    return AskedQuestion(
        question.fields,
        question.text,
        None if question.is_for_text else _form(question, reasons),
        is_answered,
    )


def _form(question: Question, reasons: bool) -> dict[str, Any]:
    answer = answer_model(type(question.resource), question.fields)
    return (with_reason(answer) if reasons else answer).model_json_schema()


def _explained(known: Resource, work: Work | None, preparation: Preparation) -> ExplainedResource:
    kind, values = type(known).__name__, values_of(known)
    if work is None:
        return ExplainedResource(known.address, kind, values)
    held = {
        name: FieldValue(one.value, one.provenance, known.pinned(name))
        for name, one in work.held_values().items()
    }
    return ExplainedResource(
        known.address,
        kind,
        {**{name: one for name, one in values.items() if name not in work.asked}, **held},
        work.asked,
        work.why_asked if work.asked else "",
        unset=tuple(name for name, value in work.held.items() if value is None),
        question=work.question.digest,
        answered=work.entry.question if work.entry else "",
        given=given_values(work.resource),
        asked=work.context.missing,
        forms=work.question.schema["properties"],
    )
