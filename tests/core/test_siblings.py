"""Who else has a real thing: as the state said, and as the run goes on."""

from __future__ import annotations

import asyncio
from typing import Any

from clockwork.providers.siblings import Siblings

run = asyncio.run
KIND = "clockwork:file:File"


def urn(name: str, kind: str = KIND) -> str:
    return f"urn:pulumi:dev::shop::{kind}::{name}"


def held(name: str, id: str, kind: str = KIND, **more: Any) -> dict[str, Any]:
    return {"urn": urn(name, kind), "id": id, "type": kind, "outputs": {"by": name}, **more}


def name_of_other(siblings: Siblings, name: str, id: str, *, or_wants: bool = False) -> str | None:
    other = run(siblings.other(urn(name), id, or_wants=or_wants))
    return None if other is None else other.name


def test_a_thing_passes_from_one_resource_to_the_next() -> None:
    siblings = Siblings(lambda: [held("old", "a.txt")])
    assert name_of_other(siblings, "new", "a.txt") == "old"
    assert name_of_other(siblings, "old", "a.txt") is None
    siblings.wants(urn("new"), "a.txt")
    assert name_of_other(siblings, "old", "a.txt") is None
    assert name_of_other(siblings, "old", "a.txt", or_wants=True) == "new"
    siblings.made(urn("new"), "a.txt", {"by": "new"})
    assert name_of_other(siblings, "old", "a.txt") == "new"
    assert name_of_other(siblings, "third", "a.txt") == "new"
    siblings.removed(urn("new"), "a.txt")
    assert name_of_other(siblings, "third", "a.txt") == "old"
    siblings.removed(urn("old"), "a.txt")
    assert name_of_other(siblings, "third", "a.txt") is None


def test_a_thing_of_another_type_or_one_that_is_going_is_nobodys() -> None:
    other_kind = held("old", "a.txt", kind="clockwork:git:Repository")
    siblings = Siblings(lambda: [other_kind, held("gone", "a.txt", delete=True), held("bare", "")])
    assert name_of_other(siblings, "new", "a.txt") is None
    assert name_of_other(siblings, "new", "") is None
    assert run(siblings.urns()) == {other_kind["urn"], urn("gone"), urn("bare")}


def test_what_the_state_knew_is_known_to_the_end() -> None:
    siblings = Siblings(lambda: [held("old", "a.txt")])
    siblings.removed(urn("old"), "a.txt")
    assert run(siblings.remembers(urn("other"), "a.txt"))
    assert not run(siblings.remembers(urn("other"), "b.txt"))
    assert not run(siblings.remembers(urn("other", "clockwork:git:Repository"), "a.txt"))


def test_what_is_still_declared_goes_on() -> None:
    siblings = Siblings(lambda: [held("old", "a.txt"), held("web", "b.txt")], {"web", "new"})
    for id, goes_on in (("a.txt", False), ("b.txt", True)):
        other = run(siblings.other(urn("new"), id))
        assert other is not None
        assert siblings.goes_on(other) is goes_on


def test_the_state_is_read_once_for_all_who_ask() -> None:
    reads: list[int] = []

    def read() -> list[dict[str, Any]]:
        reads.append(1)
        return [held("old", "a.txt")]

    async def ask(siblings: Siblings) -> list[bool]:
        return await asyncio.gather(*(siblings.remembers(urn("new"), "a.txt") for _ in range(50)))

    siblings = Siblings(read)
    assert reads == []
    assert run(ask(siblings)) == [True] * 50
    assert len(reads) == 1
