"""Resources are compiled after what they depend on, and cycles are told."""

from __future__ import annotations

import itertools
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from clockwork.errors import LoadError
from clockwork.resources.base import Resource
from clockwork.resources.order import in_order


class Thing(Resource):
    """A resource without fields of its own."""


def things(*names: str) -> list[Thing]:
    made = [Thing(name=name) for name in names]
    for thing in made:
        thing.place(thing.name, Path())
    return made


def test_without_dependencies_the_order_stays() -> None:
    made = things("c", "a", "b")
    assert in_order(made) == made


@given(st.data())
def test_each_stands_after_what_it_depends_on(data: st.DataObject) -> None:
    made = things(*(f"r{number}" for number in range(data.draw(st.integers(1, 8)))))
    for place, thing in enumerate(made):
        thing.depends_on = data.draw(st.lists(st.sampled_from(made[:place]), max_size=3)) if place else []
    ordered = in_order(data.draw(st.permutations(made)))
    position = {thing.address: place for place, thing in enumerate(ordered)}
    assert sorted(position) == sorted(thing.address for thing in made)
    for thing in made:
        assert all(position[other.address] < position[thing.address] for other in thing.depends_on)


def test_a_cycle_prints_the_way_round() -> None:
    a, b, c = things("a", "b", "c")
    a.depends_on, b.depends_on, c.depends_on = [b], [c], [a]
    with pytest.raises(LoadError, match="wait for each other") as refused:
        in_order([a, b, c])
    way = refused.value.message.partition(": ")[2].split(" -> ")
    assert way[0] == way[-1]
    assert sorted(way[:-1]) == ["a", "b", "c"]
    for one, other in itertools.pairwise(way):
        waits_for = {"a": "b", "b": "c", "c": "a"}
        assert waits_for[one] == other


def test_an_undeclared_dependency_is_told() -> None:
    a, hidden = things("a", "hidden")
    a.depends_on = [hidden]
    with pytest.raises(LoadError, match="not declared") as refused:
        in_order([a])
    assert refused.value.address == "a"
