"""Volumes and the commands on them."""

from __future__ import annotations

import re
import sys
import uuid
from collections.abc import Sequence

from support.fake_container import shapes
from support.fake_container.failures import Failure, UsageFailure
from support.fake_container.listing import listed, run_action, show_list
from support.fake_container.state import Json, Machine, now
from support.fake_container.usage import read, spellings

_NAME = re.compile(r"^[A-Za-z0-9][A-Za-z0-9_.\-]*$")
_UNITS = {"": 1, "K": 1024, "M": 1024**2, "G": 1024**3, "T": 1024**4}


def make_volume(machine: Machine, name: str | None) -> Json:
    """The volume that ``-v`` names; an unknown one is made, and one without a name is anonymous."""
    if name is not None and name in machine.state["volumes"]:
        found: Json = machine.state["volumes"][name]
        return found
    if name is None:
        return _new(machine, str(uuid.uuid4()), {"com.apple.container.resource.anonymous": ""})
    made = _new(machine, name, {})
    print(f'named volume was automatically created: ["name": "{name}"]', file=sys.stderr)
    return made


def volume(machine: Machine, args: Sequence[str]) -> None:
    """Run ``container volume ...``."""
    actions = {"create": _create, "list": _list, "inspect": _inspect, "delete": _delete}
    run_action("volume", actions, machine, args)


def _create(machine: Machine, args: Sequence[str]) -> None:
    line = read("volume create", args, spellings(label="many --label", opt="many --opt", size="one -s"))
    if not line.rest:
        raise UsageFailure("Missing expected argument '<name>'", "volume create")
    name = line.rest[0]
    if name in machine.state["volumes"]:
        raise Failure("exists", f"volume '{name}' already exists")
    labels = dict(label.partition("=")[::2] for label in line.many("label"))
    made = _new(machine, name, labels)
    if "size" in line.values:
        found = re.fullmatch(r"(\d+)([KMGT]?)B?", line.values["size"].upper())
        if found is None:
            raise Failure("invalidArgument", f"invalid size: {line.values['size']}")
        made["sizeInBytes"] = int(found[1]) * _UNITS[found[2]]
    print(name)


def _new(machine: Machine, name: str, labels: dict[str, str]) -> Json:
    if not _NAME.match(name):
        raise Failure(
            "invalidArgument",
            f"invalid volume name '{name}': must match ^[A-Za-z0-9][A-Za-z0-9_.-]*$",
        )
    made = {
        "creationDate": now(),
        "driver": "local",
        "format": "ext4",
        "labels": labels,
        "name": name,
        "options": {},
        "sizeInBytes": 512 * 1024**3,
        "source": str(machine.folder / "volumes" / name / "volume.img"),
    }
    machine.state["volumes"][name] = made
    return made


def _list(machine: Machine, args: Sequence[str]) -> None:
    names = sorted(machine.state["volumes"])
    rows = [f"{name}  named  local  " for name in names]
    found = shapes.volumes(machine, names)
    show_list("volume", args, found, names, ["NAME  TYPE  DRIVER  OPTIONS", *rows])


def _inspect(machine: Machine, args: Sequence[str]) -> None:
    wanted = read("volume inspect", args, spellings()).rest
    missing = sorted(set(wanted) - set(machine.state["volumes"]))
    if missing and machine.is_old:
        raise Failure("notFound", f"volume '{missing[0]}' not found")
    if missing:
        raise Failure("notFound", f"volume not found: {', '.join(missing)}")
    print(shapes.pretty(shapes.volumes(machine, wanted)))


def _delete(machine: Machine, args: Sequence[str]) -> None:
    line = read("volume delete", args, spellings(all="flag -a --all"))
    wanted = list(machine.state["volumes"]) if "all" in line.flags else line.rest
    missing = [name for name in wanted if name not in machine.state["volumes"]]
    if missing:
        raise Failure("notFound", f"failed to delete one or more volumes: {listed(missing)}")
    failed = []
    for name in wanted:
        if any(name in _of_container(one) for one in machine.state["containers"].values()):
            print(
                f'failed to delete volume: ["name": "{name}", "error": "volume is in use"]', file=sys.stderr
            )
            failed.append(name)
        else:
            del machine.state["volumes"][name]
            print(name)
    if failed:
        raise Failure("internalError", f"delete failed for one or more volumes: {listed(failed)}")


def _of_container(container: Json) -> list[str]:
    kinds = [mount["type"] for mount in container["configuration"]["mounts"]]
    return [kind["volume"]["name"] for kind in kinds if "volume" in kind]


def attached(stored: Json, target: str, options: list[str]) -> Json:
    """A volume as a container's mount."""
    kind = {"cache": {"on": {}}, "format": "ext4", "name": stored["name"], "sync": {"fsync": {}}}
    return {"destination": target, "options": options, "source": stored["source"], "type": {"volume": kind}}
