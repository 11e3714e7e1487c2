"""The questions about one resource: the short fields together, then each long text."""

from __future__ import annotations

import functools
from typing import TYPE_CHECKING

from clockwork.completion.answer import answer_model, answer_schema
from clockwork.completion.draft import Draft, RejectedError
from clockwork.completion.endpoint import Endpoint
from clockwork.completion.failures import InvalidAnswerError
from clockwork.completion.question import Question, long_fields, narrowed, short_fields
from clockwork.completion.tools import tools_for
from clockwork.completion.work import Work
from clockwork.errors import GuardError, ModelError

if TYPE_CHECKING:
    from clockwork.plugins.manager import PluginManager


async def ask(work: Work, endpoint: Endpoint, plugins: PluginManager) -> None:
    """Ask for everything that a resource still lacks, until its draft is whole.

    Args:
        work: The resource and what is asked for it.
        endpoint: The model that answers.
        plugins: The plugins that word the questions and offer tools.

    Raises:
        ModelError: The endpoint failed, or the model gave no valid answer.
        GuardError: A policy refused every answer.
        CompletionError: What the user wrote himself is not valid.
    """
    try:
        await _ask(work, endpoint, plugins)
    except InvalidAnswerError:
        if work.draft.rejection is None:
            raise
        raise _refused(work, work.draft.rejection, endpoint.model_name) from None


async def _ask(work: Work, endpoint: Endpoint, plugins: PluginManager) -> None:
    draft, kind = work.draft, type(work.draft.resource)
    tools = tools_for(draft.resource, work.context, plugins)
    if short := short_fields(draft.resource, work.asked):
        question = Question.about(draft.resource, narrowed(work.context, *short), plugins)
        await endpoint.values(question.text, answer_model(kind, short), draft.accept, tools)
    for field in long_fields(draft.resource, work.asked):
        question = Question.about(draft.resource, narrowed(work.context, field), plugins)
        longest = answer_schema(kind, (field,))["properties"][field].get("maxLength")
        await endpoint.text(question.text, functools.partial(_accept_text, draft, field), tools, longest)


def _accept_text(draft: Draft, field: str, text: str) -> None:
    draft.accept({field: text})


def _refused(work: Work, rejection: RejectedError, model: str) -> GuardError | ModelError:
    first = rejection.refusals[0]
    named, kind = first.field.partition(".")[0] or work.asked[0], type(work.draft.resource).__name__
    verdict = "the project's policy refuses" if rejection.by_policy else "it is not valid"
    failure = GuardError if rejection.by_policy else ModelError
    return failure(
        f"no answer of {model} can be used, {verdict}: {rejection}",
        address=work.address,
        field=first.field or None,
        hint=f"Write the value yourself, as in {kind}({named}=...), or choose another model "
        "with --model or CW_MODEL.",
    )
