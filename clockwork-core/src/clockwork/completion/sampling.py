"""How freely a model may choose its words: not at all at first, and more after an answer was refused."""

from __future__ import annotations

from collections.abc import Sequence

from pydantic_ai.messages import ModelMessage, ToolReturnPart

_SURE = 0.0
_FREER = 0.7


def temperature(messages: Sequence[ModelMessage], answers: int) -> float:
    """Give the temperature of the next answer.

    At the same one, a small model gives the answer that was refused once more, word for word.

    Args:
        messages: The conversation so far.
        answers: How many answers there were to the question; calls of tools are among them.
    """
    told = [part for part in messages[-1].parts if isinstance(part, ToolReturnPart)]
    was_refused = answers > 0 and all(part.outcome != "success" for part in told)
    return _FREER if was_refused else _SURE
