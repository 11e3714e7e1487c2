"""The commands on containers."""

from __future__ import annotations

import os
import random
import signal
import time
import uuid
from collections.abc import Callable, Sequence
from pathlib import Path

from support.fake_container import flags
from support.fake_container.failures import Failure, Failures, ProcessEnded, UsageFailure
from support.fake_container.images import local_or_fetched
from support.fake_container.runtime import boot, bootstrap_failure, local_process
from support.fake_container.state import Json, Machine, now, prefix, process_of
from support.fake_container.usage import Line, number, read, spellings


def run(machine: Machine, args: Sequence[str]) -> None:
    """``container run``: create, boot, start; what fails leaves no container."""
    line = _created_line("run", args, flags.RUN)
    name = line.values.get("name") or str(uuid.uuid4())
    flags.check_name(name)
    if name in machine.state["containers"]:
        raise Failure("exists", f"container with id {name} already exists")
    _create(machine, name, line)
    try:
        if "detach" not in line.flags:
            raise ProcessEnded(_in_foreground(machine, name))
        _boot(machine, name)
    except Failure:
        machine.forget_container(name)
        raise
    print(name)


def create(machine: Machine, args: Sequence[str]) -> None:
    """``container create``."""
    line = _created_line("create", args, flags.CREATE)
    name = line.values.get("name") or str(uuid.uuid4())
    flags.check_name(name)
    _create(machine, name, line)
    print(name)


def start(machine: Machine, args: Sequence[str]) -> None:
    """``container start``; one that runs already is fine."""
    line = read("start", args, spellings(attach="flag -a --attach", interactive="flag -i --interactive"))
    if len(line.rest) != 1:
        raise UsageFailure("Missing expected argument '<container-id>'", "start")
    name = line.rest[0]
    stored = get(machine, name)
    if machine.is_running(name) and line.flags & {"attach", "interactive"}:
        raise Failure("invalidArgument", "attach is currently unsupported on already running containers")
    if not machine.is_running(name):
        for mount in stored["configuration"]["mounts"]:
            if "virtiofs" in mount["type"] and not Path(mount["source"]).exists():
                raise Failure("invalidArgument", f"mount source path '{mount['source']}' does not exist")
        _boot(machine, name)
    print(name)


def stop(machine: Machine, args: Sequence[str]) -> None:
    """``container stop``; one that is stopped already is fine."""
    options = spellings(all="flag -a --all", signal="one -s --signal", time="one -t --time")
    line = read("stop", args, options)
    grace = number("stop", line, "time")

    def end(name: str) -> None:
        image = machine.state["images"].get(_known(machine, name)["configuration"]["image"]["reference"], {})
        wanted = line.values.get("signal") or image.get("stop_signal") or "SIGTERM"
        _end(machine, name, _signal(wanted), 5 if grace is None else grace)

    _each(machine, line, "stop", end)


def kill(machine: Machine, args: Sequence[str]) -> None:
    """``container kill``."""
    line = read("kill", args, spellings(all="flag -a --all", signal="one -s --signal"))
    wanted = _signal(line.values.get("signal", "KILL"))

    def end(name: str) -> None:
        _known(machine, name)
        if not machine.is_running(name):
            raise Failure("invalidState", "no runtime client exists: container is stopped")
        _send(machine, name, wanted)
        if wanted is signal.SIGKILL:
            _await_end(machine, name, 30)

    _each(machine, line, "kill", end)


def delete(machine: Machine, args: Sequence[str]) -> None:
    """``container delete``; a missing one is an error also with ``--force``."""
    line = read("delete", args, spellings(all="flag -a --all", force="flag -f --force"))
    forced = "force" in line.flags

    def remove(name: str) -> None:
        _known(machine, name)
        if machine.is_running(name):
            if not forced:
                raise Failure("invalidState", f"container {name} is running and can not be deleted")
            _end(machine, name, signal.SIGKILL, 30)
        machine.forget_container(name)

    def is_left(name: str) -> bool:
        return "all" in line.flags and not forced and machine.is_running(name)

    _each(machine, line, "delete", remove, is_left)


def _created_line(command: str, args: Sequence[str], options: dict[str, tuple[str, str]]) -> Line:
    line = read(command, args, options, passes_on=True)
    if not line.rest:
        raise UsageFailure("Missing expected argument '<image>'", command)
    flags.check_numbers(command, line)
    return line


