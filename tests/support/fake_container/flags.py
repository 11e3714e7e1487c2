"""The flags of ``run`` and ``create``, and the configuration that they make."""

from __future__ import annotations

import ipaddress
import os
import re
from collections.abc import Sequence
from pathlib import Path

from support.fake_container.failures import Failure, UsageFailure
from support.fake_container.mounts import mount
from support.fake_container.state import Json, Machine, now
from support.fake_container.usage import Line, number, spellings
from support.fake_container.volumes import attached, make_volume

CREATE = spellings(
    env="many -e --env",
    env_file="many --env-file",
    user="one -u --user",
    uid="one --uid",
    gid="one --gid",
    workdir="one -w --workdir --cwd",
    ulimit="many --ulimit",
    interactive="flag -i --interactive",
    tty="flag -t --tty",
    cpus="one -c --cpus",
    memory="one -m --memory",
    name="one --name",
    detach="flag -d --detach",
    remove="flag --rm --remove",
    label="many -l --label",
    publish="many -p --publish",
    socket="many --publish-socket",
    volume="many -v --volume",
    mount="many --mount",
    tmpfs="many --tmpfs",
    network="many --network",
    dns="many --dns",
    domain="one --dns-domain",
    dns_option="many --dns-option",
    search="many --dns-search",
    no_dns="flag --no-dns",
    entrypoint="one --entrypoint",
    arch="one -a --arch",
    os="one --os",
    platform="one --platform",
    rosetta="flag --rosetta",
    init="flag --init",
    read_only="flag --read-only",
    ssh="flag --ssh",
    virtualization="flag --virtualization",
    cap_add="many --cap-add",
    cap_drop="many --cap-drop",
    shm_size="one --shm-size",
    kernel="one -k --kernel",
    kernel_arg="many --kernel-arg",
    init_image="one --init-image",
    runtime="one --runtime",
    cidfile="one --cidfile",
    scheme="one --scheme",
    downloads="one --max-concurrent-downloads",
)
RUN = {**CREATE, **spellings(progress="one --progress")}
_NAME = re.compile(r"^[a-zA-Z0-9][a-zA-Z0-9_.\-]{1,62}$")
_PORT = re.compile(
    r"^(?:(?:\[(?P<six>[^\]]*)\]|(?P<four>[^:]+)):)?(?P<host>[^:]+):(?P<inside>[^:/]+)(?:/(?P<proto>.+))?$"
)


def check_name(name: str) -> None:
    if not _NAME.match(name):
        raise Failure("invalidArgument", f"container ID {name} is not a valid container ID")


def check_numbers(command: str, line: Line) -> None:
    """What the parser of the command line itself refuses."""
    for name in ("cpus", "uid", "gid", "downloads"):
        number(command, line, name)
    if "no_dns" in line.flags and (line.many("dns") or line.many("search") or "domain" in line.values):
        raise UsageFailure("`--no-dns` cannot be used with other DNS options", command)


def configuration(machine: Machine, name: str, image: str, line: Line) -> Json:
    """Make a container's configuration, checking in the program's order; makes missing volumes."""
    stored = machine.state["images"][image]
    words = _words(line, stored)
    variables = environment(line, stored["environment"])
    memory = _memory(line.values.get("memory", "1g"))
    mounts = [
        *(
            {"destination": path, "options": [], "source": "tmpfs", "type": {"tmpfs": {}}}
            for path in line.many("tmpfs")
        ),
        *(_mount(machine, text) for text in line.many("volume")),
        *(mount(machine, text) for text in line.many("mount")),
    ]
    made: Json = {
        "capAdd": line.many("cap_add"),
        "capDrop": line.many("cap_drop"),
        "creationDate": now(),
        "id": name,
        "image": {
            "descriptor": {
                "digest": stored["digest"],
                "mediaType": "application/vnd.oci.image.index.v1+json",
                "size": 10331,
            },
            "reference": image,
        },
        "initProcess": {
            "arguments": words[1:],
            "environment": variables,
            "executable": words[0],
            "rlimits": [],
            "supplementalGroups": [],
            "terminal": "tty" in line.flags,
            "user": {"id": {"gid": 0, "uid": 0}},
            "workingDirectory": line.values.get("workdir", "/"),
        },
        "mounts": mounts,
        "networks": _networks(machine, name, line),
        "labels": _labels(line),
        "platform": {"architecture": "arm64", "os": "linux"},
        "publishedPorts": _ports(line),
        "publishedSockets": [],
        "readOnly": "read_only" in line.flags,
        "resources": {"cpuOverhead": 1, "cpus": int(line.values.get("cpus", 4)), "memoryInBytes": memory},
        "rosetta": False,
        "runtimeHandler": "container-runtime-linux",
        "ssh": "ssh" in line.flags,
        "sysctls": {},
        "useInit": "init" in line.flags,
        "virtualization": False,
    }
    if "no_dns" not in line.flags:
        made["dns"] = {"nameservers": line.many("dns"), "options": [], "searchDomains": line.many("search")}
    if stored["stop_signal"]:
        made["stopSignal"] = stored["stop_signal"]
    if memory < 200 * 1024**2:
        raise Failure("invalidArgument", f"minimum memory amount allowed is 200 MiB (got {memory} bytes)")
    return made


def _words(line: Line, image: Json) -> list[str]:
    given = line.rest[1:]
    if "entrypoint" in line.values:
        return [line.values["entrypoint"], *given]
    words = given or image["command"]
    if not words:
        raise Failure("invalidArgument", "command/entrypoint not specified for container process")
    return list(words)


