"""The same question is not asked twice while nothing changes, and always after a change."""

from __future__ import annotations

import asyncio
from pathlib import Path

import pytest

from clockwork.providers.host import ProviderHost
from clockwork.providers.looks import Looks
from support.kinds import Thing

run = asyncio.run


class Watched:
    """Looks at a thing, and counts."""

    def __init__(self, *, alone: bool = True) -> None:
        self.looks, self.times = Looks(), 0
        self.looks.sees_all_changes = lambda: alone

    async def look(self) -> int:
        self.times += 1
        return self.times

    def ask(self, question: str = "how many") -> int:
        told: int = run(self.looks.once(question, self.look))
        return told


def test_the_same_question_is_answered_from_before() -> None:
    watched = Watched()
    assert [watched.ask(), watched.ask(), watched.ask("something else"), watched.ask()] == [1, 1, 2, 1]


def test_after_a_change_everything_is_looked_at_again() -> None:
    watched = Watched()
    watched.ask()
    with watched.looks.changing():
        pass
    assert [watched.ask(), watched.ask()] == [2, 2]


def test_what_is_seen_during_a_change_is_not_remembered() -> None:
    watched = Watched()
    with watched.looks.changing():
        assert [watched.ask(), watched.ask()] == [1, 2]
        with watched.looks.changing():
            pass
        assert watched.ask() == 3
    assert watched.ask() == 4


def test_a_look_that_a_change_overtook_is_not_remembered() -> None:
    watched = Watched()

    async def overtaken() -> int:
        with watched.looks.changing():
            return await watched.look()

    assert run(watched.looks.once("how many", overtaken)) == 1
    assert watched.ask() == 2


def test_where_others_change_things_unseen_nothing_is_reused() -> None:
    watched = Watched(alone=False)
    assert [watched.ask(), watched.ask()] == [1, 2]


def test_a_failure_is_no_answer() -> None:
    watched = Watched()

    async def fails() -> None:
        raise OSError("not reached")

    with pytest.raises(OSError, match="not reached"):
        run(watched.looks.once("how many", fails))
    assert watched.ask() == 1


def test_a_host_knows_whether_it_serves_everything(tmp_path: Path) -> None:
    host = ProviderHost([Thing], project=tmp_path)
    assert host.serves_all({"clockwork:test:Thing", "clockwork:index:Group"})
    assert not host.serves_all({"clockwork:test:Thing", "random:index/randomPet:RandomPet"})
