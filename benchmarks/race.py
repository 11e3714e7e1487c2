"""Races: contenders go through the same steps, measured as whole processes."""

from __future__ import annotations

import statistics
import tempfile
from abc import ABC, abstractmethod
from collections import defaultdict
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from contenders.base import Contender
from measure import Sample, measure
from rich.console import Console
from rich.table import Table

Results = dict[int, dict[str, dict[str, Sample]]]


class Course(ABC):
    """What the contenders go through.

    Attributes:
        unit: What a size counts, such as ``file``.
        steps: The steps, in their order.
        contenders: Who takes part; the first is what the others are compared with.
        large: From this size on there is no unmeasured round, and there are fewer measured ones.
    """

    unit: str
    steps: Sequence[str]
    contenders: Sequence[Contender]
    large: int

    @abstractmethod
    def check(self, contender: Contender, folder: Path, step: str, size: int) -> None:
        """Refuse to count a step that did not do its work.

        Raises:
            RuntimeError: It did not.
        """

    def run(self, sizes: Sequence[int], repeat: int | None, only: Sequence[str], console: Console) -> Results:
        """Measure all contenders, and print a table for each size and what is to be said of them."""
        contenders = [one for one in self.contenders if not only or one.name in only]
        missing = {one.name: reason for one in contenders if (reason := one.missing())}
        present = [one for one in contenders if one.name not in missing]
        results: Results = {}
        for size in sizes:
            rounds = repeat or (3 if size >= self.large else 5)
            results[size] = self._race(present, size, rounds, console)
            console.print(self._table(size, results[size], missing))
        for one in present:
            if one.note:
                console.print(f"{one.name}: {one.note}")
        return results

    def _race(
        self, contenders: Sequence[Contender], size: int, rounds: int, console: Console
    ) -> dict[str, dict[str, Sample]]:
        """Let the contenders take turns, so that other work on the machine meets them alike."""
        samples: dict[str, dict[str, list[Sample]]] = {one.name: defaultdict(list) for one in contenders}
        warm_up = 1 if size < self.large else 0
        for turn in range(rounds + warm_up):
            for one in contenders:
                console.print(f"{size} {self.unit}s, round {turn + 1}: {one.name:<20}", end="\r")
                for step, sample in self._round(one, size).items():
                    if turn >= warm_up:
                        samples[one.name][step].append(sample)
        return {name: {step: median(runs) for step, runs in found.items()} for name, found in samples.items()}

    def _round(self, contender: Contender, size: int) -> dict[str, Sample]:
        """Go through all steps once, in a new folder."""
        found: dict[str, Sample] = {}
        with tempfile.TemporaryDirectory(prefix="clockwork-bench-") as place:
            folder = Path(place)
            commands = contender.prepare(folder, size)
            for step in self.steps:
                if step not in commands.steps:
                    continue
                for name, text in commands.edits.get(step, {}).items():
                    (folder / name).write_text(text)
                found[step] = measure(commands.steps[step], folder, commands.environment)
                self.check(contender, folder, step, size)
        return found

    def _table(self, size: int, found: dict[str, dict[str, Sample]], missing: dict[str, str]) -> Table:
        first = self.contenders[0].name
        plural = "s" if size > 1 else ""
        table = Table(title=f"{size} {self.unit}{plural}: seconds, times {first}'s, peak MB")
        for column in ("", *self.steps):
            table.add_column(column, justify="right" if column else "left")
        for name, samples in found.items():
            ours = found.get(first, {})
            table.add_row(name, *(_cell(samples.get(step), ours.get(step)) for step in self.steps))
        for name, reason in missing.items():
            table.add_row(name, reason)
        return table


def median(samples: Sequence[Sample]) -> Sample:
    """The medians of several runs."""
    return Sample(
        statistics.median(one.seconds for one in samples),
        statistics.median(one.megabytes for one in samples),
    )


def as_json(results: Results) -> dict[str, Any]:
    """What is written to the file."""
    return {
        str(size): {name: {step: vars(one) for step, one in steps.items()} for name, steps in found.items()}
        for size, found in results.items()
    }


def _cell(sample: Sample | None, ours: Sample | None) -> str:
    if sample is None:
        return "none"
    ratio = f" ({sample.seconds / ours.seconds:.1f}x)" if ours else ""
    return f"{sample.seconds:.2f}{ratio} {sample.megabytes:.0f} MB"
