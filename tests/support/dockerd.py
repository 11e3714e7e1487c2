"""A Docker engine: the machine's own, or a ``dockerd`` that is started in a folder."""

from __future__ import annotations

import os
import select
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import docker
from docker.errors import DockerException

_PATIENCE = 60
_NEEDED = ("dockerd", "iptables", "busybox")


@dataclass(frozen=True)
class DockerEngine:
    """Where an engine listens.

    Attributes:
        host: What ``DOCKER_HOST`` must be.
    """

    host: str

    @classmethod
    def of_this_machine(cls) -> DockerEngine:
        """The engine that the ``docker`` command would use, whether it runs or not."""
        return cls(os.environ.get("DOCKER_HOST", "unix:///var/run/docker.sock"))

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


class Daemon:
    """A ``dockerd`` with all that is its own in one folder.

    Attributes:
        engine: Where it listens.
    """

    def __init__(self, folder: Path) -> None:
        """Start nothing yet.

        Args:
            folder: Holds the socket, the images and the log; its path is short, since it names a socket.
        """
        self._folder = folder
        self._pid = folder / "pid"
        self.engine = DockerEngine(f"unix://{folder}/docker.sock")

    @staticmethod
    def obstacle() -> str | None:
        """Say why none can be started here; ``None`` when one can."""
        missing = [program for program in _NEEDED if shutil.which(program, path=_path()) is None]
        if missing:
            return f"{', '.join(missing)} is not installed"
        return None if os.geteuid() == 0 else "only root may start dockerd"

    def start(self) -> None:
        """Start it and wait until it answers."""
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

    def stop(self) -> None:
        """End it, whichever process started it, and wait for its end."""
        assert sys.platform == "linux"
        process = os.pidfd_open(int(self._pid.read_text()))
        try:
            signal.pidfd_send_signal(process, signal.SIGTERM)
            ended, _, _ = select.select([process], [], [], _PATIENCE)
        finally:
            os.close(process)
        assert ended, f"dockerd does not end: {self._last_words()}"

    def _options(self) -> list[str]:
        folders = {"data-root": "data", "exec-root": "exec", "pidfile": "pid"}
        return [
            f"--host={self.engine.host}",
            *(f"--{name}={self._folder}/{p}" for name, p in folders.items()),
        ]

    def _last_words(self) -> str:
        return (self._folder / "log").read_text(errors="replace")[-2000:]


@contextmanager
def found_or_started(folder: Path) -> Iterator[DockerEngine]:
    """Give the engine of this machine; where none answers, one that runs in a folder meanwhile."""
    own = DockerEngine.of_this_machine()
    if own.answers():
        yield own
        return
    daemon = Daemon(folder)
    daemon.start()
    try:
        yield daemon.engine
    finally:
        daemon.stop()


def _path() -> str:
    return os.pathsep.join([os.environ.get("PATH", ""), "/usr/sbin", "/sbin"])
