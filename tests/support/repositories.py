"""Repositories of git to clone from: on this machine, and served by ``git daemon``."""

from __future__ import annotations

import os
import subprocess
import threading
from base64 import b64encode
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

from support.services import free_port, served

_ENVIRONMENT = {
    "GIT_AUTHOR_NAME": "Ada",
    "GIT_AUTHOR_EMAIL": "ada@example.org",
    "GIT_COMMITTER_NAME": "Ada",
    "GIT_COMMITTER_EMAIL": "ada@example.org",
    "GIT_CONFIG_GLOBAL": os.devnull,
    "GIT_CONFIG_NOSYSTEM": "1",
}


def git(folder: Path, *arguments: str) -> str:
    """Run git in a folder; it has to succeed."""
    settings = ("-c", "init.defaultBranch=main", "-c", "protocol.file.allow=always")
    done = subprocess.run(
        ["git", *settings, *arguments],
        cwd=folder,
        env={**os.environ, **_ENVIRONMENT},
        capture_output=True,
        encoding="utf-8",
        check=False,
    )
    assert done.returncode == 0, f"git {' '.join(arguments)}: {done.stderr}"
    return done.stdout.strip()


class Remote:
    """A repository that others clone, and somebody who pushes to it."""

    def __init__(self, folder: Path, name: str) -> None:
        """Make it, with one commit on ``main``.

        Args:
            folder: Where repositories are served from.
            name: Its name there.
        """
        self.bare = folder / f"{name}.git"
        self.work = folder / f"{name}.work"
        folder.mkdir(parents=True, exist_ok=True)
        git(folder, "init", "--quiet", "--bare", str(self.bare))
        git(folder, "init", "--quiet", str(self.work))
        git(self.work, "remote", "add", "origin", str(self.bare))
        self.first = self.commit("README.md", "hello\n")

    @property
    def url(self) -> str:
        """Its address as a file."""
        return f"file://{self.bare}"

    def commit(self, file: str, text: str, *, branch: str = "main") -> str:
        """Push a commit with one file to a branch, made where there is none; give its name."""
        if git(self.work, "branch", "--list", branch):
            git(self.work, "checkout", "--quiet", branch)
        elif git(self.work, "branch", "--list", "main"):
            git(self.work, "checkout", "--quiet", "-b", branch, "main")
        (self.work / file).parent.mkdir(parents=True, exist_ok=True)
        (self.work / file).write_text(text, encoding="utf-8")
        git(self.work, "add", file)
        git(self.work, "commit", "--quiet", "-m", f"Write {file}")
        git(self.work, "push", "--quiet", "origin", branch)
        return git(self.work, "rev-parse", "HEAD")

    def tag(self, name: str, *options: str) -> None:
        """Push a tag on the last commit."""
        git(self.work, "tag", *options, name)
        git(self.work, "push", "--quiet", "origin", f"refs/tags/{name}")

    def rewrite(self) -> str:
        """Push another last commit of ``main`` in the place of the one that was there."""
        git(self.work, "checkout", "--quiet", "main")
        git(self.work, "commit", "--quiet", "--amend", "-m", "Think again")
        git(self.work, "push", "--quiet", "--force", "origin", "main")
        return git(self.work, "rev-parse", "HEAD")


@contextmanager
def git_daemon(folder: Path) -> Iterator[str]:
    """Serve the repositories in a folder; give the address before their names."""
    port = free_port()
    options = ["--export-all", "--reuseaddr", "--listen=127.0.0.1", f"--port={port}", f"--base-path={folder}"]
    with served(["git", "daemon", *options, str(folder)], port, folder / "daemon.log"):
        yield f"git://127.0.0.1:{port}"


@contextmanager
def git_over_http(folder: Path, user: str, password: str) -> Iterator[str]:
    """Serve the repositories in a folder over HTTP, to one user alone; give ``HOST:PORT``."""
    wanted = f"Basic {b64encode(f'{user}:{password}'.encode()).decode()}"

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            self._serve(b"")

        def do_POST(self) -> None:
            self._serve(self.rfile.read(int(self.headers.get("Content-Length") or 0)))

        def log_message(self, format: str, *args: object) -> None:
            pass

        def _serve(self, body: bytes) -> None:
            if self.headers.get("Authorization") != wanted:
                self.send_response(401)
                self.send_header("WWW-Authenticate", 'Basic realm="repositories"')
                self.send_header("Content-Length", "0")
                self.end_headers()
                return
            path, _, query = self.path.partition("?")
            told = {
                "GIT_PROJECT_ROOT": str(folder),
                "GIT_HTTP_EXPORT_ALL": "1",
                "PATH_INFO": path,
                "QUERY_STRING": query,
                "REQUEST_METHOD": self.command,
                "CONTENT_TYPE": self.headers.get("Content-Type") or "",
                "CONTENT_LENGTH": str(len(body)),
                "HTTP_CONTENT_ENCODING": self.headers.get("Content-Encoding") or "",
                "GIT_PROTOCOL": self.headers.get("Git-Protocol") or "",
                "REMOTE_USER": user,
            }
            environment = {**os.environ, **_ENVIRONMENT, **told}
            done = subprocess.run(["git", "http-backend"], input=body, env=environment, capture_output=True)
            head, _, answer = done.stdout.partition(b"\r\n\r\n")
            headers = dict(line.split(": ", 1) for line in head.decode().split("\r\n"))
            self.send_response(int(headers.pop("Status", "200").split()[0]))
            for name, value in headers.items():
                self.send_header(name, value)
            self.send_header("Content-Length", str(len(answer)))
            self.end_headers()
            self.wfile.write(answer)

    with ThreadingHTTPServer(("127.0.0.1", 0), Handler) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        try:
            yield f"127.0.0.1:{server.server_port}"
        finally:
            server.shutdown()
