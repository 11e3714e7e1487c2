"""A real Docker engine for the tests: the machine's own, or one that is started for them and shared."""

from __future__ import annotations

import os
import shutil
import signal
import subprocess
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import docker
import pytest
from docker.errors import DockerException
from filelock import FileLock

_PATIENCE = 60
_NEEDED = ("dockerd", "iptables", "busybox")


@dataclass(frozen=True)
class DockerEngine:
    """Where the engine listens.

    Attributes:
        host: What ``DOCKER_HOST`` must be.
    """

    host: str

    def client(self) -> docker.DockerClient:
        """A client of the engine."""
        return docker.DockerClient(base_url=self.host, version="auto", timeout=120)

    def answers(self) -> bool:
        """Whether somebody is there."""
        try:
            client = self.client()
        except DockerException:
            return False
        client.close()
        return True


@contextmanager
def docker_engine(folder: Path) -> Iterator[DockerEngine]:
    """Find or start an engine, which all processes that name the same folder share.

    Where none can be had the tests are skipped; under CI they fail.

    Args:
        folder: Holds the socket, the images and the count of users; short, since it names a socket.
    """
    own = DockerEngine(os.environ.get("DOCKER_HOST", "unix:///var/run/docker.sock"))
    if own.answers():
        yield own
        return
    _refuse_without_parts()
    folder.mkdir(parents=True, exist_ok=True)
    shared = _SharedDaemon(folder)
    shared.join()
    try:
        yield shared.engine
    finally:
        shared.leave()


def _refuse_without_parts() -> None:
    missing = [program for program in _NEEDED if shutil.which(program, path=_path()) is None]
    if not missing and os.geteuid() == 0:
        return
    reason = f"{', '.join(missing)} is not installed" if missing else "only root may start dockerd"
    reason = f"no Docker engine answers here, and none can be started: {reason}"
    if os.environ.get("CI"):
        pytest.fail(reason)
    pytest.skip(reason)


def _path() -> str:
    return os.pathsep.join([os.environ.get("PATH", ""), "/usr/sbin", "/sbin"])


class _SharedDaemon:
    """A ``dockerd`` that the first user starts and the last one stops."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._lock = FileLock(folder / "lock")
        self._users = folder / "users"
        self._pid = folder / "pid"
        self.engine = DockerEngine(f"unix://{folder}/docker.sock")

    def join(self) -> None:
        with self._lock:
            if not self.engine.answers():
                self._start()
            self._count(+1)

    def leave(self) -> None:
        with self._lock:
            if self._count(-1) == 0:
                self._stop()

    def _count(self, change: int) -> int:
        number = int(self._users.read_text()) if self._users.exists() else 0
        self._users.write_text(str(number + change))
        return number + change

    def _start(self) -> None:
        self._pid.unlink(missing_ok=True)
        with (self._folder / "log").open("ab") as log:
            process = subprocess.Popen(
                ["dockerd", *self._options()],
                stdout=log,
                stderr=log,
                stdin=subprocess.DEVNULL,
                start_new_session=True,
                env={**os.environ, "PATH": _path()},
            )
        until = time.monotonic() + _PATIENCE
        while not self.engine.answers():
            try:
                process.wait(timeout=0.1)
            except subprocess.TimeoutExpired:
                if time.monotonic() < until:
                    continue
            raise AssertionError(f"dockerd does not answer: {self._last_words()}")

    def _options(self) -> list[str]:
        folders = {"data-root": "data", "exec-root": "exec", "pidfile": "pid"}
        return [
            f"--host={self.engine.host}",
            *(f"--{name}={self._folder}/{p}" for name, p in folders.items()),
        ]

    def _last_words(self) -> str:
        return (self._folder / "log").read_text(errors="replace")[-2000:]

    def _stop(self) -> None:
        os.kill(int(self._pid.read_text()), signal.SIGTERM)
        until = time.monotonic() + _PATIENCE
        while self._pid.exists() and time.monotonic() < until:
            time.sleep(0.05)
