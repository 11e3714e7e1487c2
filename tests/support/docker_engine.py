"""A real Docker engine for the tests: the machine's own, or one that is started for them and shared."""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from filelock import FileLock

from support.dockerd import Daemon, DockerEngine


@contextmanager
def docker_engine(folder: Path) -> Iterator[DockerEngine]:
    """Find or start an engine, which all processes that name the same folder share.

    Where none can be had the tests are skipped; under CI they fail.

    Args:
        folder: Holds the engine and the count of its users; short, since it names a socket.
    """
    own = DockerEngine.of_this_machine()
    if own.answers():
        yield own
        return
    _refuse_without_parts()
    folder.mkdir(parents=True, exist_ok=True)
    shared = _SharedDaemon(folder)
    shared.join()
    try:
        yield shared.daemon.engine
    finally:
        shared.leave()


def _refuse_without_parts() -> None:
    obstacle = Daemon.obstacle()
    if obstacle is None:
        return
    reason = f"no Docker engine answers here, and none can be started: {obstacle}"
    if os.environ.get("CI"):
        pytest.fail(reason)
    pytest.skip(reason)


class _SharedDaemon:
    """A ``dockerd`` that the first user starts and the last one stops."""

    def __init__(self, folder: Path) -> None:
        self._lock = FileLock(folder / "lock")
        self._users = folder / "users"
        self.daemon = Daemon(folder)

    def join(self) -> None:
        with self._lock:
            if not self.daemon.engine.answers():
                self.daemon.start()
            self._count(+1)

    def leave(self) -> None:
        with self._lock:
            if self._count(-1) == 0:
                self.daemon.stop()

    def _count(self, change: int) -> int:
        number = int(self._users.read_text()) if self._users.exists() else 0
        self._users.write_text(str(number + change))
        return number + change
