"""Runs a program inside a container, and hands it its standard input."""

from __future__ import annotations

import select
import ssl
import struct
import threading
from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

from clockwork.containers.readiness import Ended, Program
from clockwork.errors import ProviderError
from clockwork_docker import sdk
from clockwork_docker.client import said

if TYPE_CHECKING:
    from docker import APIClient

_CHUNK = 1 << 16
_LOOK_UP = 0.2
"""Seconds after which a silent program's connection is left to see whether anybody still waits for it."""

_STDERR = 2
_HEADER = 8
_NOT_NOW = (BlockingIOError, ssl.SSLWantReadError, ssl.SSLWantWriteError)


def run_inside(api: APIClient, container: str, program: Program, left: threading.Event) -> Ended:
    """Run a program inside a container, and wait for its end.

    Args:
        api: The engine.
        container: Its name.
        program: What to run. One that is given a text needs ``sh`` and ``head`` beside it.
        left: Set when nobody waits for the end any more.

    Raises:
        ProviderError: The container is gone or does not run.
    """
    text = program.text.encode("utf-8")
    try:
        made = api.exec_create(
            container, _command(program, len(text)), stdin=bool(text), environment=dict(program.variables)
        )
        stream = api.exec_start(made["Id"], socket=True)
        printed = _converse(getattr(stream, "_sock", stream), text, left)
        code = api.exec_inspect(made["Id"])["ExitCode"]
    except sdk.APIError as error:
        raise ProviderError(f"nothing can be run in the container {container!r}: {said(error)}") from error
    output, errors = _apart(printed)
    return Ended(-1 if code is None else int(code), output, errors)


def _command(program: Program, size: int) -> list[str]:
    """Count what the program is to read: a connection through ``ssh`` or TLS cannot be closed half."""
    if not size:
        return [*program.command]
    return ["sh", "-c", 'size=$1; shift; head -c "$size" | "$@"', "sh", str(size), *program.command]


def _converse(connection: Any, text: bytes, left: threading.Event) -> bytes:
    """Write the text and read all that the program prints, each whenever it is possible."""
    printed, unsent = bytearray(), memoryview(text)
    connection.setblocking(False)
    try:
        while not left.is_set():
            select.select([connection], [connection] if unsent else [], [], _LOOK_UP)
            unsent = unsent[_sent(connection, unsent) :]
            chunk = _received(connection)
            if chunk == b"":
                break
            printed += chunk or b""
    finally:
        connection.close()
    return bytes(printed)


def _sent(connection: Any, data: memoryview) -> int:
    if not data:
        return 0
    try:
        return int(connection.send(data[:_CHUNK]))
    except _NOT_NOW:
        return 0


def _received(connection: Any) -> bytes | None:
    """Give what has come; nothing in it when the other side has ended, ``None`` when there is nothing yet."""
    try:
        return bytes(connection.recv(_CHUNK))
    except _NOT_NOW:
        return None


def _apart(printed: bytes) -> tuple[str, str]:
    """Tell the two streams apart, which the engine sends in frames."""
    streams = {False: b"", True: b""}
    for is_error, part in _frames(printed):
        streams[is_error] += part
    return streams[False].decode("utf-8", errors="replace"), streams[True].decode("utf-8", errors="replace")


def _frames(printed: bytes) -> Iterator[tuple[bool, bytes]]:
    position = 0
    while position + _HEADER <= len(printed):
        stream, size = struct.unpack_from(">BxxxL", printed, position)
        position += _HEADER
        yield stream == _STDERR, printed[position : position + size]
        position += size
