"""Images with programs of this machine, and the shared libraries that they need."""

from __future__ import annotations

import io
import os
import re
import shutil
import subprocess
import tarfile
from collections.abc import Callable, Iterable, Iterator
from pathlib import Path

import pytest
from docker import DockerClient

_COMMANDS = ("sh", "cat", "head", "sleep", "test", "rm")


class MachineImage:
    """An image in the making: busybox, and what is added to it."""

    def __init__(self) -> None:
        self._stream = io.BytesIO()
        self._archive = tarfile.open(fileobj=self._stream, mode="w")  # noqa: SIM115 closed by import_into
        busybox = shutil.which("busybox")
        assert busybox is not None
        self._archive.add(busybox, "bin/busybox")
        for command in _COMMANDS:
            self._link(f"bin/{command}", "busybox")

    def programs(self, *files: Path) -> None:
        """Add programs and modules where they are on this machine, with their libraries."""
        for file in dict.fromkeys((*files, *_libraries(files))):
            self._archive.add(file.resolve(), str(file))

    def tree(self, folder: Path, place: str, *, without: Iterable[str] = (), owner: int = 0) -> None:
        """Add a folder, except what lies in folders of some names."""
        left_out = set(without)

        def kept(entry: tarfile.TarInfo) -> tarfile.TarInfo | None:
            entry.uid = entry.gid = owner
            return None if left_out & {*Path(entry.name).parts} else entry

        self._archive.add(folder, place, filter=kept)

    def text(self, name: str, text: str, mode: int = 0o644) -> None:
        """Add a file with a text."""
        entry = tarfile.TarInfo(name)
        entry.size, entry.mode = len(text.encode()), mode
        self._archive.addfile(entry, io.BytesIO(text.encode()))

    def folder(self, name: str, mode: int = 0o755, owner: int = 0) -> None:
        """Add an empty folder."""
        entry = tarfile.TarInfo(name)
        entry.type, entry.mode, entry.uid, entry.gid = tarfile.DIRTYPE, mode, owner, owner
        self._archive.addfile(entry)

    def import_into(self, client: DockerClient, name: str, changes: list[str]) -> None:
        """Hand it to the engine, with Dockerfile lines."""
        self._archive.close()
        repository, _, tag = name.rpartition(":")
        client.api.import_image_from_data(
            self._stream.getvalue(), repository=repository, tag=tag, changes=changes
        )

    def _link(self, name: str, target: str) -> None:
        link = tarfile.TarInfo(name)
        link.type, link.linkname = tarfile.SYMTYPE, target
        self._archive.addfile(link)


def once(client: DockerClient, name: str, make: Callable[[], None]) -> str:
    """Make an image, unless the engine has it; gives its name."""
    if not any(name in image.tags for image in client.images.list()):
        make()
    return name


def not_installed(package: str) -> None:
    """Skip the test for want of a package; under CI it fails."""
    reason = f"Debian's package {package} is not installed here"
    if os.environ.get("CI"):
        pytest.fail(reason)
    pytest.skip(reason)


def _libraries(programs: Iterable[Path]) -> Iterator[Path]:
    """Give the shared libraries that programs need, as the machine's own loader finds them."""
    told = subprocess.run(["ldd", *map(str, programs)], capture_output=True, encoding="utf-8", check=True)
    yield from sorted(Path(path) for path in {*re.findall(r"(/\S+) \(0x", told.stdout)})