def environment(line: Line, own: Sequence[str]) -> list[str]:
    """Give the variables of a process: the image's own, those of files, and those that are named."""
    found = {entry.partition("=")[0]: entry for entry in own if "=" in entry}
    for path in line.many("env_file"):
        for entry in _env_file(path):
            found[entry.partition("=")[0]] = entry
    for entry in line.many("env"):
        if "=" in entry:
            found[entry.partition("=")[0]] = entry
        elif entry in os.environ:
            found[entry] = f"{entry}={os.environ[entry]}"
    return sorted(found.values(), key=lambda entry: hash(entry))


def _env_file(path: str) -> list[str]:
    try:
        text = Path(path).read_bytes().decode("utf-8")
    except OSError:
        raise Failure("invalidArgument", f"failed to read envfile at {path}") from None
    entries = []
    for row in text.splitlines():
        row = row.lstrip()
        key, equals, value = row.partition("=")
        if not row or row.startswith("#"):
            continue
        if " " in key or "\t" in key:
            raise Failure("invalidArgument", f"variable '{key}' contains whitespaces")
        if not key:
            raise Failure("invalidArgument", f"no variable name on line '{row}'")
        if equals:
            entries.append(f"{key}={value}")
        elif key in os.environ:
            entries.append(f"{key}={os.environ[key]}")
    return entries


def _memory(text: str) -> int:
    found = re.fullmatch(r"(\d+(?:\.\d+)?)\s*([kmgtp]?)(?:i?b)?", text.lower())
    if found is None:
        raise Failure("invalidArgument", f"invalid memory value: {text}")
    size = int(float(found[1]) * 1024 ** " kmgtp".index(found[2] or " "))
    return size // 1024**2 * 1024**2 if found[2] else size


def _mount(machine: Machine, text: str) -> Json:
    parts = text.lstrip(":").split(":")
    if len(parts) > 3:
        raise Failure("invalidArgument", f"invalid volume format {text}")
    if len(parts) == 1:
        return attached(make_volume(machine, None), parts[0], [])
    source, target = parts[:2]
    options = parts[2].split(",") if len(parts) == 3 else []
    if "/" not in source and source not in (".", ".."):
        return attached(make_volume(machine, source), target, options)
    absolute = os.path.normpath(Path.cwd() / source)
    if not Path(absolute).exists():
        raise Failure("invalidArgument", f"path '{source}' does not exist")
    return {"destination": target, "options": options, "source": absolute, "type": {"virtiofs": {}}}


def _networks(machine: Machine, name: str, line: Line) -> list[Json]:
    wanted = [text.partition(",")[0] for text in line.many("network")] or ["default"]
    if "none" in wanted:
        if len(wanted) > 1:
            raise Failure("unsupported", "no other networks may be created along with 'none'")
        return []
    for network in wanted:
        if network != "default" and machine.knobs["macos"] < 26:
            raise Failure("invalidArgument", "non-default network configuration requires macOS 26 or newer")
        if network not in machine.state["networks"]:
            raise Failure("notFound", f"network {network} not found")
    return [{"network": network, "options": {"hostname": name, "mtu": 1280}} for network in wanted]


def _labels(line: Line) -> dict[str, str]:
    found = {}
    for text in line.many("label"):
        if text.count("=") > 1:
            raise Failure("invalidArgument", f"invalid label format {text}")
        key, _equals, value = text.partition("=")
        found[key] = value
    return found


def _ports(line: Line) -> list[Json]:
    found = [_port(text) for text in line.many("publish")]
    taken: set[tuple[int, str]] = set()
    for port in found:
        for host in range(port["hostPort"], port["hostPort"] + port["count"]):
            if (host, port["proto"]) in taken:
                raise Failure(
                    "invalidArgument", "host ports for different publish port specs may not overlap"
                )
            taken.add((host, port["proto"]))
    return found


def _port(text: str) -> Json:
    found = _PORT.match(text)
    if found is None:
        raise Failure("invalidArgument", f"invalid publish value: {text}")
    proto = (found["proto"] or "tcp").lower()
    if proto not in ("tcp", "udp"):
        raise Failure("invalidArgument", f"invalid publish protocol: {proto}")
    address = found["six"] or found["four"] or "0.0.0.0"
    version = 6 if found["six"] else 4
    try:
        if ipaddress.ip_address(address).version != version:
            raise ValueError
    except ValueError:
        raise Failure("invalidArgument", f"invalid publish IPv{version} address: {text}") from None
    first, count = _range("host", found["host"])
    inside, width = _range("container", found["inside"])
    if count != width:
        told = f"{found['host']}:{found['inside']}"
        raise Failure("invalidArgument", f"publish host and container port counts are not equal: {told}")
    return {
        "containerPort": inside,
        "count": count,
        "hostAddress": address,
        "hostPort": first,
        "proto": proto,
    }


def _range(side: str, text: str) -> tuple[int, int]:
    parts = text.split("-")
    if len(parts) > 2 or not all(part.isdigit() and int(part) < 65536 for part in parts):
        raise Failure("invalidArgument", f"invalid publish {side} port: {text}")
    first, last = int(parts[0]), int(parts[-1])
    if first <= 1 or last < first:
        raise Failure("invalidArgument", f"invalid publish {side} port range: {text}")
    return first, last - first + 1
