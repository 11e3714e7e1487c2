"""The questions about one resource: the short fields together, then each long text."""

from __future__ import annotations

import functools
from collections.abc import Callable, Mapping
from typing import Any

from clockwork.completion.answer import answer_model
from clockwork.completion.draft import RejectedError
from clockwork.completion.endpoint import Endpoint
from clockwork.completion.failures import InvalidAnswerError
from clockwork.completion.plain_text import own_value
from clockwork.completion.question import given_values
from clockwork.completion.tools import Toolbox
from clockwork.completion.work import Work
from clockwork.credentials import names_credential
from clockwork.errors import GuardError, ModelError
from clockwork.guard.policy import way_to_allow
from clockwork.ui.text import listed

_LONGEST = 60


async def ask(work: Work, endpoint: Endpoint, toolbox: Toolbox, tell: Callable[[str], object]) -> None:
    """Ask for everything that a resource still lacks, until its draft is whole.

    Args:
        work: The resource and what is asked for it.
        endpoint: The model that answers.
        toolbox: What the model may call.
        tell: Told what is asked, and why something is asked again.

    Raises:
        ModelError: The endpoint failed, or the model gave no valid answer.
        GuardError: A policy refused every answer.
        CompletionError: What the user wrote himself is not valid.
    """
    try:
        await _ask(work, endpoint, toolbox, tell)
    except InvalidAnswerError as error:
        if work.draft.rejection is None:
            raise
        raise _refused(work, work.draft.rejection, endpoint.model_name, error.tries) from None


async def _ask(work: Work, endpoint: Endpoint, toolbox: Toolbox, tell: Callable[[str], object]) -> None:
    draft, kind = work.draft, type(work.draft.resource)
    tools = toolbox.toolsets(draft.resource, work.context)

    async def accept(values: Mapping[str, Any]) -> None:
        try:
            await draft.accept(values)
        except RejectedError as rejection:
            tell(f"asking again: {rejection}")
            raise

    async def accept_text(field: str, text: str) -> None:
        await accept({field: own_value(text, field, given_values(draft.resource))})

    for question in work.questions():
        tell(f"asking the model for {listed(question.fields)}{_arrived(work)}")
        if question.is_for_text:
            (field,) = question.fields
            longest = question.schema["properties"][field].get("maxLength")
            await endpoint.text(question.wording, functools.partial(accept_text, field), tools, longest)
        else:
            form = answer_model(kind, question.fields)
            await endpoint.values(question.wording, form, accept, tools, draft.explain)


def _arrived(work: Work) -> str:
    """Say which values came with the answers before."""
    there = [field for field in work.asked if field in work.draft.values]
    return f"; {listed(there)} {'is' if len(there) == 1 else 'are'} there" if there else ""


def _refused(work: Work, rejection: RejectedError, model: str, tries: str) -> GuardError | ModelError:
    first = rejection.refusals[0]
    named, kind = first.field.partition(".")[0] or work.asked[0], type(work.draft.resource).__name__
    verdict = "the project's policy refuses" if rejection.by_policy else "it is not valid"
    told = "" if rejection.by_policy else _last_answer(rejection)
    failure = GuardError if rejection.by_policy else ModelError
    return failure(
        f"no answer of {model} can be used after {tries}, {verdict}: {rejection}{told}",
        address=work.address,
        field=first.field or None,
        hint=f"Write the value yourself, as in {kind}({named}=...), choose another model with --model or "
        f"CW_MODEL, or {way_to_allow(rejection.refusals) or 'allow more tries with CW_COMPLETION_RETRIES.'}",
    )


def _last_answer(rejection: RejectedError) -> str:
    """Tell the values that were refused, as far as they are short and may be shown."""
    shown = [
        f"{name}={value!r}"
        for name, value in rejection.values.items()
        if value is not None and not names_credential(name) and len(repr(value)) <= _LONGEST
    ]
    return f"; the last answer was {', '.join(shown)}" if shown else ""
