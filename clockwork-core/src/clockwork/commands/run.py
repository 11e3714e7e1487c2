"""How every run is carried out: the pipeline, its progress, the question, and what it shows."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, TypeVar

from clockwork.commands.options import RunOptions
from clockwork.commands.question import Question
from clockwork.errors import ClockworkError
from clockwork.ui.progress import progress
from clockwork.ui.screen import messages, results

if TYPE_CHECKING:
    from clockwork.core import ClockworkCore
    from clockwork.hook_types import Event
    from clockwork.results import RunResult
    from clockwork.ui.text import Line

T = TypeVar("T")
Work = Callable[["ClockworkCore", Path], "RunResult"]
View = Callable[["RunResult"], "list[Line]"]


def carry_out(options: RunOptions, work: Work, view: View, *, question: str | None = None) -> RunResult:
    """Run the pipeline, show what comes of it, and give it back.

    Args:
        options: What the command line says.
        work: What to do with the pipeline.
        view: How a person sees the result.
        question: What to ask before anything changes, if a person is there to answer.

    Raises:
        ClockworkError: The run failed; what was done until then has been shown.
    """
    from clockwork.core import ClockworkCore

    asks = options.answer.asks and not options.yes
    try:
        with progress(messages()) as told:
            at_results = results().terminal and not options.answer.json
            screen = results() if at_results else messages()
            confirm = Question(question, str(options.file), screen, told) if question and asks else None
            core = ClockworkCore(
                options.settings(),
                observe=told,
                confirm=confirm,
                locked=options.locked,
                refresh_completions=options.refresh,
                keep_completions=options.keep,
            )
            options.answer.core = core
            result = work(core, options.file)
    except ClockworkError as error:
        if error.result is not None and not options.answer.json and _has_something_to_show(error.result):
            results().show(view(error.result))
        raise
    has_seen_plan = confirm is not None and confirm.answered and at_results
    _show(options, result, _brief if has_seen_plan else view)
    return result


def quietly(
    options: RunOptions,
    look: Callable[[ClockworkCore, Path], T],
    observe: Callable[[Event], None] | None = None,
) -> T:
    """Look something up with the pipeline, and show nothing of it.

    Args:
        options: What the command line says.
        look: What to look up.
        observe: Told what happens.

    Raises:
        ClockworkError: It cannot be found out.
    """
    from clockwork.core import ClockworkCore

    return look(ClockworkCore(options.settings(), observe=observe), options.file)


def _show(options: RunOptions, result: RunResult, view: View) -> None:
    if options.answer.json:
        from clockwork.ui.json_document import run_document

        options.answer.document = run_document(result)
    else:
        results().show(view(result))


def _brief(result: RunResult) -> list[Line]:
    from clockwork.ui.plan_view import brief_lines

    return brief_lines(result, width=results().width)


def _has_something_to_show(result: RunResult) -> bool:
    """Tell whether the engine or the assertions said anything; all else is in the error."""
    return result.failed or bool(result.assertions)
