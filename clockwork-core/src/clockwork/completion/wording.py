"""The words of a question: what is asked, examples, and the wish."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Self

from clockwork.hook_types import PromptPart

_EXAMPLES = "Other wishes, and good answers to them:"


@dataclass(frozen=True)
class Wording:
    """The words of a question.

    Attributes:
        about: What is asked, and how to answer.
        examples: Other wishes, each with a good answer.
        wish: What is wanted this time; empty where ``about`` says it all.
    """

    about: str
    examples: tuple[tuple[str, str], ...] = ()
    wish: str = ""

    @classmethod
    def of(cls, parts: Iterable[PromptPart]) -> Self:
        """Put the parts of all plugins together.

        Args:
            parts: Paragraphs, in the order of the plugins' names.
        """
        told = list(parts)
        return cls(
            "\n\n".join(part.text for part in told if not part.last and not part.answer),
            tuple((part.text, part.answer) for part in told if part.answer),
            "\n\n".join(part.text for part in told if part.last and not part.answer),
        )

    @property
    def text(self) -> str:
        """All of it as one text, which ends where the answer begins."""
        if not self.wish:
            return self.about
        examples = [f"{wish}\nAnswer: {answer}" for wish, answer in self.examples]
        heading = [_EXAMPLES] if examples else []
        return "\n\n".join([self.about, *heading, *examples, f"{self.wish}\nAnswer:"])

    @property
    def exchanges(self) -> list[tuple[str, str]]:
        """The examples as questions and answers that went before; the first question says what is asked.

        A model continues them more surely than it follows examples inside a text.
        """
        return [
            (f"{self.about}\n\n{wish}" if place == 0 else wish, answer)
            for place, (wish, answer) in enumerate(self.examples)
        ]

    @property
    def question(self) -> str:
        """What is asked after :attr:`exchanges`."""
        return self.wish if self.examples else self.text
