"""The journal keeps what a killed run was about to make."""

from __future__ import annotations

import tempfile
from pathlib import Path

from hypothesis import given
from hypothesis import strategies as st

from clockwork.state.journal import Claim, Journal

claims = st.builds(Claim, st.text(), st.text(), st.text(), st.text(), st.booleans())


@given(st.lists(claims), st.data())
def test_a_journal_cut_anywhere_gives_back_whole_claims_only(made: list[Claim], data: st.DataObject) -> None:
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "journal.jsonl"
        journal = Journal(path)
        for claim in made:
            journal.claim(claim)
        written = path.read_bytes() if path.exists() else b""
        path.write_bytes(written[: data.draw(st.integers(0, len(written)))])
        assert set(Journal(path).recovered) <= set(made)


@given(st.lists(claims))
def test_a_whole_journal_gives_back_the_latest_claim_on_each_thing(made: list[Claim]) -> None:
    with tempfile.TemporaryDirectory() as folder:
        journal = Journal(Path(folder) / "journal.jsonl")
        for claim in made:
            journal.claim(claim)
        latest = {(claim.kind, claim.key): claim for claim in made}
        again = Journal(Path(folder) / "journal.jsonl")
        assert set(again.recovered) == set(latest.values())
        assert all(again.holds(*place) == claim for place, claim in latest.items())


@given(st.lists(claims))
def test_clearing_keeps_lasting_claims_alone(made: list[Claim]) -> None:
    with tempfile.TemporaryDirectory() as folder:
        journal = Journal(Path(folder) / "journal.jsonl")
        for claim in made:
            journal.claim(claim)
        latest = {(claim.kind, claim.key): claim for claim in made}
        journal.clear()
        again = Journal(Path(folder) / "journal.jsonl")
        assert set(again.recovered) == {claim for claim in latest.values() if claim.lasting}
