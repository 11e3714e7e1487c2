"""Networks and the commands on them; they need macOS 26."""

from __future__ import annotations

import re
import sys
from collections.abc import Sequence

from support.fake_container import shapes
from support.fake_container.failures import Failure, UsageFailure
from support.fake_container.listing import listed, run_action, show_list
from support.fake_container.state import BUILTIN, Machine, prefix
from support.fake_container.state import network as stored_network
from support.fake_container.usage import read, spellings

_NAME = re.compile(r"^[a-z0-9](?:[a-z0-9._\-]{0,61}[a-z0-9])?$")
_LABEL = re.compile(r"^[a-z0-9][a-z0-9.\-/]{0,127}$")


def network(machine: Machine, args: Sequence[str]) -> None:
    """Run ``container network ...``."""
    actions = {"create": _create, "list": _list, "inspect": _inspect, "delete": _delete}
    run_action("network", actions, machine, args)


def _create(machine: Machine, args: Sequence[str]) -> None:
    options = spellings(
        internal="flag --internal",
        label="many --label",
        option="many --option",
        plugin="one --plugin",
        subnet="one --subnet",
        subnet_v6="one --subnet-v6",
    )
    line = read("network create", args, options)
    if not line.rest:
        raise UsageFailure("Missing expected argument '<name>'", "network create")
    name = line.rest[0]
    if name == "none":
        raise Failure("unsupported", "network none is not a valid name")
    if not _NAME.match(name):
        raise Failure("invalidArgument", f"invalid network name: {name}")
    if name in machine.state["networks"]:
        raise Failure("exists", f"network {name} already exists")
    labels = dict(label.partition("=")[::2] for label in line.many("label"))
    for key, value in labels.items():
        if not _LABEL.match(key) or len(f"{key}={value}") > 4096:
            raise Failure("invalidArgument", f"invalid label key: {key}")
    subnet = line.values.get("subnet")
    _check_apart(machine, subnet)
    mode = "hostOnly" if "internal" in line.flags else "nat"
    machine.state["networks"][name] = stored_network(name, mode, labels, subnet or _free(machine), subnet)
    print(name)


def _check_apart(machine: Machine, subnet: str | None) -> None:
    for other in machine.state["networks"].values():
        taken = other["status"]["ipv4Subnet"]
        if subnet and prefix(subnet) == prefix(taken):
            raise Failure("exists", f"IPv4 subnet {subnet} overlaps an existing network with subnet {taken}")


def _free(machine: Machine) -> str:
    taken = {other["status"]["ipv4Subnet"] for other in machine.state["networks"].values()}
    first, second, third = machine.knobs["subnet"].split(".")[:3]
    subnets = (f"{first}.{second}.{int(third) + step}.0/24" for step in range(1, 100))
    return next(subnet for subnet in subnets if subnet not in taken)


def _list(machine: Machine, args: Sequence[str]) -> None:
    known = machine.state["networks"]
    names = sorted(known)
    rows = [f"{name}  running  {known[name]['status']['ipv4Subnet']}" for name in names]
    show_list("network", args, shapes.networks(machine, names), names, ["NETWORK  STATE  SUBNET", *rows])


def _inspect(machine: Machine, args: Sequence[str]) -> None:
    wanted = read("network inspect", args, spellings()).rest
    known = machine.state["networks"]
    if machine.is_old:
        print(shapes.compact(shapes.networks(machine, [name for name in wanted if name in known])))
        return
    missing = sorted(set(wanted) - set(known))
    if missing:
        raise Failure("notFound", f"network not found: {', '.join(missing)}")
    print(shapes.pretty(shapes.networks(machine, wanted)))


def _delete(machine: Machine, args: Sequence[str]) -> None:
    line = read("network delete", args, spellings(all="flag -a --all"))
    known = machine.state["networks"]
    wanted = [name for name in known if name != "default"] if "all" in line.flags else line.rest
    for name in wanted:
        if known.get(name, {}).get("configuration", {}).get("labels") == BUILTIN:
            raise Failure("invalidArgument", f"cannot delete a builtin network: {name}")
    missing = [name for name in wanted if name not in known]
    if missing:
        raise Failure("notFound", f"failed to delete one or more networks: {listed(missing)}")
    failed = []
    for name in wanted:
        users = [
            container
            for container, stored in machine.state["containers"].items()
            if any(one["network"] == name for one in stored["configuration"]["networks"])
        ]
        if users:
            problem = f"cannot delete subnet {name} with referring containers: {', '.join(users)}"
            print(f'failed to delete network: ["id": "{name}", "error": "{problem}"]', file=sys.stderr)
            failed.append(name)
        else:
            del known[name]
            print(name)
    if failed:
        raise Failure("internalError", f"delete failed for one or more networks: {listed(failed)}")
