"""Carries connections to an engine on another machine through the person's own ``ssh``."""

from __future__ import annotations

import shlex
import socket
import subprocess
import tempfile
import threading
from pathlib import Path
from urllib.parse import urlsplit

_AT_ONCE = 4
_CHUNK = 1 << 16
_FAREWELL = 5
"""Seconds for ``ssh`` to end by itself when it has nothing more to carry."""


class Tunnel:
    """A socket on this machine; each connection to it is one ``docker system dial-stdio`` over there.

    Attributes:
        address: What a client connects to.
    """

    def __init__(self, host: str) -> None:
        """Start to listen.

        Args:
            host: Such as ``ssh://USER@HOST:PORT``.
        """
        self._command = ssh_command(host)
        # A server refuses strangers when too many knock at once; four wait to be let in.
        self._knocking = threading.BoundedSemaphore(_AT_ONCE)
        self._folder = tempfile.TemporaryDirectory(prefix="clockwork-ssh-")
        self._said = Path(self._folder.name) / "said"
        self._said.touch()
        path = Path(self._folder.name) / "docker.sock"
        self.address = f"unix://{path}"
        self._server = socket.socket(socket.AF_UNIX)
        self._server.bind(str(path))
        self._server.listen()
        threading.Thread(target=self._accept, name="clockwork-ssh", daemon=True).start()

    @property
    def last_words(self) -> str:
        """What ``ssh`` said last on standard error; complete for each connection that has ended."""
        lines = self._said.read_text(errors="replace").strip().splitlines()
        return lines[-1].strip() if lines else ""

    def _accept(self) -> None:
        while True:
            connection, _ = self._server.accept()
            threading.Thread(target=self._carry, args=(connection,), daemon=True).start()

    def _carry(self, connection: socket.socket) -> None:
        """Carry one connection; the client is told of its end when all that ``ssh`` said is written."""
        with connection:
            try:
                with self._knocking:
                    process = self._start()
                    threading.Thread(target=_send, args=(connection, process), daemon=True).start()
                    first = _read(process)
            except OSError as error:
                self._said.write_text(str(error))
                return
            with process:
                _receive(connection, process, first)
                _wait_for_end(process)
                _end(connection)

    def _start(self) -> subprocess.Popen[bytes]:
        pipe = subprocess.PIPE
        with self._said.open("ab") as said:
            return subprocess.Popen(
                self._command, stdin=pipe, stdout=pipe, stderr=said, bufsize=0, start_new_session=True
            )


def ssh_command(host: str) -> list[str]:
    """Give the command that connects to the engine of a host; it never asks for a password.

    Args:
        host: Such as ``ssh://USER@HOST:PORT``.

    Returns:
        The words of the command.
    """
    parts = urlsplit(host)
    user = ["-l", parts.username] if parts.username else []
    port = ["-p", str(parts.port)] if parts.port else []
    far = shlex.join(["docker", "system", "dial-stdio"])
    return ["ssh", "-T", "-o", "BatchMode=yes", *user, *port, "--", parts.hostname or "", far]


def _read(process: subprocess.Popen[bytes]) -> bytes:
    assert process.stdout is not None
    data: bytes = process.stdout.read(_CHUNK) or b""
    return data


def _send(connection: socket.socket, process: subprocess.Popen[bytes]) -> None:
    """Carry what the client says; the end of it is told too."""
    assert process.stdin is not None
    try:
        while data := connection.recv(_CHUNK):
            process.stdin.write(data)
        process.stdin.close()
    except OSError:
        process.terminate()


def _receive(connection: socket.socket, process: subprocess.Popen[bytes], data: bytes) -> None:
    """Carry what the engine says, from the first bytes on."""
    try:
        while data:
            connection.sendall(data)
            data = _read(process)
    except OSError:
        process.terminate()


def _wait_for_end(process: subprocess.Popen[bytes]) -> None:
    try:
        process.wait(_FAREWELL)
    except subprocess.TimeoutExpired:
        process.terminate()


def _end(connection: socket.socket) -> None:
    """Let the client know; closing alone waits for the thread that still reads from it."""
    try:
        connection.shutdown(socket.SHUT_RDWR)
    except OSError:
        return  # the client ended it first
