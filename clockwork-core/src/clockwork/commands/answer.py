"""The answer to a command line: in words or as one document, with the exit code."""

from __future__ import annotations

import sys
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

import click
from click.decorators import pass_meta_key

from clockwork.commands.wish import Wish, wish_of
from clockwork.errors import ClockworkError, UsageError
from clockwork.ui.screen import can_ask
from clockwork.ui.streams import kept_for_results

if TYPE_CHECKING:
    from clockwork.core import ClockworkCore

ANSWER = "clockwork.answer"

pass_answer = pass_meta_key(ANSWER, doc_description="the :class:`Answer` to the command line")
"""Gives a command of core its :class:`Answer` as the first argument."""


class Answer:
    """What one command line is answered with.

    Attributes:
        wish: The form that is wanted.
        asks: Whether a person is at a terminal, who can be asked.
        core: The pipeline that works, once there is one; it knows what it has done.
        document: The document, once it is known; it is printed when all else has ended.
    """

    def __init__(self) -> None:
        """Answer in words until more is known."""
        self.wish = Wish()
        self.asks = False
        self.core: ClockworkCore | None = None
        self.document: dict[str, Any] | None = None

    @property
    def json(self) -> bool:
        """Whether a document is wanted, and not words."""
        return self.wish.json

    @contextmanager
    def prepared(self, root: click.Group, words: Sequence[str]) -> Iterator[None]:
        """Find out the form that is wanted, and keep standard output for it.

        Args:
            root: The command that the words belong to.
            words: What was typed behind it.
        """
        self.wish = wish_of(root, words)
        self.asks = can_ask()
        with kept_for_results(self.wish.alone):
            yield

    def give(self, **names: Any) -> None:
        """Answer with a document of these names, between those that every document has.

        Args:
            **names: What the command found.
        """
        from clockwork.ui.json_document import FORMAT

        self.document = {"format": FORMAT, "command": self.wish.command, **names, "error": None}

    def fail(self, error: BaseException) -> int:
        """Answer with a failure: in words on standard error, and as a document where one is wanted.

        Args:
            error: Why the command failed or was stopped.

        Returns:
            The exit code.
        """
        from clockwork.ui.errors import error_lines, traceback_lines
        from clockwork.ui.screen import messages

        if self.json:
            from clockwork.ui.json_document import failure_document

            reached = self.core.result if self.core else None
            self.document = failure_document(self.wish.command, _in_our_words(error), reached)
        if self.wish.debug:
            messages().show(traceback_lines(error))
        if isinstance(error, click.ClickException):
            error.show()
        else:
            messages().show(error_lines(error))
        return _exit_code(error)

    def hand_over(self) -> None:
        """Print the document, if there is one, and let nothing wait to be written.

        Raises:
            OutputError: Standard output does not take it.
        """
        if self.document is not None:
            from clockwork.ui.json_document import dumped

            click.echo(dumped(self.document))
        sys.stdout.flush()


def _exit_code(error: BaseException) -> int:
    return int(getattr(error, "exit_code", 1))


def _in_our_words(error: BaseException) -> BaseException:
    if not isinstance(error, click.ClickException):
        return error
    kind = UsageError if isinstance(error, click.UsageError) else ClockworkError
    return kind(error.format_message())
