"""Looking again and again."""

from __future__ import annotations

import asyncio
import time

from hypothesis import given, settings
from hypothesis import strategies as st

from clockwork.assertions import Seen
from clockwork.assertions.polling import Outcome, poll
from clockwork.assertions.threads import in_thread

NO = Seen(False, "not yet")
YES = Seen(True, "there")


def polled(*looks: Seen, seconds: float) -> Outcome:
    """Poll something that is seen so, and then as it was last."""
    left = list(looks)

    async def look() -> Seen:
        return left.pop(0) if len(left) > 1 else left[0]

    return asyncio.run(poll(look, seconds=seconds))


def test_what_passes_is_looked_at_once() -> None:
    assert polled(YES, seconds=60).tries == 1


def test_it_is_looked_at_until_it_passes() -> None:
    outcome = polled(NO, NO, YES, seconds=60)
    assert (outcome.seen, outcome.tries, outcome.said) == (YES, 3, "there")


def test_without_time_it_is_looked_at_once() -> None:
    outcome = polled(NO, YES, seconds=0)
    assert (outcome.tries, outcome.said) == (1, "not yet")


def test_what_cannot_change_is_not_looked_at_again() -> None:
    assert polled(Seen(False, "never", final=True), YES, seconds=60).tries == 1


def test_when_time_is_over_the_last_look_is_told() -> None:
    outcome = polled(Seen(False, "nothing"), NO, seconds=0.25)
    assert outcome.said == f"last: not yet; waited {outcome.seconds:.1f} s, {outcome.tries} tries"
    assert outcome.tries > 1


@settings(max_examples=10, deadline=None)
@given(st.floats(min_value=0.001, max_value=0.4))
def test_the_last_look_is_after_the_last_pause(seconds: float) -> None:
    outcome = polled(NO, seconds=seconds)
    assert outcome.seconds >= seconds


def test_a_look_that_hangs_is_broken_off_and_repeated() -> None:
    looks = 0

    async def look() -> Seen:
        nonlocal looks
        looks += 1
        if looks == 1:
            await asyncio.Event().wait()
        return YES

    outcome = asyncio.run(poll(look, seconds=60, longest_try=0.05))
    assert (outcome.seen, outcome.tries) == (YES, 2)


def test_what_is_seen_is_told_before_each_pause() -> None:
    told: list[Seen] = []
    looks = iter([NO, Seen(False, "almost"), YES])

    async def look() -> Seen:
        return next(looks)

    asyncio.run(poll(look, seconds=60, waiting=told.append))
    assert [seen.what for seen in told] == ["not yet", "almost"]


def test_a_last_look_may_take_a_moment_although_the_time_is_over() -> None:
    looks = 0

    async def look() -> Seen:
        nonlocal looks
        looks += 1
        if looks > 1:
            await asyncio.Event().wait()
        return NO

    outcome = asyncio.run(poll(look, seconds=0.05))
    assert (outcome.seen.what, outcome.tries) == ("no answer within 1.0 s", 2)


def test_what_holds_the_event_loop_up_costs_a_look_no_time() -> None:
    async def look() -> Seen:
        time.sleep(1.5)  # as a first import does
        for _turn in range(5):
            await asyncio.sleep(0)
        return YES

    outcome = asyncio.run(poll(look, seconds=1))
    assert (outcome.seen, outcome.tries) == (YES, 1)


def test_a_short_time_is_enough_for_one_whole_look() -> None:
    def slowly() -> Seen:
        time.sleep(0.3)
        return YES

    async def look() -> Seen:
        return await in_thread(slowly)

    assert asyncio.run(poll(look, seconds=0.1)).seen == YES
