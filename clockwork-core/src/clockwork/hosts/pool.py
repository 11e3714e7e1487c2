"""The connections of this process: each is made once, and shared by all that need it."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Awaitable, Callable, Collection, Coroutine, Iterator
from concurrent.futures import Future
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar

from clockwork.hosts.host import SSHHost
from clockwork.hosts.local import LocalMachine
from clockwork.hosts.machine import HostError, Machine

if TYPE_CHECKING:
    from clockwork.hosts.ssh.line import Line

T = TypeVar("T")


def machine(host: SSHHost | None, project: Path) -> Machine:
    """Give the machine that a person named; nothing is connected before it is used.

    It may be used from any thread and any event loop.

    Args:
        host: The host; ``None`` for this machine.
        project: What relative folders on this machine are relative to.

    Raises:
        HostError: What speaks SSH is not installed.
    """
    if host is None:
        return LocalMachine(project)
    try:
        from clockwork.hosts.ssh.machine import SSHMachine
    except ImportError as error:
        raise HostError(
            f"{host.name} is reached over SSH, and {error.name} is not installed",
            hint='Install it: pip install "clockwork[ssh]"',
        ) from None
    return SSHMachine(host, lambda work: _POOL.call(host, work))


def begin(host: SSHHost) -> None:
    """Begin to connect to a host that will be used; inside :func:`in_use`.

    What fails is remembered, and raised where the host is used.

    Args:
        host: The host.
    """
    _POOL.begin(host)


@contextmanager
def in_use() -> Iterator[None]:
    """Keep connections for what runs inside; they are closed at the end of the outermost.

    A host that could not be reached is not tried again inside.
    """
    _POOL.enter()
    try:
        yield
    finally:
        _POOL.leave()


class _Pool:
    """Lines to hosts, in an event loop of their own that every thread can use."""

    def __init__(self) -> None:
        self._guard = threading.Lock()
        self._users = 0
        self._loop: asyncio.AbstractEventLoop | None = None
        self._thread: threading.Thread | None = None
        self._lines: dict[SSHHost, Line] = {}
        self._working: set[asyncio.Task[Any]] = set()

    def enter(self) -> None:
        with self._guard:
            self._users += 1

    def leave(self) -> None:
        with self._guard:
            self._users -= 1
            if self._users or self._thread is None:
                return
            loop, thread = self._loop, self._thread
            self._loop = self._thread = None
        assert loop is not None
        asyncio.run_coroutine_threadsafe(self._close(), loop).result()
        loop.call_soon_threadsafe(loop.stop)
        thread.join()

    async def call(self, host: SSHHost, work: Callable[[Line], Awaitable[T]]) -> T:
        """Do something with a host's line, as soon as the host has room for it.

        Args:
            host: The host.
            work: What to do; it runs in the pool's own loop.
        """

        async def do() -> T:
            line = self._line(host)
            with self._at_work():
                async with line.slots:
                    return await work(line)

        return await asyncio.wrap_future(self._start(do()))

    def begin(self, host: SSHHost) -> None:
        """Connect to a host in the background."""

        async def connect() -> None:
            with self._at_work(), suppress(HostError, ImportError):
                await self._line(host).connection()

        self._start(connect())

    @contextmanager
    def _at_work(self) -> Iterator[None]:
        task = asyncio.current_task()
        assert task is not None
        self._working.add(task)
        try:
            yield
        finally:
            self._working.discard(task)

    def _start(self, work: Coroutine[Any, Any, T]) -> Future[T]:
        with self._guard:
            if self._loop is None:
                self._loop = asyncio.new_event_loop()
                self._thread = threading.Thread(
                    target=_run, args=(self._loop,), name="clockwork-hosts", daemon=True
                )
                self._thread.start()
            return asyncio.run_coroutine_threadsafe(work, self._loop)

    def _line(self, host: SSHHost) -> Line:
        from clockwork.hosts.ssh.line import Line

        if host not in self._lines:
            self._lines[host] = Line(host, self._line)
        return self._lines[host]

    async def _close(self) -> None:
        """End what still runs, as long as there are connections to end it over; then those."""
        await _ended(self._working.copy())
        lines, self._lines = [*self._lines.values()], {}
        await asyncio.gather(*(line.close() for line in lines))
        await _ended(asyncio.all_tasks() - {asyncio.current_task()})


async def _ended(tasks: Collection[asyncio.Task[Any] | None]) -> None:
    """Have tasks end; one that was told so already is ending something itself."""
    running = [task for task in tasks if task is not None]
    for task in running:
        if not task.cancelling():
            task.cancel()
    await asyncio.gather(*running, return_exceptions=True)


def _run(loop: asyncio.AbstractEventLoop) -> None:
    asyncio.set_event_loop(loop)
    try:
        loop.run_forever()
    finally:
        loop.close()


_POOL = _Pool()
