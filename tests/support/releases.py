"""A real HTTP server that publishes a release of the engine, and can break off."""

from __future__ import annotations

import hashlib
import io
import platform
import sys
import tarfile
import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from types import TracebackType
from typing import Any, Self

from clockwork.engine.cache import ENGINE_VERSION

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


class ReleaseServer:
    """Serves one release.

    Attributes:
        content: The archive.
        checksums: The list of sums.
        cuts: For each of the next requests for the archive, after how many bytes it breaks off.
        ranges: The ``Range`` header of each request for the archive so far.
        asked: Set by the first request for the archive.
        halt_at: After how many bytes the archive waits for ``go_on``.
        go_on: Lets the archive be sent to its end.
        with_ranges: Whether parts of a file can be had.
    """

    def __init__(self, content: bytes | None = None) -> None:
        self.publish(archive() if content is None else content)
        self.cuts: list[int] = []
        self.ranges: list[str | None] = []
        self.asked = threading.Event()
        self.halt_at = 0
        self.go_on = threading.Event()
        self.go_on.set()
        self.with_ranges = True
        self._server = ThreadingHTTPServer(("127.0.0.1", 0), self._handler())
        self._thread = threading.Thread(target=self._server.serve_forever, args=(0.01,), daemon=True)

    def publish(self, content: bytes) -> None:
        """Serve this archive, with its right sum, from now on."""
        self.content = content
        self.checksums = f"{'0' * 64}  other.tar.gz\n{hashlib.sha256(content).hexdigest()}  {ARCHIVE}\n"

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self._server.server_port}/releases"

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.go_on.set()
        self._server.shutdown()
        self._server.server_close()
        self._thread.join()

    def _handler(self) -> type[BaseHTTPRequestHandler]:
        release = self

        class Handler(BaseHTTPRequestHandler):
            def do_GET(self) -> None:
                if self.path == f"/releases/{CHECKSUMS}":
                    self._send(200, release.checksums.encode())
                elif self.path == f"/releases/{ARCHIVE}":
                    self._send_archive()
                else:
                    self._send(404, b"")

            def _send_archive(self) -> None:
                asked = self.headers.get("Range")
                release.ranges.append(asked)
                release.asked.set()
                start = int(asked.removeprefix("bytes=").rstrip("-")) if asked and release.with_ranges else 0
                if start and start >= len(release.content):
                    self._send(416, b"")
                else:
                    self._send(206 if start else 200, release.content[start:], archive=True)

            def _send(self, status: int, body: bytes, *, archive: bool = False) -> None:
                self.send_response(status)
                self.send_header("Content-Length", str(len(body)))
                self.end_headers()
                cut = release.cuts.pop(0) if archive and release.cuts else len(body)
                halt = release.halt_at if archive else cut
                self.wfile.write(body[:cut][:halt])
                assert not archive or release.go_on.wait(60)
                self.wfile.write(body[:cut][halt:])
                self.close_connection = True

            def log_message(self, format: str, *args: Any) -> None:
                pass

        return Handler
