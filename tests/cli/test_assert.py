"""``clockwork assert``, as a person and as CI run it."""

from __future__ import annotations

import json
import re
from pathlib import Path
from xml.etree import ElementTree

import pytest

from support.answering import answering
from support.command import clockwork
from support.fake_endpoint import fake_endpoint
from support.terminal import Terminal

PROGRAM = """
import atexit, sys
from pathlib import Path
from clockwork.assertions import CommandAssert, FileContentMatchesAssert
from clockwork.resources import FileResource

note = FileResource(
    description="a note", path="note.txt", content="hello", mode="644",
    assertions=[FileContentMatchesAssert(path="note.txt", text="hello")],
)
letters = [FileResource(
    description="a letter", path="letter.txt", content="dear", mode="644",
    assertions=[CommandAssert(name="shouts", command="printf '\\\\033[31mno<&'; exit 1", timeout_seconds=0)],
)]
atexit.register(lambda: Path("imported").write_text(" ".join(sys.modules)))
"""


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A project whose files are there as if they had been deployed."""
    (tmp_path / "main.py").write_text(PROGRAM, encoding="utf-8")
    for name, content in (("note.txt", "hello"), ("letter.txt", "dear")):
        (tmp_path / name).write_text(content, encoding="utf-8")
        (tmp_path / name).chmod(0o644)
    return tmp_path


def test_neither_the_engine_nor_pulumi_is_needed(folder: Path) -> None:
    done = clockwork("assert", "note", cwd=folder, CW_PULUMI="/no/such/program")
    assert done.returncode == 0, done.stderr
    imported = {name.split(".")[0] for name in (folder / "imported").read_text().split()}
    assert not imported & {"pulumi", "grpc", "pydantic_ai", "openai", "httpx", "rich"}


def test_no_model_is_needed_when_the_lock_has_all(tmp_path: Path) -> None:
    (tmp_path / "main.py").write_text(
        "from clockwork.resources import FileResource\n"
        "note = FileResource(description='a note', directory='.', content='hello', mode='644')\n"
    )
    with fake_endpoint(lambda _request: {"name": "note.txt"}) as endpoint:
        settings = {"CW_BASE_URL": endpoint.url, "CW_MODEL": "fake"}
        assert clockwork("apply", "--dry-run", cwd=tmp_path, **settings).returncode == 0
    (tmp_path / "note.txt").write_text("hello")
    (tmp_path / "note.txt").chmod(0o644)
    done = clockwork("assert", cwd=tmp_path, **settings)
    assert done.returncode == 0, done.stderr


def test_failed_assertions_stand_last_with_what_was_seen(folder: Path) -> None:
    done = clockwork("assert", cwd=folder)
    assert done.returncode == 1
    rows = done.stdout.splitlines()
    assert rows[0] == "Assertions for stack dev · main.py"
    assert "✓ note        file note.txt contains 'hello'" in rows
    assert rows[-5:-1] == [
        "",
        "✗ letters[0]  shouts",
        "    exit code 1, printed '\\x1b[31mno<&'",
        "",
    ]
    assert re.fullmatch(r"1 of 10 assertions failed · \d+\.\d s( \(.*\))?", rows[-1])
    assert done.stderr == "Error: 1 of 10 assertions failed\n  at letters[0]\n"


@pytest.mark.parametrize(("address", "code"), [("note", 0), ("letters", 1), ("letters[0]", 1)])
def test_addresses_choose_what_is_checked(folder: Path, address: str, code: int) -> None:
    done = clockwork("assert", address, "--json", cwd=folder)
    assert done.returncode == code
    document = json.loads(done.stdout)
    for names in (document["assertions"], document["resources"]):
        assert {one["address"].split("[")[0] for one in names} == {address.split("[")[0]}


def test_an_unknown_address_is_wrong_usage(folder: Path) -> None:
    done = clockwork("assert", "nota", cwd=folder)
    assert done.returncode == 2
    assert "there is no resource 'nota'" in done.stderr
    assert "Did you mean 'note'?" in done.stderr


def test_json_tells_how_each_assertion_ended(folder: Path) -> None:
    done = clockwork("assert", "letters", "--json", cwd=folder)
    found = {one["name"]: one for one in json.loads(done.stdout)["assertions"]}
    assert sorted(found) == ["complete", "content", "exists", "mode", "shouts"]
    assert found["mode"]["passed"]
    shouts = found["shouts"]
    assert shouts.pop("seconds") >= 0
    assert shouts == {
        "address": "letters[0]",
        "name": "shouts",
        "passed": False,
        "message": "exit code 1, printed '\\x1b[31mno<&'",
        "tries": 1,
        "log": [],
    }


def report(file: Path) -> ElementTree.Element:
    return ElementTree.parse(file).getroot()


def counts(element: ElementTree.Element) -> tuple[str | None, ...]:
    return tuple(element.get(name) for name in ("tests", "failures", "errors"))


def test_the_junit_report_has_a_suite_for_each_resource(folder: Path) -> None:
    done = clockwork("assert", "--junit", "report.xml", cwd=folder)
    assert done.returncode == 1
    root = report(folder / "report.xml")
    assert (root.tag, counts(root)) == ("testsuites", ("10", "1", "0"))
    suites = {suite.get("name"): suite for suite in root}
    assert set(suites) == {"letters[0]", "note"}
    assert counts(suites["note"]) == ("5", "0", "0")
    assert counts(suites["letters[0]"]) == ("5", "1", "0")
    for case in root.iter("testcase"):
        assert case.get("classname") in suites
        assert float(case.get("time", "")) >= 0
    [failed] = [case for case in root.iter("testcase") if len(case)]
    assert (failed.get("classname"), failed.get("name")) == ("letters[0]", "shouts")
    assert failed[0].tag == "failure"
    assert failed[0].get("message") == "exit code 1, printed '\\x1b[31mno<&'"


def test_the_junit_report_replaces_the_old_one_and_leaves_nothing_beside_it(folder: Path) -> None:
    (folder / "report.xml").write_text("old")
    assert clockwork("assert", "note", "--junit", "report.xml", cwd=folder).returncode == 0
    assert counts(report(folder / "report.xml")) == ("5", "0", "0")
    assert not list(folder.glob(".report*"))


def test_the_junit_report_tells_of_a_run_that_came_to_no_assertion(folder: Path) -> None:
    (folder / "main.py").write_text("1 / 0\n")
    assert clockwork("assert", "--junit", "report.xml", cwd=folder).returncode == 1
    root = report(folder / "report.xml")
    assert counts(root) == ("1", "0", "1")
    assert "division by zero" in (root.findall(".//error")[0].text or "")


@pytest.mark.parametrize(
    ("options", "wrong"),
    [
        (["--junit", "no/folder/report.xml"], "there is no folder"),
        (["--junit", "."], "is a directory"),
        (["--junit", "report.xml", "--dry-run"], "--dry-run checks nothing"),
    ],
)
def test_a_report_that_cannot_be_is_wrong_usage(folder: Path, options: list[str], wrong: str) -> None:
    done = clockwork("assert", *options, cwd=folder)
    assert done.returncode == 2
    assert wrong in done.stderr
    assert done.stdout == ""


def test_a_terminal_shows_what_is_waited_for_and_what_was_seen_last(tmp_path: Path) -> None:
    with answering([(503, "starting")]) as server:
        (tmp_path / "main.py").write_text(
            "from clockwork import Resource\n"
            "from clockwork.assertions import HealthcheckAssert\n"
            f"web = Resource(name='web', assertions=[HealthcheckAssert(name='is up', url={server.url!r})])\n"
        )
        with Terminal("assert", cwd=tmp_path) as terminal:
            terminal.await_words("web: is up (HTTP 503 'starting')")
            server.answers = [(200, "ok")]
            assert terminal.end() == 0
            assert "✓ web  is up" in terminal.text


def test_a_dry_run_checks_nothing(folder: Path) -> None:
    document = json.loads(clockwork("assert", "--dry-run", "--json", cwd=folder).stdout)
    assert document["assertions"] == []
    assert [one["address"] for one in document["resources"]] == ["note", "letters[0]"]
