"""One small completion, to see whether a model does what is asked of it."""

from __future__ import annotations

import tempfile
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Optional

from clockwork.errors import ModelError
from clockwork.hook_types import Event
from clockwork.lock import Lock
from clockwork.resource_completer import ResourceCompleter
from clockwork.resources.base import Resource
from clockwork.resources.fields import completable
from clockwork.results import CompletionReport
from clockwork.settings import Settings


class Note(Resource):
    """A note in a text file."""

    name: Optional[str] = completable(  # type: ignore[assignment]
        "the file's name with its extension", pattern=r"^[\w.-]+\.\w+$", examples=["notes.md", "todo.txt"]
    )


@dataclass(frozen=True)
class Trial:
    """What came of a small completion.

    Attributes:
        endpoint: What answered, in words.
        model: The model.
        answer: What it chose as the name of a note about tea.
        mode: How it was asked for a structured answer, such as ``native``.
        seconds: How long that took.
        cost: Requests and tokens.
    """

    endpoint: str
    model: str
    answer: str
    mode: str
    seconds: float
    cost: CompletionReport


async def tried(settings: Settings, observe: Callable[[Event], None]) -> Trial:
    """Have a model complete something small, in the way of every completion; no project is touched.

    Args:
        settings: The model and its endpoint.
        observe: Told what happens.

    Raises:
        ModelError: The endpoint failed, or no answer was accepted.
    """
    modes: list[str] = []

    def watch(event: Event) -> None:
        if event.kind == "completion.done":
            modes.append(str(event.data["mode"]))
        observe(event)

    with tempfile.TemporaryDirectory(prefix="clockwork-") as folder:
        completer = ResourceCompleter(settings, Lock(Path(folder) / "clockwork.lock"), observe=watch)
        note = Note(description="a note about tea")
        note.place("test", Path(folder))
        started = time.perf_counter()
        try:
            (done,) = await completer.complete([note])
        except ModelError as error:
            raise ModelError(completer.failed.get(note.address, error.message), hint=error.hint) from None
        seconds = time.perf_counter() - started
    return Trial(
        settings.endpoint, settings.model, str(done.name), modes[-1], round(seconds, 3), completer.report
    )
