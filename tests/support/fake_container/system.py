"""The service itself: whether it runs, and of which version it is."""

from __future__ import annotations

import json
import sys
from collections.abc import Sequence

from support.fake_container.containers import stop
from support.fake_container.failures import Failure, ProcessEnded, UsageFailure
from support.fake_container.state import Machine
from support.fake_container.usage import read, spellings


def system(machine: Machine, args: Sequence[str]) -> None:
    """Run ``container system ...``."""
    action, rest = (args[0], args[1:]) if args else ("", ())
    actions = {"start": _start, "stop": _stop, "status": _status, "version": _version}
    if action not in actions:
        raise UsageFailure(f"Unexpected argument '{action}'", "system")
    actions[action](machine, rest)


def version_line(machine: Machine) -> str:
    """What ``container --version`` prints."""
    return f"container CLI version {machine.knobs['version']} (build: release, commit: 0190097)"


def _start(machine: Machine, args: Sequence[str]) -> None:
    options = spellings(
        app_root="one -a --app-root",
        install_root="one --install-root",
        log_root="one --log-root",
        enable="flag --enable-kernel-install",
        disable="flag --disable-kernel-install",
        timeout="one --timeout",
    )
    line = read("system start", args, options)
    print("Launching container-apiserver...", file=sys.stderr)
    print("Testing access to container-apiserver...", file=sys.stderr)
    print("Verifying machine API server is running...", file=sys.stderr)
    if not machine.state["up"]:
        machine.state["up"] = True
        for name, stored in list(machine.state["containers"].items()):
            stored["started"] = None
            if stored["removes"]:
                machine.forget_container(name)
    if not machine.knobs["kernel"] and not line.flags & {"enable", "disable"}:
        print("Install the recommended default kernel from [https://...]? [Y/n]: ", end="")
        if not sys.stdin.readline():
            raise Failure("internalError", "failed to read user input")


def _stop(machine: Machine, args: Sequence[str]) -> None:
    read("system stop", args, spellings(prefix="one -p --prefix"))
    if machine.state["up"]:
        stop(machine, ["--all"])
    machine.state["up"] = False


def _status(machine: Machine, args: Sequence[str]) -> None:
    line = read("system status", args, spellings(format="one --format"))
    is_up = machine.state["up"]
    names = (
        "apiServerAppName",
        "apiServerBuild",
        "apiServerCommit",
        "apiServerVersion",
        "appRoot",
        "installRoot",
    )
    values = (
        "container-apiserver",
        "release",
        "0190097",
        machine.knobs["version"],
        str(machine.folder),
        "/usr/local",
    )
    found = dict(zip(names, values if is_up else [""] * len(names), strict=True))
    found["status"] = "running" if is_up else "unregistered"
    if line.values.get("format") == "json":
        print(json.dumps(found, sort_keys=True, separators=(",", ":")).replace("/", "\\/"))
    elif is_up:
        print("FIELD  VALUE", *(f"{name}  {value}" for name, value in sorted(found.items())), sep="\n")
    else:
        print("apiserver is not running and not registered with launchd")
    if not is_up:
        raise ProcessEnded(1)


def _version(machine: Machine, args: Sequence[str]) -> None:
    line = read("system version", args, spellings(format="one --format"))
    version = machine.knobs["version"]
    apps = ["container", "container-apiserver"] if machine.state["up"] else ["container"]
    found = [
        {"appName": app, "buildType": "release", "commit": "0190097", "version": version} for app in apps
    ]
    if line.values.get("format") == "json":
        print(json.dumps(found, sort_keys=True, separators=(",", ":")))
    else:
        print("COMPONENT  VERSION", *(f"{one['appName']}  {version}" for one in found), sep="\n")
