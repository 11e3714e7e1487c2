"""What the service knows, in one folder: state, knobs, the containers' own folders."""

from __future__ import annotations

import fcntl
import json
import os
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

Json = dict[str, Any]
BUILTIN = {"com.apple.container.resource.role": "builtin"}
KNOBS: Json = {
    "version": "1.2.2",
    "macos": 26,
    "kernel": True,
    "subnet": "192.168.64.0/24",
    "taken_ports": [],
    "hanging": [],
    "unseen_once": [],
    "failing": {},
    "registry": {},
}


class Machine:
    """One folder with all that the program remembers."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.knobs: Json = {**KNOBS, **_read(folder / "knobs.json")}
        self.state: Json = {}

    @property
    def is_old(self) -> bool:
        """Whether the program speaks the shapes of 0.12."""
        return str(self.knobs["version"]).startswith("0.")

    @contextmanager
    def open(self) -> Iterator[None]:
        """Hold the state; it is written back at the end, also after a failure."""
        with (self.folder / "lock").open("w") as lock:
            fcntl.flock(lock, fcntl.LOCK_EX)
            self.state = _read(self.folder / "state.json") or self._fresh()
            self._reap()
            try:
                yield
            finally:
                fresh = self.folder / "state.json.new"
                fresh.write_text(json.dumps(self.state, indent=1))
                fresh.replace(self.folder / "state.json")

    def container_folder(self, name: str) -> Path:
        return self.folder / "containers" / name

    def is_running(self, name: str) -> bool:
        """Whether a container's process lives: it holds a lock as long as it does."""
        try:
            with (self.container_folder(name) / "alive").open("r+") as lock:
                try:
                    fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
                except BlockingIOError:
                    return True
        except FileNotFoundError:
            pass
        return False

    def forget_container(self, name: str) -> None:
        """Remove a container, its log included."""
        del self.state["containers"][name]
        for path in self.container_folder(name).iterdir():
            path.unlink()
        self.container_folder(name).rmdir()

    def _reap(self) -> None:
        """Note which containers ended since the last look."""
        for name, container in list(self.state["containers"].items()):
            if self.is_running(name):
                continue
            container["networks"] = []
            if container["removes"] and container["was_started"]:
                self.forget_container(name)

    def _fresh(self) -> Json:
        tables = ("containers", "images", "networks", "volumes", "next", "told")
        state: Json = {"up": True, "unseen": [], **{name: {} for name in tables}}
        state["networks"]["default"] = network("default", "nat", BUILTIN, self.knobs["subnet"])
        state["containers"]["buildkit"] = _builder()
        self.container_folder("buildkit").mkdir(parents=True)
        return state


def network(name: str, mode: str, labels: Json, subnet: str, wanted: str | None = None) -> Json:
    """A network as the service stores it."""
    configuration = {
        "creationDate": now(),
        "labels": labels,
        "mode": mode,
        "name": name,
        "options": {},
        "plugin": "container-network-vmnet",
    }
    if wanted:
        configuration["ipv4Subnet"] = wanted
    status = {"ipv4Gateway": f"{prefix(subnet)}.1", "ipv4Subnet": subnet, "ipv6Subnet": "fd8f:1c2b:3a4d::/64"}
    return {"configuration": configuration, "status": status}


def _builder() -> Json:
    """The container in which images are built: everybody sees it, and nobody may touch it."""
    image = "ghcr.io/apple/container-builder-shim/builder:0.8.0"
    configuration = {
        "creationDate": now(),
        "id": "buildkit",
        "image": {
            "descriptor": {"digest": "sha256:" + "b" * 64, "mediaType": "", "size": 1},
            "reference": image,
        },
        "initProcess": {"arguments": [], "environment": [], "executable": "buildkitd"},
        "labels": {"com.apple.container.resource.role": "builder"},
        "mounts": [],
        "networks": [{"network": "default", "options": {"hostname": "buildkit"}}],
        "publishedPorts": [],
    }
    return {
        "configuration": configuration,
        "networks": [],
        "removes": False,
        "started": None,
        "was_started": False,
    }


def prefix(subnet: str) -> str:
    """The first three numbers of a network of 256 addresses."""
    return subnet.partition("/")[0].rpartition(".")[0]


def now() -> str:
    return datetime.now(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


def _read(path: Path) -> Json:
    try:
        found: Json = json.loads(path.read_text())
    except FileNotFoundError:
        return {}
    return found


def process_of(folder: Path) -> int | None:
    """The process of a container's folder, as it wrote itself down."""
    try:
        return int((folder / "pid").read_text())
    except FileNotFoundError:
        return None


def lock_forever(path: Path) -> int:
    """Hold a lock until this process ends; gives the descriptor that holds it."""
    descriptor = os.open(path, os.O_RDWR | os.O_CREAT)
    fcntl.flock(descriptor, fcntl.LOCK_EX)
    return descriptor
