"""What a model answered to one question, and what is wrong with its last answer."""

from __future__ import annotations

from dataclasses import dataclass

from pydantic import BaseModel, ValidationError
from pydantic_ai.messages import ModelResponse

from clockwork.completion.plain_text import unfenced
from clockwork.validation import problems

_ANSWER_TOOL = "final_result"
_LONGEST = 80


@dataclass
class Heard:
    """The answers to one question.

    Attributes:
        answers: How many there were.
        last: The last one; ``None`` when something else came instead of it.
    """

    answers: int = 0
    last: ModelResponse | None = None

    @property
    def tries(self) -> str:
        """How often the model answered, in words."""
        return "1 try" if self.answers == 1 else f"{self.answers} tries"

    def fault(self, answer_type: type[BaseModel] | None) -> str | None:
        """Say what is wrong with the last answer, as in ``was empty``; ``None`` when there is none.

        Args:
            answer_type: The class of a structured answer; ``None`` where a plain text was asked for.
        """
        if self.last is None:
            return None
        if self.last.finish_reason == "length":
            return "was cut off, because it became too long"
        for call in self.last.tool_calls:
            if call.tool_name != _ANSWER_TOOL:
                return f"called a tool {call.tool_name!r} that does not exist, or called it wrongly"
        given = [call.args_as_json_str() for call in self.last.tool_calls]
        text = unfenced(given[-1] if given else self.last.text or "")
        if not text:
            return "was empty"
        return _refused(text, answer_type) or "has a form that was not asked for"


def _refused(text: str, answer_type: type[BaseModel] | None) -> str | None:
    if answer_type is None:
        return None
    try:
        answer_type.model_validate_json(text)
    except ValidationError as error:
        if any(one["type"] == "json_invalid" for one in error.errors(include_url=False)):
            return f"was not the JSON that was asked for, but {_shortened(text)!r}"
        return f"had wrong values ({'; '.join(map(str, problems(error)))})"
    return None


def _shortened(text: str) -> str:
    line = " ".join(text.split())
    return line if len(line) <= _LONGEST else line[: _LONGEST - 1] + "…"
