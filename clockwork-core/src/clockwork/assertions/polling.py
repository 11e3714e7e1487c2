"""Looks at something again and again until it is as it should be, or its time is over."""

from __future__ import annotations

import asyncio
import math
from collections.abc import Awaitable, Callable
from dataclasses import dataclass

from clockwork.assertions.base import Seen

FIRST_PAUSE = 0.1
LONGEST_PAUSE = 2.0
SINGLE_LOOK = 10.0
"""Seconds that a look may take which is not repeated."""
LEAST_LOOK = 1.0
"""Seconds that a look may take although the time is over, or is less."""
_TICK = 0.05
"""Seconds of waiting that are counted at once."""
_LATE = 0.1
"""Seconds that such a wait counts at most: when it took longer, it was this process that was held up."""


@dataclass(frozen=True)
class Outcome:
    """How it ended.

    Attributes:
        seen: What was seen last.
        seconds: How long it took.
        tries: How often was looked.
    """

    seen: Seen
    seconds: float
    tries: int

    @property
    def said(self) -> str:
        """What was seen; after a failure also how long was waited."""
        if self.seen.passed or self.tries == 1:
            return self.seen.what
        return f"last: {self.seen.what}; waited {self.seconds:.1f} s, {self.tries:,} tries"


async def poll(
    look: Callable[[], Awaitable[Seen]],
    *,
    seconds: float,
    longest_try: float = math.inf,
    slots: asyncio.Semaphore | None = None,
    waiting: Callable[[Seen], None] = lambda _seen: None,
) -> Outcome:
    """Look at once, and again with growing pauses, until it passes or the time is over.

    Args:
        look: Looks once.
        seconds: How long it may take to pass; 0 looks once.
        longest_try: How long one look may take.
        slots: How many may look at the same moment, shared with others; the pauses need none.
        waiting: Told what was seen before each pause.

    Returns:
        What was seen last. A look that takes too long is broken off and has seen nothing.
    """
    clock = asyncio.get_running_loop().time
    slots = slots or asyncio.Semaphore()
    started, pause, tries = math.nan, FIRST_PAUSE, 0
    while True:
        async with slots:
            tries += 1
            if tries == 1:
                started, room = clock(), seconds or SINGLE_LOOK
            else:
                room = seconds - (clock() - started)
            seen = await _within(min(max(room, LEAST_LOOK), longest_try), look)
        left = seconds - (clock() - started)
        if seen.passed or seen.final or left <= 0:
            return Outcome(seen, clock() - started, tries)
        waiting(seen)
        await asyncio.sleep(min(pause, left))
        pause = min(2 * pause, LONGEST_PAUSE)


async def _within(seconds: float, look: Callable[[], Awaitable[Seen]]) -> Seen:
    looking = asyncio.ensure_future(look())
    try:
        if await _ends(looking, seconds):
            return await looking
    finally:
        if not looking.done():
            looking.cancel()
            await asyncio.wait({looking})
    return Seen(False, f"no answer within {seconds:.1f} s")


async def _ends(looking: asyncio.Future[Seen], seconds: float) -> bool:
    """Wait for the end of a look; time in which the event loop stood still does not count."""
    clock = asyncio.get_running_loop().time
    while seconds > 0:
        began = clock()
        await asyncio.wait({looking}, timeout=min(_TICK, seconds))
        if looking.done():
            return True
        seconds -= min(clock() - began, _LATE)
    return False
