"""The commands that look at containers, or into them."""

from __future__ import annotations

import sys
from collections.abc import Sequence
from pathlib import Path

from support.fake_container import flags, shapes
from support.fake_container.containers import get
from support.fake_container.failures import Failure, ProcessEnded, UsageFailure
from support.fake_container.runtime import local_process
from support.fake_container.state import Json, Machine
from support.fake_container.usage import number, read, shape, spellings

_USUAL = ("sh", "true", "cat", "head")
"""Programs that every image has."""


def list_(machine: Machine, args: Sequence[str]) -> None:
    """``container list``, in no order."""
    options = spellings(all="flag -a --all", format="one --format", quiet="flag -q --quiet")
    line = read("list", args, options)
    names = [one for one in machine.state["containers"] if "all" in line.flags or machine.is_running(one)]
    if shape("list", line) == "json":
        print(shapes.compact(shapes.containers(machine, names), sort=not machine.is_old))
    elif "quiet" in line.flags:
        print("".join(f"{name}\n" for name in names), end="")
    else:
        header = ["ID", "IMAGE", "OS", "ARCH", "STATE", "ADDR" if machine.is_old else "IP"]
        print_table([[*header, "CPUS", "MEMORY", "STARTED"], *(_row(machine, name) for name in names)])


def _row(machine: Machine, name: str) -> list[str]:
    stored = machine.state["containers"][name]
    configuration = stored["configuration"]
    resources = configuration.get("resources", {"cpus": 2, "memoryInBytes": 2 << 30})
    return [
        name,
        configuration["image"]["reference"],
        "linux",
        "arm64",
        "running" if machine.is_running(name) else "stopped",
        ",".join(one["ipv4Address"] for one in stored["networks"]),
        str(resources["cpus"]),
        f"{resources['memoryInBytes'] >> 20} MB",
        stored["started"] or "",
    ]


def stats(machine: Machine, args: Sequence[str]) -> None:
    """``container stats``, once; stopped containers are left out."""
    line = read("stats", args, spellings(format="one --format", once="flag --no-stream"))
    form = shape("stats", line)
    for name in line.rest:
        if name not in machine.state["containers"]:
            raise Failure("notFound", f"no such container: {name}")
    if form == "table" and "once" not in line.flags:
        sys.exit("the stand-in for Apple's program does not stream `container stats`")
    names = [one for one in line.rest or machine.state["containers"] if machine.is_running(one)]
    found = [_measured(machine, name) for name in names]
    if form == "json":
        print(shapes.compact(found))
        return
    keys = ("id", "cpuUsageUsec", "memoryUsageBytes", "memoryLimitBytes", "numProcesses")
    header = ["Container ID", "Cpu %", "Memory Usage", "Memory Limit", "Pids"]
    print_table([header, *([str(one[key]) for key in keys] for one in found)])


def _measured(machine: Machine, name: str) -> Json:
    counted = ("cpuUsageUsec", "networkRxBytes", "networkTxBytes", "blockReadBytes", "blockWriteBytes")
    limit = machine.state["containers"][name]["configuration"]["resources"]["memoryInBytes"]
    return {
        **dict.fromkeys(counted, 0),
        "id": name,
        "memoryUsageBytes": 8 << 20,
        "memoryLimitBytes": limit,
        "numProcesses": 1,
    }


def print_table(rows: Sequence[Sequence[str]]) -> None:
    """Print rows in columns, two spaces apart."""
    widths = [max(map(len, column)) for column in zip(*rows, strict=True)]
    for row in rows:
        print("  ".join(text.ljust(width) for text, width in zip(row, widths, strict=True)).rstrip())


def inspect(machine: Machine, args: Sequence[str]) -> None:
    """``container inspect``; before 1.0 an unknown id was no error."""
    wanted = list(dict.fromkeys(read("inspect", args, spellings()).rest))
    if not wanted:
        raise UsageFailure("Missing expected argument '<container-ids> ...'", "inspect")
    known = [name for name in wanted if name in machine.state["containers"] and not _is_unseen(machine, name)]
    if machine.is_old:
        print(shapes.compact(shapes.containers(machine, known), sort=False))
        return
    missing = sorted(set(wanted) - set(known))
    if missing:
        raise Failure("notFound", f"container not found: {', '.join(missing)}")
    print(shapes.pretty(shapes.containers(machine, known)))


def _is_unseen(machine: Machine, name: str) -> bool:
    """Whether a container is not there yet at the first look, as one that is just being made."""
    if name not in machine.knobs["unseen_once"] or name in machine.state["unseen"]:
        return False
    machine.state["unseen"].append(name)
    return True


def logs(machine: Machine, args: Sequence[str]) -> None:
    """``container logs``; they go with the container."""
    line = read("logs", args, spellings(number="one -n", follow="flag -f --follow", boot="flag --boot"))
    if not line.rest:
        raise UsageFailure("Missing expected argument '<container-id>'", "logs")
    name, last = line.rest[0], number("logs", line, "number")
    log = machine.container_folder(name) / "stdio.log"
    if not log.exists():
        cause = Failure("internalError", f"failed to open container logs: {log}")
        raise Failure("internalError", f"failed to get logs for container {name}", cause)
    rows = log.read_text(errors="replace").strip("\n").split("\n")
    kept = rows if last is None else [row for row in rows if row][max(0, len(rows) - last) :]
    if rows != [""]:
        print("\n".join(kept))


def exec_(machine: Machine, args: Sequence[str]) -> None:
    """``container exec``: the process runs on this machine; its exit code is the program's."""
    line = read("exec", args, flags.CREATE, passes_on=True)
    if len(line.rest) < 2:
        raise UsageFailure("Missing expected argument '<arguments> ...'", "exec")
    name = line.rest[0]
    get(machine, name)
    if not machine.is_running(name):
        raise Failure("invalidState", f"container {name} is not running")
    words, variables = line.rest[1:], flags.environment(line, [])
    if words[0] not in _USUAL:
        words = [str(_programs(machine, name) / words[0]), *words[1:]]
    raise ProcessEnded(local_process(words, variables, reads="interactive" in line.flags))


def _programs(machine: Machine, name: str) -> Path:
    """The folder of the programs that only some images have."""
    image = machine.state["containers"][name]["configuration"]["image"]["reference"]
    return Path(machine.state["images"][image]["programs"] or "/nowhere")


def prune(machine: Machine, args: Sequence[str]) -> None:
    """``container prune``: everything that is stopped goes."""
    read("prune", args, spellings())
    for name in [one for one in machine.state["containers"] if not machine.is_running(one)]:
        machine.forget_container(name)
        print(name)
    print("Reclaimed 0 B in disk space", file=sys.stderr)
