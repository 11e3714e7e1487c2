"""A real HTTP server that serves one file, and can break off."""

from __future__ import annotations

import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from types import TracebackType
from typing import Any, Self


class DownloadServer:
    """Serves one file.

    Attributes:
        content: The file.
        path: Where it is.
        cuts: For each of the next requests for it, after how many bytes it breaks off.
        ranges: The ``Range`` header of each request for it so far.
        asked: Set by the first request for it.
        halt_at: After how many bytes it waits for ``go_on``.
        go_on: Lets it be sent to its end.
        with_ranges: Whether parts of it can be had.
    """

    def __init__(self, content: bytes, path: str) -> None:
        self.content = content
        self.path = path
        self.cuts: list[int] = []
        self.ranges: list[str | None] = []
        self.asked = threading.Event()
        self.halt_at = 0
        self.go_on = threading.Event()
        self.go_on.set()
        self.with_ranges = True
        self._server = ThreadingHTTPServer(("127.0.0.1", 0), self._handler())
        self._thread = threading.Thread(target=self._server.serve_forever, args=(0.01,), daemon=True)

    @property
    def root(self) -> str:
        """The address of the server."""
        return f"http://127.0.0.1:{self._server.server_port}"

    def beside(self, path: str) -> bytes | None:
        """Give another file; ``None`` where there is none."""
        return None

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
        server = self

        class Handler(BaseHTTPRequestHandler):
            def do_GET(self) -> None:
                if self.path == server.path:
                    self._send_file()
                elif (other := server.beside(self.path)) is not None:
                    self._send(200, other)
                else:
                    self._send(404, b"")

            def _send_file(self) -> None:
                asked = self.headers.get("Range")
                server.ranges.append(asked)
                server.asked.set()
                start = int(asked.removeprefix("bytes=").rstrip("-")) if asked and server.with_ranges else 0
                if start and start >= len(server.content):
                    self._send(416, b"")
                else:
                    self._send(206 if start else 200, server.content[start:], breaks=True)

            def _send(self, status: int, body: bytes, *, breaks: bool = False) -> None:
                self.send_response(status)
                self.send_header("Content-Length", str(len(body)))
                self.end_headers()
                cut = server.cuts.pop(0) if breaks and server.cuts else len(body)
                halt = server.halt_at if breaks else cut
                self.wfile.write(body[:cut][:halt])
                assert not breaks or server.go_on.wait(60)
                self.wfile.write(body[:cut][halt:])
                self.close_connection = True

            def log_message(self, format: str, *args: Any) -> None:
                pass

        return Handler
