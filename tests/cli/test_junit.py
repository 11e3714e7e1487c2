"""JUnit XML, whatever stands in names and messages."""

from __future__ import annotations

from xml.etree import ElementTree

from hypothesis import given
from hypothesis import strategies as st

from clockwork.results import AssertionResult
from clockwork.ui.junit import junit

texts = st.text(max_size=20)
results = st.builds(
    AssertionResult,
    address=texts,
    name=texts,
    passed=st.booleans(),
    message=texts,
    seconds=st.floats(0, 1e6),
    log=st.lists(texts).map(tuple),
)


@given(st.lists(results, max_size=6))
def test_any_results_are_a_whole_report(ran: list[AssertionResult]) -> None:
    root = ElementTree.fromstring(junit(ran).encode("utf-8"))
    cases = list(root.iter("testcase"))
    assert [case.find("failure") is None for case in cases] == [one.passed for one in ran]
    failures = sum(not one.passed for one in ran)
    assert (root.get("tests"), root.get("failures"), root.get("errors")) == (
        str(len(ran)),
        str(failures),
        "0",
    )
    assert sum(int(suite.get("tests", "")) for suite in root) == len(ran)
    assert sum(int(suite.get("failures", "")) for suite in root) == failures


def test_what_xml_cannot_hold_is_written_out() -> None:
    text = junit([AssertionResult("web", "up\x00", False, "\x1b[31m<no> & \ud800", log=("a\x07", "b"))])
    [case] = ElementTree.fromstring(text).iter("testcase")
    assert case.get("name") == "up\\x00"
    assert case[0].get("message") == "\\x1b[31m<no> & \\ud800"
    assert case[0].text == "\\x1b[31m<no> & \\ud800\na\\x07\nb"
