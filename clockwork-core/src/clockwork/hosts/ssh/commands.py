"""Runs commands in sessions of an SSH connection."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping, Sequence
from functools import partial

import asyncssh

from clockwork.errors import ProviderError
from clockwork.hosts.host import SSHHost
from clockwork.hosts.machine import Finished
from clockwork.hosts.shell import NO_FOLDER, PROCESS, exit_code_of, reader, script
from clockwork.hosts.ssh.sessions import opened
from clockwork.hosts.ssh.watchman import Watchman

_GRACE = 0.5
"""Seconds for a command to end when it was asked to, and for its last output to come when it ended."""


class _Session(asyncssh.SSHClientSession[bytes]):
    """One command under way: what it prints, and how it ends.

    What it leaves running may keep its output open for ever, so its end does not wait for that.

    Attributes:
        output: What came so far, by where it was printed.
        begun: Set when the shell's process is known, or there will be none.
        ended: How the command ended.
    """

    def __init__(self) -> None:
        self.output: dict[object, list[bytes]] = {None: [], asyncssh.EXTENDED_DATA_STDERR: []}
        self.ended: asyncio.Future[int] = asyncio.get_running_loop().create_future()
        self.ended.add_done_callback(lambda ended: ended.cancelled() or ended.exception())
        self.begun = asyncio.Event()
        self._code: int | None = None

    def data_received(self, data: bytes, datatype: object) -> None:
        self.output[datatype].append(data)
        if not self.begun.is_set() and self.process is not None:
            self.begun.set()

    def exit_status_received(self, status: int) -> None:
        self._end_with(status)

    def exit_signal_received(self, signal: str, core_dumped: bool, msg: str, lang: str) -> None:
        self._end_with(exit_code_of(signal))

    def connection_lost(self, exc: Exception | None) -> None:
        self.begun.set()
        if self.ended.done():
            return
        if self._code is not None:
            self.ended.set_result(self._code)
        else:
            self.ended.set_exception(exc or asyncssh.ConnectionLost("the session was closed"))

    def _end_with(self, code: int) -> None:
        self._code = code
        asyncio.get_running_loop().call_later(_GRACE, self.connection_lost, None)

    @property
    def process(self) -> str | None:
        """The number of the shell's process, which leads a group of its own; once it is known."""
        found = PROCESS.search(b"".join(self.output[asyncssh.EXTENDED_DATA_STDERR]))
        return found[1].decode() if found else None

    def printed(self) -> bytes:
        return b"".join(self.output[None])

    def errors(self) -> bytes:
        return PROCESS.sub(b"", b"".join(self.output[asyncssh.EXTENDED_DATA_STDERR]), count=1)


async def run_there(
    connection: asyncssh.SSHClientConnection,
    watchman: Watchman,
    host: SSHHost,
    command: Sequence[str],
    stdin: bytes,
    environment: Mapping[str, str],
    directory: str | None,
    timeout_seconds: float | None,
) -> Finished:
    """Run a command to its end; it is stopped when it takes too long or the wait is cancelled.

    Raises:
        TimeoutError: It took longer.
        ProviderError: The folder cannot be entered.
        asyncssh.Error: The connection was lost.
    """
    told = script(command, environment, directory)
    session = _Session()
    begin = partial(connection.create_session, lambda: session, reader(len(told)), encoding=None)
    await watchman.come()
    channel, _ = await opened(connection, begin)
    try:
        async with asyncio.timeout(timeout_seconds):
            await session.begun.wait()
            if session.process is not None:
                watchman.watch(session.process)
                channel.write(told + stdin)
                channel.write_eof()
            code = await asyncio.shield(session.ended)
    finally:
        await _stopped(watchman, session)
        channel.close()
    finished = Finished(code, session.printed(), session.errors())
    if finished.stderr == NO_FOLDER:
        raise ProviderError(f"{host.name}:{directory}: it is not a folder that can be entered")
    return finished


async def _stopped(watchman: Watchman, session: _Session) -> None:
    """Have a command and what it started end, if it has not: asked first, then made to."""
    if session.process is None:
        return
    for sign in ("TERM", "KILL"):
        if not session.ended.done():
            watchman.send(sign, session.process)
            await asyncio.wait([session.ended], timeout=_GRACE)
    watchman.forget(session.process)
