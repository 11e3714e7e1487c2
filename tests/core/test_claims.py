"""Which claims exclude each other."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from clockwork.claims import clash, clashing, holder

EVERYWHERE, HERE, THERE = "host port 80/tcp", "host port 127.0.0.1:80/tcp", "host port [::1]:80/tcp"
CLAIMS = st.sampled_from([EVERYWHERE, HERE, THERE, "host port 80/udp", "host port 8080/tcp", "container web"])


@pytest.mark.parametrize("other", [EVERYWHERE, HERE, THERE])
def test_a_port_at_all_addresses_excludes_it_at_each(other: str) -> None:
    assert clash(EVERYWHERE, other)
    assert clash(other, EVERYWHERE)


def test_a_port_at_two_addresses_is_two_things() -> None:
    assert not clash(HERE, THERE)
    assert not clash(EVERYWHERE, "host port 80/udp")
    assert not clash(EVERYWHERE, "host port 8080/tcp")


@given(CLAIMS, st.lists(CLAIMS))
def test_all_ways_to_ask_agree(claim: str, others: list[str]) -> None:
    excluded = any(clash(claim, other) for other in others)
    assert bool(holder(claim, dict.fromkeys(others, True))) is excluded
    assert clashing([claim], others) == ([claim] if excluded else [])
