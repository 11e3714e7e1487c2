"""The last way to a structured answer: a plain text, and the JSON that is read out of it."""

from __future__ import annotations

import json
import re
from contextlib import suppress
from typing import Any, TypeVar

from pydantic import BaseModel, ValidationError

_Answer = TypeVar("_Answer", bound=BaseModel)
_MARKS = re.compile(r"\{|</think>")
"""What may begin an object, and what ends the thoughts of a model."""
_REQUEST = """\
Answer with one JSON object that fits this JSON schema, and with nothing else:
{schema}"""


def asking_for_json(prompt: str, answer_type: type[BaseModel]) -> str:
    """Put the schema of the answer behind a question, for an endpoint that knows no other way.

    Args:
        prompt: The question.
        answer_type: The class of the answer.
    """
    schema = json.dumps(answer_type.model_json_schema(), ensure_ascii=False)
    return f"{prompt}\n\n{_REQUEST.format(schema=schema)}"


def read_json(text: str, answer_type: type[_Answer]) -> _Answer:
    """Read the answer out of a text: the first JSON object in it that fits.

    Args:
        text: What the model wrote; what it thought before is left out.
        answer_type: The class of the answer.

    Raises:
        ValidationError: No object fits; the faults are those of the last one.
        ValueError: There is no JSON object.
    """
    fault: ValidationError | None = None
    for found in json_objects(text):
        try:
            return answer_type.model_validate(found)
        except ValidationError as error:
            fault = error
    raise fault or ValueError("there is no JSON object in the answer")


def json_objects(text: str) -> list[dict[str, Any]]:
    """Give the JSON objects that stand in a text, in their order, without those inside another one.

    What a model thought before does not count; the mark that ends it does not, inside an object.

    Args:
        text: Any text.
    """
    decoder = json.JSONDecoder()
    found: list[dict[str, Any]] = []
    place = 0
    while (mark := _MARKS.search(text, place)) is not None:
        place = mark.end()
        if mark[0] != "{":
            found.clear()
            continue
        with suppress(ValueError, RecursionError):
            value, place = decoder.raw_decode(text, mark.start())
            found.append(value)
    return found
