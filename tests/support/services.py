"""Storage services for shared state, started as processes on free ports."""

from __future__ import annotations

import os
import shutil
import socket
import subprocess
import sys
import sysconfig
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

import pytest


def free_port() -> int:
    """A port on loopback that nobody listens on."""
    with socket.socket() as server:
        server.bind(("127.0.0.1", 0))
        port: int = server.getsockname()[1]
        return port


@contextmanager
def served(command: Sequence[str], port: int, log: Path) -> Iterator[None]:
    """Run a server until the end; it is ready when it accepts connections."""
    with log.open("wb") as output, subprocess.Popen(command, stdout=output, stderr=output) as process:
        try:
            while not _accepts(port):
                try:
                    process.wait(timeout=0.05)
                except subprocess.TimeoutExpired:
                    continue
                raise AssertionError(f"{command[0]} ended: {log.read_text(errors='replace')}")
            yield
        finally:
            process.terminate()


def moto_command(port: int) -> list[str]:
    """How an S3 that keeps nothing is started."""
    program = Path(sysconfig.get_path("scripts")) / "moto_server"
    return [sys.executable, str(program), "-H", "127.0.0.1", "-p", str(port)]


def azurite_command(port: int, folder: Path) -> list[str]:
    """How an Azure Blob storage is started.

    It is looked for on ``PATH``; where it is missing, the test is skipped, but fails under CI.
    """
    program = shutil.which("azurite-blob")
    if program is None:
        reason = "azurite-blob is not on PATH (npm install -g azurite)"
        if os.environ.get("CI"):
            pytest.fail(reason)
        pytest.skip(reason)
    options = ["--skipApiVersionCheck", "--silent", "--disableTelemetry"]
    address = ["--blobHost", "127.0.0.1", "--blobPort", str(port)]
    return [program, *options, *address, "--location", str(folder)]


def _accepts(port: int) -> bool:
    with socket.socket() as client:
        return client.connect_ex(("127.0.0.1", port)) == 0
