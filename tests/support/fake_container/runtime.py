"""A container's process: it holds the published ports and does what its image says."""

from __future__ import annotations

import os
import selectors
import signal
import socket
import subprocess
import sys
import threading
from collections.abc import Sequence
from pathlib import Path

from support.fake_container.failures import Failure
from support.fake_container.state import Json, lock_forever

_BUSY = "bind(descriptor:ptr:bytes:): Address already in use (errno: 48)"


def boot(folder: Path, name: str, configuration: Json, image: Json, address: str | None) -> None:
    """Start a container's process in the background; it runs when this returns.

    Raises:
        Failure: A port could not be published.
    """
    listeners = _published(name, configuration)
    listeners += _inside(address, image)
    ready, started = os.pipe()
    if os.fork() == 0:
        _detach(folder, listeners, configuration, image, started)
    os.close(started)
    for listener, _port in listeners:
        listener.close()
    os.read(ready, 1)
    os.close(ready)
    # The one in between ends at once and must not stay as a zombie.
    os.wait()


def _published(name: str, configuration: Json) -> list[tuple[socket.socket, int]]:
    found: list[tuple[socket.socket, int]] = []
    for port in configuration["publishedPorts"]:
        for step in range(port["count"]):
            try:
                listener = _listen(port["hostAddress"], port["hostPort"] + step, port["proto"])
            except OSError as error:
                for other, _inside_port in found:
                    other.close()
                raise _refused(name, port["hostPort"] + step, error) from None
            found.append((listener, port["containerPort"] + step))
    return found


def _inside(address: str | None, image: Json) -> list[tuple[socket.socket, int]]:
    """Listen at the container's own address, where that is an address of this machine."""
    if address is None or not address.startswith("127.") or not image["serves"]:
        return []
    return [(_listen(address, image["serves"], "tcp"), image["serves"])]


def _listen(address: str, port: int, proto: str) -> socket.socket:
    family = socket.AF_INET6 if ":" in address else socket.AF_INET
    kind = socket.SOCK_STREAM if proto == "tcp" else socket.SOCK_DGRAM
    listener = socket.socket(family, kind)
    try:
        if proto == "tcp":
            listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        listener.bind((address, port))
        if proto == "tcp":
            listener.listen(64)
    except OSError:
        listener.close()
        raise
    return listener


def _refused(name: str, port: int, error: OSError) -> Failure:
    if isinstance(error, PermissionError):
        cause = Failure(
            "invalidArgument",
            f"Permission denied while binding to host port {port}. "
            "Binding to ports below 1024 requires root privileges.",
        )
    else:
        cause = Failure("unknown", _BUSY)
    return bootstrap_failure(name, cause)


def bootstrap_failure(name: str, cause: Failure) -> Failure:
    """What the program says when a container cannot be booted."""
    message = f'failed to bootstrap container {name} (cause: "{cause.coded()}")'
    inner = Failure("internalError", message)
    return Failure("internalError", "failed to bootstrap container", inner)


def _detach(
    folder: Path, listeners: list[tuple[socket.socket, int]], configuration: Json, image: Json, started: int
) -> None:
    """Leave the caller behind, tell it that the container runs, and be the container; never returns."""
    os.setsid()
    if os.fork() != 0:
        os._exit(0)
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    kept = {listener.fileno() for listener, _port in listeners} | {started}
    log = os.open(folder / "stdio.log", os.O_WRONLY | os.O_CREAT | os.O_APPEND)
    nothing = os.open(os.devnull, os.O_RDONLY)
    os.dup2(nothing, 0)
    os.dup2(log, 1)
    os.dup2(log, 2)
    for descriptor in range(3, 256):
        if descriptor not in kept:
            try:
                os.close(descriptor)
            except OSError:
                continue
    lock_forever(folder / "alive")
    (folder / "pid").write_text(str(os.getpid()))
    os.write(started, b"x")
    os.close(started)
    try:
        code = _live(folder, listeners, configuration, image)
    except BaseException as error:  # noqa: BLE001 nothing of the program that booted it may run on here
        print(f"the container's process broke: {error!r}", file=sys.stderr, flush=True)
        code = 70
    os._exit(code)


def _live(folder: Path, listeners: list[tuple[socket.socket, int]], configuration: Json, image: Json) -> int:
    for row in image["log"] or ():
        os.write(1, f"{row}\n".encode())
    if image["ends"] is not None:
        process = configuration["initProcess"]
        if process["arguments"]:
            return local_process([process["executable"], *process["arguments"]])
        return int(image["ends"])
    app = App(configuration, image)
    with selectors.DefaultSelector() as ready:
        for listener, port in listeners:
            ready.register(listener, selectors.EVENT_READ, port)
        # A test that was killed leaves its containers behind; they end with its folder.
        while folder.exists():
            for key, _mask in ready.select(timeout=10):
                app.meet(key.fileobj, key.data)  # type: ignore[arg-type]
    return 0


def local_process(words: list[str], variables: Sequence[str] = (), *, reads: bool = True) -> int:
    """Run a container's own command on this machine; gives its exit code."""
    environment = {**os.environ, **dict(entry.partition("=")[::2] for entry in variables)}
    stdin = None if reads else subprocess.DEVNULL
    try:
        return subprocess.run(words, check=False, env=environment, stdin=stdin).returncode
    except FileNotFoundError:
        print(f"failed to find target executable {words[0]}", file=sys.stderr)
        return 127


class App:
    """What serves at a container's port: HTTP over a mounted folder."""

    def __init__(self, configuration: Json, image: Json) -> None:
        self._port, self._waits_for = image["serves"], image["ready_when"]
        self._words = configuration["initProcess"]["environment"]
        roots = [one["source"] for one in configuration["mounts"] if one["destination"] == image["root"]]
        self._root = Path(roots[0]) if roots else None

    def meet(self, listener: socket.socket, port: int) -> None:
        """Take one connection; before the app listens it is closed without a word."""
        if listener.type == socket.SOCK_DGRAM:
            listener.recv(65536)
            return
        connection, _peer = listener.accept()
        listens = port == self._port and (not self._waits_for or Path(self._waits_for).exists())
        if not listens:
            connection.close()
            return
        threading.Thread(target=self._answer, args=(connection,), daemon=True).start()

    def _answer(self, connection: socket.socket) -> None:
        with connection:
            connection.settimeout(30)
            try:
                path = connection.recv(65536).split(b" ")[1].decode()
            except (OSError, IndexError):
                return
            status, body = self._page(path)
            head = f"HTTP/1.1 {status}\r\nContent-Length: {len(body)}\r\nConnection: close\r\n\r\n"
            connection.sendall(head.encode() + body)

    def _page(self, path: str) -> tuple[str, bytes]:
        if path == "/environment":
            return "200 OK", "\n".join(self._words).encode()
        if self._root is None:
            return "200 OK", b"It works."
        file = self._root / (path.strip("/") or "index.html")
        return ("200 OK", file.read_bytes()) if file.is_file() else ("404 Not Found", b"nothing here")
