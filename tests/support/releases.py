"""A release of the engine, and the real HTTP server that publishes it."""

from __future__ import annotations

import hashlib
import io
import platform
import sys
import tarfile

from clockwork.engine.cache import ENGINE_VERSION
from support.downloads import DownloadServer

_MACHINE = {"x86_64": "x64", "aarch64": "arm64", "arm64": "arm64"}[platform.machine()]
ARCHIVE = f"pulumi-v{ENGINE_VERSION}-{sys.platform}-{_MACHINE}.tar.gz"
CHECKSUMS = f"pulumi-{ENGINE_VERSION}-checksums.txt"


def archive(*extra: tarfile.TarInfo, version: str = ENGINE_VERSION, name: str = "pulumi/pulumi") -> bytes:
    """Pack a release as the official ones are: all programs in a folder ``pulumi``."""
    packed = io.BytesIO()
    with tarfile.open(fileobj=packed, mode="w:gz") as tar:
        folder = tarfile.TarInfo("pulumi")
        folder.type, folder.mode = tarfile.DIRTYPE, 0o755
        tar.addfile(folder)
        for program, text in {name: f"echo v{version}", "pulumi/pulumi-language-python": ""}.items():
            content = f"#!/bin/sh\n{text}\n".encode()
            member = tarfile.TarInfo(program)
            member.size, member.mode = len(content), 0o755
            tar.addfile(member, io.BytesIO(content))
        for member in extra:
            tar.addfile(member)
    return packed.getvalue()


class ReleaseServer(DownloadServer):
    """Serves one release.

    Attributes:
        checksums: The list of sums.
    """

    def __init__(self, content: bytes | None = None) -> None:
        super().__init__(b"", f"/releases/{ARCHIVE}")
        self.publish(archive() if content is None else content)

    def publish(self, content: bytes) -> None:
        """Serve this archive, with its right sum, from now on."""
        self.content = content
        self.checksums = f"{'0' * 64}  other.tar.gz\n{hashlib.sha256(content).hexdigest()}  {ARCHIVE}\n"

    def beside(self, path: str) -> bytes | None:
        """Serve the list of sums."""
        return self.checksums.encode() if path == f"/releases/{CHECKSUMS}" else None

    @property
    def url(self) -> str:
        """The folder of the release."""
        return f"{self.root}/releases"
