"""Clockwork against its peers, as whole processes: ``hatch run bench``."""

from __future__ import annotations

import argparse
import json
import shutil
import statistics
import subprocess
import sys
import tempfile
from collections import defaultdict
from pathlib import Path

from contenders import ALL
from contenders.base import STEPS, Contender, program
from measure import Sample, measure
from rich.console import Console
from rich.table import Table

Results = dict[int, dict[str, dict[str, Sample]]]
_IMPORTS = ("clockwork", "clockwork.resources", "clockwork.core", "clockwork.pulumi_compiler")


def main() -> None:
    """Measure, print the tables, write the JSON."""
    options = _options()
    console = Console(width=max(Console().width, 110))
    contenders = [one for one in ALL if not options.only or one.name in options.only]
    for one in contenders:
        if reason := one.missing():
            console.print(f"without {one.name}: {reason}")
    present = [one for one in contenders if one.missing() is None]
    results: Results = {}
    for size in options.sizes:
        repeat = options.repeat or (3 if size >= 1000 else 5)
        results[size] = {one.name: _race(one, size, repeat, console) for one in present}
        console.print(_table(size, results[size]))
    for one in present:
        if one.note:
            console.print(f"{one.name}: {one.note}")
    start = _start_up(options.repeat or 5)
    console.print(_start_table(start))
    options.json.parent.mkdir(parents=True, exist_ok=True)
    document = {
        "files": {
            size: {name: {step: vars(s) for step, s in steps.items()} for name, steps in found.items()}
            for size, found in results.items()
        },
        "start": {name: vars(sample) for name, sample in start.items()},
    }
    options.json.write_text(json.dumps(document, indent=1))
    console.print(f"written to {options.json}")


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--sizes", default="1,100,1000", help="how many files, separated by commas")
    parser.add_argument("--repeat", type=int, help="runs of each step; 5, or 3 for 1000 files")
    parser.add_argument("--only", action="append", help="a contender's name; may be given again")
    parser.add_argument("--json", type=Path, default=Path("build/benchmarks.json"))
    options = parser.parse_args()
    options.sizes = [int(size) for size in options.sizes.split(",") if size]
    return options


def _race(contender: Contender, size: int, repeat: int, console: Console) -> dict[str, Sample]:
    """Go through all steps, once unmeasured to warm up where that is cheap, then measured."""
    samples: dict[str, list[Sample]] = defaultdict(list)
    for turn in range(repeat + (1 if size < 1000 else 0)):
        with tempfile.TemporaryDirectory(prefix="clockwork-bench-") as place:
            folder = Path(place)
            commands = contender.prepare(folder, size)
            for step in STEPS:
                if step in commands.steps:
                    sample = measure(commands.steps[step], folder, commands.environment)
                    _check_work(contender, folder, step, size)
                    if turn > 0 or size >= 1000:
                        samples[step].append(sample)
        console.print(f"{contender.name}, {size} files: {turn + 1}", end="\r")
    return {step: _median(found) for step, found in samples.items()}


def _check_work(contender: Contender, folder: Path, step: str, size: int) -> None:
    """Refuse to count a step that did not do its work."""
    found = len([*folder.glob("files/*.txt")])
    wanted = size if contender.writes_files and step in ("apply", "apply again", "assert") else 0
    if found != wanted:
        raise RuntimeError(f"{contender.name}: {found} files after {step}, not {wanted}")


def _median(samples: list[Sample]) -> Sample:
    return Sample(
        statistics.median(one.seconds for one in samples),
        statistics.median(one.megabytes for one in samples),
    )


def _table(size: int, found: dict[str, dict[str, Sample]]) -> Table:
    table = Table(title=f"{size} file{'s' if size > 1 else ''}: seconds, times Clockwork's, peak MB")
    table.add_column("")
    for step in STEPS:
        table.add_column(step, justify="right")
    ours = found.get("clockwork", {})
    for name, steps in found.items():
        cells = []
        for step in STEPS:
            sample = steps.get(step)
            ratio = f" ({sample.seconds / ours[step].seconds:.1f}x)" if sample and step in ours else ""
            cells.append(f"{sample.seconds:.2f}{ratio} {sample.megabytes:.0f} MB" if sample else "none")
        table.add_row(name, *cells)
    return table


def _start_up(repeat: int) -> dict[str, Sample]:
    clockwork = program("clockwork") or "clockwork"
    commands = {
        "clockwork --help": [clockwork, "--help"],
        "clockwork version": [clockwork, "version"],
        **{f"import {name}": [sys.executable, "-c", f"import {name}"] for name in _IMPORTS},
    }
    folder = Path(tempfile.mkdtemp(prefix="clockwork-bench-"))
    try:
        return {
            name: _median([measure(command, folder, {}) for _ in range(repeat + 1)][1:])
            for name, command in commands.items()
        }
    finally:
        shutil.rmtree(folder)


def _start_table(found: dict[str, Sample]) -> Table:
    table = Table(title="start-up")
    for column in ("", "seconds", "peak MB", "modules"):
        table.add_column(column, justify="left" if not column else "right")
    for name, sample in found.items():
        table.add_row(name, f"{sample.seconds:.2f}", f"{sample.megabytes:.0f}", _modules(name))
    return table


def _modules(name: str) -> str:
    if not name.startswith("import "):
        return ""
    code = f"{name}; import sys; print(len(sys.modules))"
    return subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, check=True
    ).stdout.strip()


if __name__ == "__main__":
    main()
