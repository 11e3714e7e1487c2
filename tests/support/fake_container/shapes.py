"""JSON as the program prints it: the shapes of 1.x and of 0.12, compact and pretty."""

from __future__ import annotations

import json
import random
from datetime import UTC, datetime

from support.fake_container.state import Json, Machine

_APPLE_EPOCH = datetime(2001, 1, 1, tzinfo=UTC)


def compact(items: list[Json], *, sort: bool = True) -> str:
    """One line, as ``list`` prints it."""
    return json.dumps(items, separators=(",", ":"), sort_keys=sort, ensure_ascii=False).replace("/", "\\/")


def pretty(items: list[Json]) -> str:
    """Several lines, as ``inspect`` prints them."""
    text = json.dumps(
        items, indent=2, sort_keys=True, separators=(",", " : "), ensure_ascii=False, default=str
    )
    return _airy(text).replace("/", "\\/")


def _airy(text: str) -> str:
    """Spread empty arrays and objects over three lines, as Foundation does."""
    lines = []
    for line in text.split("\n"):
        bare = line.rstrip(",")
        for empty in ("[]", "{}"):
            if bare.endswith(empty) and not bare.endswith(f'"{empty}'):
                indent = " " * (len(line) - len(line.lstrip()))
                line = f"{bare[:-1]}\n\n{indent}{empty[1]}{line[len(bare) :]}"
        lines.append(line)
    return "\n".join(lines)


def containers(machine: Machine, names: list[str]) -> list[Json]:
    """Containers in the shape of the machine's version, in no order."""
    found = [_container(machine, name) for name in names]
    random.shuffle(found)
    return found


def networks(machine: Machine, names: list[str]) -> list[Json]:
    """Networks in the shape of the machine's version."""
    found = []
    for name in sorted(names):
        stored = machine.state["networks"][name]
        if machine.is_old:
            config = {key: value for key, value in stored["configuration"].items() if key != "name"}
            date = _number(config["creationDate"])
            found.append(
                {"id": name, "state": "running", "config": {**config, "id": name, "creationDate": date}}
            )
            found[-1]["status"] = stored["status"]
        else:
            found.append({"id": name, **stored})
    return found


def volumes(machine: Machine, names: list[str]) -> list[Json]:
    """Volumes in the shape of the machine's version."""
    found = []
    for name in sorted(names):
        stored = dict(machine.state["volumes"][name])
        if machine.is_old:
            stored["createdAt"] = stored.pop("creationDate")
            found.append(stored)
        else:
            found.append({"id": name, "configuration": stored})
    return found


def images(machine: Machine, names: list[str]) -> list[Json]:
    """Images, by reference."""
    found = []
    for name in sorted(names):
        stored = machine.state["images"][name]
        descriptor = {
            "digest": stored["digest"],
            "mediaType": "application/vnd.oci.image.index.v1+json",
            "size": 10331,
        }
        config = {"Cmd": stored["command"], "Env": stored["environment"]}
        variant = {
            "config": {"architecture": "arm64", "config": config, "os": "linux"},
            "digest": stored["digest"],
            "platform": {"architecture": "arm64", "os": "linux"},
            "size": 10331,
        }
        if machine.is_old:
            found.append({"name": name, "index": descriptor, "variants": [variant]})
            continue
        configuration = {"creationDate": stored["pulled"], "descriptor": descriptor, "name": name}
        identity = stored["digest"].partition(":")[2]
        found.append({"configuration": configuration, "id": identity, "variants": [variant]})
    return found


def _container(machine: Machine, name: str) -> Json:
    stored = machine.state["containers"][name]
    state = "running" if machine.is_running(name) else "stopped"
    started = {"startedDate": stored["started"]} if stored["started"] else {}
    if machine.is_old:
        if started:
            started = {"startedDate": _number(stored["started"])}
        older = {key: value for key, value in stored["configuration"].items() if key != "creationDate"}
        return {"status": state, "networks": stored["networks"], "configuration": older, **started}
    status = {"networks": stored["networks"], "state": state, **started}
    return {"configuration": stored["configuration"], "id": name, "status": status}


def _number(date: str) -> float:
    moment = datetime.strptime(date, "%Y-%m-%dT%H:%M:%SZ").replace(tzinfo=UTC)
    return (moment - _APPLE_EPOCH).total_seconds()
