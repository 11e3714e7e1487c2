"""Images: what a reference means, what the registry has, and the commands on them."""

from __future__ import annotations

import hashlib
import re
import sys
from collections.abc import Sequence

from support.fake_container import shapes
from support.fake_container.failures import Failure, UsageFailure
from support.fake_container.listing import listed, run_action, show_list
from support.fake_container.state import Json, Machine, now
from support.fake_container.usage import read, spellings

_TOLD = ("serves", "root", "log", "ends", "ready_when", "stop_signal", "programs")
_PATH = "PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin"
_NGINX = {"command": ["nginx", "-g", "daemon off;"], "serves": 80, "root": "/usr/share/nginx/html"}
REGISTRY: Json = {
    "docker.io/library/nginx:alpine": {**_NGINX, "log": ["start worker processes"]},
    "docker.io/library/nginx:latest": _NGINX,
    "docker.io/library/redis:7": {"command": ["redis-server"], "serves": 6379},
    "docker.io/library/alpine:latest": {"command": ["/bin/sh"], "ends": 0},
}
_REFERENCE = re.compile(
    r"^(?:[a-zA-Z0-9.\-]+(?::\d+)?/)?[a-z0-9]+(?:[._\-/]+[a-z0-9]+)*(?::[\w.\-]+)?(?:@sha256:[0-9a-f]{64})?$"
)


def normalised(reference: str) -> str:
    """The full reference: registry, ``library`` and tag added where they are left out."""
    if not _REFERENCE.match(reference):
        raise Failure("invalidArgument", "invalid format for image reference")
    first, slash, _rest = reference.partition("/")
    if not slash:
        reference = f"docker.io/library/{reference}"
    elif "." not in first and ":" not in first and first != "localhost":
        reference = f"docker.io/{reference}"
    if "@" in reference or ":" in reference.rpartition("/")[2]:
        return reference
    return f"{reference}:latest"


def fetch(machine: Machine, reference: str) -> str:
    """Get an image from the registry; gives its full name."""
    name = normalised(reference)
    known: Json = {**REGISTRY, **machine.knobs["registry"]}
    if name not in known:
        raise _not_there(name, any(other.rpartition(":")[0] == name.rpartition(":")[0] for other in known))
    print("[1/2] Fetching image [0s]", file=sys.stderr)
    print("[1/2] Fetching image 40% (2 of 5 blobs, 1.6/4.0 MB, 1.2 MB/s) [1s]", file=sys.stderr)
    print("[2/2] Unpacking image 100% (5 entries) [2s]", file=sys.stderr)
    described = known[name]
    digest = described.get("digest") or hashlib.sha256(name.encode()).hexdigest()
    machine.state["images"][name] = {
        "command": described.get("command", []),
        "digest": f"sha256:{digest}",
        "environment": [_PATH, *described.get("environment", [])],
        "pulled": now(),
        **{key: described.get(key) for key in _TOLD},
    }
    return name


def local_or_fetched(machine: Machine, reference: str) -> str:
    """An image that is here is taken as it is; the registry is not asked."""
    name = normalised(reference)
    return name if name in machine.state["images"] else fetch(machine, reference)


def image(machine: Machine, args: Sequence[str]) -> None:
    """Run ``container image ...``."""
    actions = {"pull": _pull, "list": _list, "inspect": _inspect, "delete": _delete}
    run_action("image", actions, machine, args)


def _pull(machine: Machine, args: Sequence[str]) -> None:
    options = spellings(
        platform="one --platform",
        os="one --os",
        arch="one -a --arch",
        scheme="one --scheme",
        progress="one --progress",
        downloads="one --max-concurrent-downloads",
    )
    line = read("image pull", args, options)
    if not line.rest:
        raise UsageFailure("Missing expected argument '<reference>'", "image pull")
    fetch(machine, line.rest[0])


def _list(machine: Machine, args: Sequence[str]) -> None:
    known = machine.state["images"]
    names = sorted(known)
    rows = [f"{'  '.join(name.rsplit(':', 1))}  {known[name]['digest'][7:19]}" for name in names]
    short = [name.removeprefix("docker.io/").removeprefix("library/") for name in names]
    found = shapes.images(machine, names)
    show_list("image", args, found, short, ["NAME  TAG  DIGEST", *rows], verbose="flag -v --verbose")


def _inspect(machine: Machine, args: Sequence[str]) -> None:
    wanted = {name: normalised(name) for name in read("image inspect", args, spellings()).rest}
    missing = sorted(name for name, full in wanted.items() if full not in machine.state["images"])
    if missing:
        raise Failure("notFound", f"image not found: {', '.join(missing)}")
    print(shapes.pretty(shapes.images(machine, list(wanted.values()))))


def _delete(machine: Machine, args: Sequence[str]) -> None:
    line = read("image delete", args, spellings(all="flag -a --all", force="flag -f --force"))
    wanted = sorted(machine.state["images"]) if "all" in line.flags else line.rest
    missing = []
    for reference in wanted:
        if machine.state["images"].pop(normalised(reference), None) is None:
            missing.append(reference)
        else:
            print(normalised(reference))
    if missing and "force" not in line.flags:
        raise Failure("internalError", f"failed to delete one or more images: {listed(missing)}")


def _not_there(name: str, has_repository: bool) -> Failure:
    registry, _slash, rest = name.partition("/")
    repository, _colon, tag = rest.rpartition(":")
    host = "registry-1.docker.io" if registry == "docker.io" else registry
    answer = "401 Unauthorized" if registry == "docker.io" and not has_repository else "404 Not Found"
    return Failure(
        "internalError",
        f"HTTP request to https://{host}/v2/{repository}/manifests/{tag}"
        f" failed with response: {answer}. Reason: Unknown",
    )