def _create(machine: Machine, name: str, line: Line) -> None:
    image = local_or_fetched(machine, line.rest[0])
    configuration = flags.configuration(machine, name, image, line)
    if name in machine.state["containers"]:
        raise Failure("exists", f"container already exists: {name}")
    machine.container_folder(name).mkdir(parents=True)
    machine.state["containers"][name] = {
        "configuration": configuration,
        "networks": [],
        "removes": "remove" in line.flags,
        "started": None,
        "was_started": False,
    }


def _boot(machine: Machine, name: str) -> None:
    stored = machine.state["containers"][name]
    for port in stored["configuration"]["publishedPorts"]:
        if port["hostPort"] in machine.knobs["taken_ports"]:
            busy = "bind(descriptor:ptr:bytes:): Address already in use (errno: 48)"
            raise bootstrap_failure(name, Failure("unknown", busy))
    image = machine.state["images"][stored["configuration"]["image"]["reference"]]
    attachments = [_attachment(machine, one) for one in stored["configuration"]["networks"]]
    address = attachments[0]["ipv4Address"].partition("/")[0] if attachments else None
    boot(machine.container_folder(name), name, stored["configuration"], image, address)
    stored.update(networks=attachments, started=now(), was_started=True)


def _attachment(machine: Machine, wanted: Json) -> Json:
    """Give the next address; they rotate, so that a container gets another one at each start."""
    subnet = machine.state["networks"][wanted["network"]]["status"]["ipv4Subnet"]
    last = machine.state["next"].get(wanted["network"], 1) % 253 + 1
    machine.state["next"][wanted["network"]] = last
    first = random.choice(("f2", "f6", "fa", "fe"))
    mac = ":".join([first, *(f"{random.randrange(256):02x}" for _ in range(5))])
    return {
        "hostname": wanted["options"]["hostname"],
        "ipv4Address": f"{prefix(subnet)}.{last}/24",
        "ipv4Gateway": f"{prefix(subnet)}.1",
        "macAddress": mac,
        "mtu": 1280,
        "network": wanted["network"],
        "variant": "reserved",
    }


def _in_foreground(machine: Machine, name: str) -> int:
    """Run a container's command to its end, in this process's place."""
    stored = machine.state["containers"][name]
    process = stored["configuration"]["initProcess"]
    image = machine.state["images"][stored["configuration"]["image"]["reference"]]
    code = image["ends"] or 0
    if process["arguments"]:
        code = local_process([process["executable"], *process["arguments"]])
    if stored["removes"]:
        machine.forget_container(name)
    else:
        stored.update(started=now(), was_started=True)
    return int(code)


def _each(
    machine: Machine,
    line: Line,
    verb: str,
    do: Callable[[str], None],
    is_left: Callable[[str], bool] = lambda _name: False,
) -> None:
    """Do something to each target; name those that it worked for, then fail with all errors."""
    if not line.rest and "all" not in line.flags:
        raise Failure("invalidArgument", "no containers specified and --all not supplied")
    targets = list(machine.state["containers"]) if "all" in line.flags else line.rest
    failed = []
    for name in dict.fromkeys(name for name in targets if not is_left(name)):
        try:
            do(name)
            print(name)
        except Failure as error:
            failed.append(Failure("internalError", f"failed to {verb} container", error))
    if failed:
        raise Failures(failed)


def get(machine: Machine, name: str) -> Json:
    if name not in machine.state["containers"]:
        raise Failure("notFound", f"get failed: container {name} not found")
    found: Json = machine.state["containers"][name]
    return found


def _known(machine: Machine, name: str) -> Json:
    if name not in machine.state["containers"]:
        raise Failure("notFound", f"container with ID {name} not found")
    found: Json = machine.state["containers"][name]
    return found


def _signal(text: str) -> signal.Signals:
    if text.isdigit():
        return signal.Signals(int(text))
    name = text.upper()
    return signal.Signals[name if name.startswith("SIG") else f"SIG{name}"]


def _end(machine: Machine, name: str, first: signal.Signals, grace: float) -> None:
    _send(machine, name, first)
    if not _await_end(machine, name, grace):
        _send(machine, name, signal.SIGKILL)
        _await_end(machine, name, 30)


def _send(machine: Machine, name: str, wanted: signal.Signals) -> None:
    process = process_of(machine.container_folder(name))
    if process is not None and machine.is_running(name):
        os.kill(process, wanted)


def _await_end(machine: Machine, name: str, seconds: float) -> bool:
    until = time.monotonic() + seconds
    while machine.is_running(name):
        if time.monotonic() > until:
            return False
        time.sleep(0.005)
    machine.state["containers"][name]["networks"] = []
    return True
