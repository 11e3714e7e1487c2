"""Image registries on loopback: Debian's own, and one that gives tokens."""

from __future__ import annotations

import base64
import json
import os
import shutil
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest

from support.services import free_port, served

USER, PASSWORD = "clockwork", "a-test-password"
_HTPASSWD = f"{USER}:$2b$05$h5zLoMF2QerX4NkYeyXtcekkXlmnIHruers2lg0kHJS0diENPCpcC\n"


@contextmanager
def registry(folder: Path, *, login: bool = False) -> Iterator[str]:
    """Run Debian's registry until the end; give its address.

    Args:
        folder: Where it keeps everything.
        login: Whether it wants :data:`USER` and :data:`PASSWORD`.
    """
    program = shutil.which("docker-registry")
    if program is None:
        reason = "docker-registry is not installed"
        if os.environ.get("CI"):
            pytest.fail(reason)
        pytest.skip(reason)
    folder.mkdir(parents=True, exist_ok=True)
    port = free_port()
    (folder / "htpasswd").write_text(_HTPASSWD)
    auth = f"auth: {{htpasswd: {{realm: tests, path: {folder}/htpasswd}}}}\n" if login else ""
    (folder / "config.yml").write_text(
        "version: 0.1\n"
        "log: {level: error}\n"
        f"storage: {{filesystem: {{rootdirectory: {folder}/data}}}}\n"
        f"http: {{addr: '127.0.0.1:{port}'}}\n{auth}"
    )
    with served([program, "serve", str(folder / "config.yml")], port, folder / "log"):
        yield f"127.0.0.1:{port}"


def docker_config(folder: Path, address: str) -> Path:
    """Write what ``docker login`` would have written."""
    folder.mkdir(parents=True, exist_ok=True)
    login = base64.b64encode(f"{USER}:{PASSWORD}".encode()).decode()
    (folder / "config.json").write_text(json.dumps({"auths": {address: {"auth": login}}}))
    return folder


@contextmanager
def token_registry(platforms: list[tuple[str, str]]) -> Iterator[str]:
    """Run a registry that has the one image ``shop/web:1``, for those who fetch a token first."""

    class Handler(BaseHTTPRequestHandler):
        def do_HEAD(self) -> None:
            self._answer()

        def do_GET(self) -> None:
            self._answer()

        def _answer(self) -> None:
            host = self.headers["Host"]
            if self.path.startswith("/token?"):
                self._send(200, {"token": "granted"} if "pull" in self.path else {})
            elif self.headers.get("Authorization") != "Bearer granted":
                challenge = f'Bearer realm="http://{host}/token",service="tests",scope="repository:x:pull"'
                self._send(401, {}, {"WWW-Authenticate": challenge})
            elif self.path == "/v2/shop/web/manifests/1":
                listed = [
                    {"platform": {"os": o, "architecture": a}, "digest": "sha256:0"} for o, a in platforms
                ]
                self._send(200, {"manifests": listed}, {"Docker-Content-Digest": "sha256:1"})
            else:
                self._send(404, {})

        def _send(self, status: int, body: object, headers: dict[str, str] | None = None) -> None:
            content = json.dumps(body).encode()
            self.send_response(status)
            self.send_header("Content-Length", str(len(content)))
            for name, value in (headers or {}).items():
                self.send_header(name, value)
            self.end_headers()
            if self.command == "GET":
                self.wfile.write(content)

        def log_message(self, *_args: object) -> None:
            """Say nothing."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    try:
        yield f"127.0.0.1:{server.server_port}"
    finally:
        server.shutdown()
        server.server_close()
        thread.join()
