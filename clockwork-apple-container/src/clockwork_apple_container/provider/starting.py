"""Brings a container to run, and finds out whether it goes on running."""

from __future__ import annotations

import asyncio

from clockwork.errors import ProviderError
from clockwork.providers.embedded import Call
from clockwork_apple_container import client
from clockwork_apple_container.progress import telling
from clockwork_apple_container.records import ContainerRecord

FIRST_PAUSE = 0.05
LONGEST_PAUSE = 1.0
STEADY_SECONDS = 0.75
"""How long a container must have been seen running: the program does not say that one ended at once."""
PATIENCE_SECONDS = 30.0
"""How long a started container may take until it is seen running, with its address."""
LOG_LINES = 10


async def fetch_image(call: Call, image: str) -> None:
    """Fetch an image that is not on this machine; one that is here is taken as it is.

    Args:
        call: Told how it goes on.
        image: Its reference.

    Raises:
        CommandFailed: The registry does not have it, or cannot be reached.
    """
    if not await client.has_image(image):
        call.progress(f"fetching {image}", None)
        await client.pull_image(image, telling(call.progress))


async def start(name: str) -> ContainerRecord:
    """Start a container and see it run.

    Raises:
        CommandFailed: It cannot be started.
        ProviderError: It ends at once.
    """
    await client.start_container(name)
    return await wait_until_steady(name, start=True)


async def wait_until_steady(name: str, *, start: bool) -> ContainerRecord:
    """Look at a container until it has been running for a moment, or simply once.

    Args:
        name: The container.
        start: Whether it was started.

    Raises:
        ProviderError: It is gone, has ended, or has no address in time.
    """
    clock = asyncio.get_running_loop().time
    began, pause, since = clock(), FIRST_PAUSE, None
    while True:
        record = await client.find_container(name)
        if record is None:
            raise ProviderError(f"the container {name} vanished while it was started")
        if not start:
            return record
        if not record.running and record.was_started:
            raise await _ended(name)
        if record.running and (record.address or not record.networks):
            since = clock() if since is None else since
            if clock() - since >= STEADY_SECONDS:
                return record
        elif clock() - began > PATIENCE_SECONDS:
            raise ProviderError(
                f"the container {name} has no address {PATIENCE_SECONDS:.0f} s after it was started",
                hint=f"Look at `container logs --boot {name}`.",
            )
        await asyncio.sleep(pause)
        pause = min(2 * pause, LONGEST_PAUSE)


async def _ended(name: str) -> ProviderError:
    lines = await client.last_log_lines(name, LOG_LINES)
    told = "\n".join(f"  {line}" for line in lines)
    log = f"; the last lines of its log:\n{told}" if lines else "; its log is empty"
    return ProviderError(
        f"the container {name} ended right after it was started{log}",
        hint="Its image must start a process that goes on running.",
    )
