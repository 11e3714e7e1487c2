"""Logs: quiet by default, on stderr, as text or JSON, and free while nothing is written."""

from __future__ import annotations

import json
import subprocess
import sys

import pytest

from clockwork.errors import UsageError
from clockwork.logs import get_logger


def test_only_warnings_and_errors_are_written_by_default(capsys: pytest.CaptureFixture[str]) -> None:
    log = get_logger("clockwork.test")
    log.debug("d")
    log.info("i")
    log.warning("careful", path="/srv")
    log.error("broken")
    assert capsys.readouterr() == ("", "clockwork: warning: careful (path=/srv)\nclockwork: error: broken\n")


def test_the_level_is_the_environment_s(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    log = get_logger("clockwork.test")
    monkeypatch.setenv("CW_LOG_LEVEL", "DEBUG")
    log.debug("all of it")
    monkeypatch.setenv("CW_LOG_LEVEL", "error")
    log.warning("nothing")
    assert capsys.readouterr().err == "clockwork: debug: all of it\n"


def test_json_is_one_object_a_line(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("CW_LOG_FORMAT", "json")
    get_logger("clockwork.test").warning("two\nlines", path="/srv/ü")
    [line] = capsys.readouterr().err.splitlines()
    record = json.loads(line)
    assert record.pop("timestamp").endswith("Z")
    assert record == {"event": "two\nlines", "level": "warning", "logger": "clockwork.test", "path": "/srv/ü"}


def test_text_is_one_line_that_cannot_steer_a_terminal(capsys: pytest.CaptureFixture[str]) -> None:
    get_logger("clockwork.test").warning("a\x1b[31m", b="two\nlines", c=["up", "--stack", "x y"], d={"e": 1})
    line = "clockwork: warning: a\\x1b[31m (b='two\\nlines' c=['up', '--stack', 'x y'] d={'e': 1})\n"
    assert capsys.readouterr().err == line


def test_a_traceback_stands_below_its_record(capsys: pytest.CaptureFixture[str]) -> None:
    try:
        raise ValueError("no\x1b[2J")
    except ValueError as error:
        get_logger("clockwork.test").warning("it failed", exc_info=error, where="here")
    head, *below = capsys.readouterr().err.splitlines()
    assert head == "clockwork: warning: it failed (where=here)"
    assert below[0] == "  Traceback (most recent call last):"
    assert below[-1] == "  ValueError: no\\x1b[2J"


@pytest.mark.parametrize("form", ["text", "json"])
def test_the_password_of_an_address_is_in_no_record(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], form: str
) -> None:
    monkeypatch.setenv("CW_LOG_FORMAT", form)
    address = "https://me:hunter2@example.com/state"
    get_logger("clockwork.test").warning(f"at {address}", url=address, args=["login", address])
    told = capsys.readouterr().err
    assert "hunter2" not in told
    assert told.count("https://***@example.com/state") == 3


@pytest.mark.parametrize("variable", ["CW_LOG_LEVEL", "CW_LOG_FORMAT"])
def test_a_wrong_choice_is_wrong_usage(monkeypatch: pytest.MonkeyPatch, variable: str) -> None:
    monkeypatch.setenv(variable, "loud")
    with pytest.raises(UsageError, match=f"{variable}: 'loud' is not one of"):
        get_logger("clockwork.test").error("anything")


def test_structlog_is_imported_with_the_first_record() -> None:
    program = (
        "import sys; from clockwork.logs import get_logger; log = get_logger('x'); log.info('quiet');"
        "assert 'structlog' not in sys.modules; log.warning('loud'); assert 'structlog' in sys.modules"
    )
    subprocess.run([sys.executable, "-c", program], check=True, stderr=subprocess.DEVNULL)
