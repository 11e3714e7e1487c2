"""The program: from a command line to an exit code."""

from __future__ import annotations

import json
import os
import sys
import time
from collections.abc import Callable, Sequence
from pathlib import Path

from support.fake_container import containers, images, looking, networks, volumes
from support.fake_container.failures import Failure, Failures, ProcessEnded, UsageFailure, not_started
from support.fake_container.state import Machine
from support.fake_container.system import system, version_line

Command = Callable[[Machine, Sequence[str]], None]
COMMANDS: dict[str, Command] = {
    "create": containers.create,
    "delete": containers.delete,
    "rm": containers.delete,
    "exec": looking.exec_,
    "inspect": looking.inspect,
    "kill": containers.kill,
    "list": looking.list_,
    "ls": looking.list_,
    "logs": looking.logs,
    "prune": looking.prune,
    "run": containers.run,
    "start": containers.start,
    "stop": containers.stop,
    "stats": looking.stats,
    "image": images.image,
    "i": images.image,
    "network": networks.network,
    "n": networks.network,
    "volume": volumes.volume,
    "v": volumes.volume,
    "system": system,
    "s": system,
}
NOT_SIMULATED = ("build", "builder", "copy", "cp", "export", "machine", "registry")
_LISTING = ("list", "ls", "inspect", "start", "exec", "prune")
_TARGETED = {"stop": "stop", "kill": "kill", "delete": "delete", "rm": "delete"}


def main(args: Sequence[str], folder: Path) -> int:
    """Run the program once on a folder's machine; gives its exit code."""
    machine = Machine(folder)
    with (folder / "calls.jsonl").open("a") as calls:
        calls.write(json.dumps(list(args)) + "\n")
    try:
        _dispatch(machine, args)
    except ProcessEnded as ended:
        return ended.code
    except UsageFailure as failure:
        return _say(failure.told(), 64)
    except Failures as failures:
        return _say("\n".join(one.coded() for one in failures.errors), 1)
    except Failure as failure:
        return _say(failure.told(), 1)
    return 0


def _dispatch(machine: Machine, args: Sequence[str]) -> None:
    if not args or args[0] in ("-h", "--help"):
        print("OVERVIEW: A container platform for macOS")
        return
    if args[0] == "--version":
        print(version_line(machine))
        return
    name, rest = args[0], args[1:]
    if name.startswith("-"):
        raise UsageFailure(f"unknown option '{name}'")
    if name in NOT_SIMULATED:
        sys.exit(f"the stand-in for Apple's program does not know `container {name}`")
    has_networks = machine.knobs["macos"] >= 26
    if name not in COMMANDS or (name in ("network", "n") and not has_networks):
        with machine.open():
            is_up = machine.state["up"]
        raise _no_plugin(name, is_up)
    _hang_if_told(machine, name)
    with machine.open():
        if name not in ("system", "s") and not machine.state["up"]:
            raise not_started(_around(name))
        _fail_if_told(machine, args)
        COMMANDS[name](machine, rest)


def _around(name: str) -> str | None:
    if name in _LISTING:
        return "failed to list containers"
    return f"failed to {_TARGETED[name]} container" if name in _TARGETED else None


def _no_plugin(name: str, is_up: bool) -> UsageFailure:
    if not is_up:
        return UsageFailure(
            "Plugins are unavailable. Start the container system services and retry:\n\n"
            "    container system start\n"
        )
    return UsageFailure(
        f"Plugin 'container-{name}' not found.\n\n"
        "- If system services are not running, start them with: container system start\n"
        "- If the plugin isn't installed, ensure it exists under:\n"
    )


def _fail_if_told(machine: Machine, args: Sequence[str]) -> None:
    """Fail with the messages that a knob has for a command, one a call, until there is none left."""
    for command in (args[0], " ".join(args[:2])):
        told, messages = machine.state["told"], machine.knobs["failing"].get(command, ())
        number = told.get(command, 0)
        if number < len(messages):
            told[command] = number + 1
            raise Failure("internalError", messages[number])


def _hang_if_told(machine: Machine, name: str) -> None:
    """Do nothing for very long, as a service that does not answer; the process notes itself."""
    if name in machine.knobs["hanging"]:
        (machine.folder / "hanging").write_text(str(os.getpid()))
        time.sleep(3600)


def _say(text: str, code: int) -> int:
    print(f"Error: {text}", file=sys.stderr)
    return code
