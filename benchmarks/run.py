"""Clockwork against its peers, as whole processes: ``hatch run bench``, also ``docker`` and ``remote``.

``completion`` measures how well a model completes instead, and ``at-once`` how long many questions take.
"""

from __future__ import annotations

import argparse
import asyncio
import json
import os
import tempfile
from contextlib import ExitStack
from pathlib import Path
from typing import Any

from race import as_json
from rich.console import Console

_SIZES = {"files": "1,100,1000", "docker": "5,50", "remote": "1,10"}


def main() -> None:
    """Measure, print the tables, write the JSON."""
    options = _options()
    console = Console(width=max(Console().width, 110))
    courses = {
        "files": _files,
        "docker": _docker,
        "remote": _remote,
        "completion": _completion,
        "at-once": _at_once,
    }
    _write(options.json, courses[options.what](options, console))
    console.print(f"written to {options.json}")


def _write(file: Path, document: dict[str, Any]) -> None:
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_text(json.dumps(document, indent=1))


def _files(options: argparse.Namespace, console: Console) -> dict[str, Any]:
    from files import Files
    from start_up import start_table, start_up

    results = Files().run(options.sizes, options.repeat, options.only, console)
    start = start_up(options.repeat or 5)
    console.print(start_table(start))
    return {"files": as_json(results), "start": {name: vars(sample) for name, sample in start.items()}}


def _docker(options: argparse.Namespace, console: Console) -> dict[str, Any]:
    from containers import Containers

    from support.dockerd import found_or_started

    with tempfile.TemporaryDirectory(prefix="clockwork-") as folder, found_or_started(Path(folder)) as engine:
        os.environ["DOCKER_HOST"] = engine.host
        course = Containers(engine.client())
        return {"containers": as_json(course.run(options.sizes, options.repeat, options.only, console))}


def _remote(options: argparse.Namespace, console: Console) -> dict[str, Any]:
    from hosts import Hosts
    from support.ssh_host import SSHServer

    with tempfile.TemporaryDirectory(prefix="clockwork-") as folder, ExitStack() as running:
        hosts = [
            running.enter_context(SSHServer.make(Path(folder) / f"host{n}").running()).host(f"host{n}")
            for n in range(max(options.sizes))
        ]
        return {"hosts": as_json(Hosts(hosts).run(options.sizes, options.repeat, options.only, console))}


def _completion(options: argparse.Namespace, console: Console) -> dict[str, Any]:
    from completion.prompts import prompts
    from completion.reporting import parts, summary, table
    from completion.running import Outcome, run

    from clockwork import Settings

    outcomes: list[dict[str, Any]] = []

    def document() -> dict[str, Any]:
        rows = {name: summary(one) for name, one in parts(outcomes).items()}
        return {"model": settings.model, "summary": rows, "prompts": outcomes}

    def tell(outcome: Outcome) -> None:
        outcomes.append(outcome.as_json())
        _write(options.json, document())  # A run that is stopped leaves what it measured.
        failed = [name for name, passed in outcome.checks.items() if not passed]
        said = outcome.error.partition("\n")[0] or ", ".join(failed) or "right"
        console.print(
            f"{outcome.name}: {outcome.seconds:.0f} s, {outcome.calls} calls, {said}",
            markup=False,
            soft_wrap=True,
        )

    chosen = [one for one in prompts() if one.name in options.only or not options.only]
    wanted = {"model": options.model, "base_url": options.endpoint}
    settings = Settings.load(Path(), {**wanted, "completion_concurrency": 1})
    asyncio.run(run(settings, chosen, tell))
    console.print(table(settings.model, outcomes))
    return document()


def _at_once(options: argparse.Namespace, console: Console) -> dict[str, Any]:
    from at_once import at_once, at_once_table

    found = at_once(options.repeat or 3)
    console.print(at_once_table(found))
    rounds = {name: {way: vars(one) for way, one in ways.items()} for name, ways in found.items()}
    return {"at once": rounds}


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("what", nargs="?", choices=(*_SIZES, "completion", "at-once"), default="files")
    parser.add_argument("--sizes", help="how many of them, separated by commas")
    parser.add_argument("--repeat", type=int, help="measured rounds; 5, or 3 of the largest")
    parser.add_argument(
        "--only", action="append", default=[], help="a contender's or prompt's name; may be given again"
    )
    parser.add_argument("--endpoint", help="completion: the address of the endpoint, as CW_BASE_URL")
    parser.add_argument("--model", help="completion: the model, as CW_MODEL; local:PATH.gguf for one inside")
    parser.add_argument("--json", type=Path)
    options = parser.parse_args()
    options.sizes = [int(size) for size in (options.sizes or _SIZES.get(options.what, "")).split(",") if size]
    options.json = options.json or Path(f"build/benchmarks-{options.what}.json")
    return options


if __name__ == "__main__":
    main()
