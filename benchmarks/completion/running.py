"""Runs the prompts through Clockwork's own completion, and counts."""

from __future__ import annotations

import re
import time
from collections.abc import Callable, Sequence
from dataclasses import asdict, dataclass, field
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from clockwork.completion.model import build_model
from clockwork.completion.question import long_fields, short_fields
from clockwork.errors import ClockworkError
from clockwork.lock import Lock
from clockwork.plugins.manager import get
from clockwork.resource_completer import ResourceCompleter
from clockwork.resources.base import Resource
from clockwork.settings import Settings
from completion.checks import verdicts
from completion.prompts import Prompt
from completion.recording import Recording


@dataclass
class Outcome:
    """What came of one prompt.

    Attributes:
        name: The prompt.
        held_out: Whether it was kept aside.
        valid: Whether it was completed, within the retries.
        first: Whether it was completed and no answer went back.
        refused: How many answers the guard refused.
        calls: Requests to the model.
        tokens: Those of its answers.
        seconds: From the first question to the last answer.
        checks: Each check, and whether it was passed; empty where nothing was completed.
        error: Why it was not completed.
        heard: What was told to the model in each exchange, and what it answered.
        values: What it was completed to.
    """

    name: str
    held_out: bool
    valid: bool = False
    first: bool = False
    refused: int = 0
    calls: int = 0
    tokens: int = 0
    seconds: float = 0.0
    checks: dict[str, bool] = field(default_factory=dict)
    error: str = ""
    heard: list[dict[str, str]] = field(default_factory=list)
    values: dict[str, Any] = field(default_factory=dict)

    @property
    def right(self) -> bool:
        """Whether everything is as it should be."""
        return self.valid and all(self.checks.values())

    def as_json(self) -> dict[str, Any]:
        """Give it with the raw answers, as JSON holds it."""
        return {**asdict(self), "right": self.right}


async def run(settings: Settings, chosen: Sequence[Prompt], tell: Callable[[Outcome], None]) -> None:
    """Ask every prompt, one after the other.

    Args:
        settings: The model and its endpoint.
        chosen: The prompts.
        tell: Told each outcome.
    """
    recording = Recording(build_model(settings, get()))
    get().register(recording, name="_recording")
    async with recording.model:
        for prompt in chosen:
            with TemporaryDirectory(prefix="clockwork-") as folder:
                project = Path(folder, "work")
                project.mkdir()
                outcome = await _asked(prompt, settings, recording, project)
            tell(outcome)


async def _asked(prompt: Prompt, settings: Settings, recording: Recording, folder: Path) -> Outcome:
    outcome = Outcome(prompt.name, prompt.held_out)
    lock = Lock.read(folder / "clockwork.lock")
    completer = ResourceCompleter(settings, lock, get())
    resource = prompt.resource()
    resource.place(prompt.name, folder)
    for named in re.findall(r"\./([\w-]+)", prompt.wants):
        (folder / named).mkdir(exist_ok=True)
    recording.begin()
    started = time.perf_counter()
    try:
        (completed,) = await completer.complete([resource])
    except ClockworkError as error:
        outcome.error = str(error)
    else:
        outcome.valid = True
        outcome.first = completer.report.calls == _questions(resource)
        outcome.checks = dict(verdicts(prompt, completed))
        outcome.values = completed.model_dump(mode="json", include=set(resource.missing_fields()))
    outcome.seconds = time.perf_counter() - started
    outcome.calls, outcome.tokens = completer.report.calls, completer.report.output_tokens
    outcome.heard = recording.heard
    outcome.refused = recording.judged - _accepted(resource, lock)
    return outcome


def _questions(resource: Resource) -> int:
    missing = resource.missing_fields()
    return bool(short_fields(resource, missing)) + len(long_fields(resource, missing))


def _accepted(resource: Resource, lock: Lock) -> int:
    """How many questions were answered for good, by what the lock has."""
    entry = lock.entry(resource.address)
    missing = resource.missing_fields()
    has = entry.answers if entry is not None else {}
    return any(name in has for name in short_fields(resource, missing)) + sum(
        name in has for name in long_fields(resource, missing)
    )
