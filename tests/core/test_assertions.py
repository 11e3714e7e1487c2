"""Each kind of assertion, on real servers, sockets, files and processes."""

from __future__ import annotations

import os
import re
import select
import socket
import threading
from hashlib import sha256
from pathlib import Path
from typing import Any

import pytest
from pydantic import ValidationError

from clockwork.assertions import (
    Assertion,
    CommandAssert,
    ContainerRunningAssert,
    FileContentMatchesAssert,
    FileExistsAssert,
    HealthcheckAssert,
    LogContainsAssert,
    PortAccessibleAssert,
    PredicateAssert,
)
from clockwork.containers.readiness import ContainerState
from clockwork.hook_types import Event
from support.answering import answering
from support.asserting import Box, knowing, result_of
from support.services import free_port

RUNNING = ContainerState(running=True, what="running")


def test_a_health_check_waits_until_the_server_is_well() -> None:
    with answering([(503, "starting"), (503, "starting"), (200, "ok")]) as server:
        result = result_of(HealthcheckAssert(url=server.url, body="ok"))
    assert (result.passed, result.message, result.tries) == (True, "HTTP 200", 3)


def test_a_health_check_that_fails_says_what_it_saw_last() -> None:
    with answering([(500, "boom"), (503, "<p>still\n starting</p>")]) as server:
        result = result_of(HealthcheckAssert(url=server.url, timeout_seconds=0.5))
    assert not result.passed
    assert re.fullmatch(r"last: HTTP 503 '<p>still starting</p>'; waited \d+\.\d s, \d tries", result.message)
    assert result.tries == server.asked


@pytest.mark.parametrize("body", ["version 3", re.compile(r"version \d{2}$")])
def test_a_health_check_reads_the_body(body: str | re.Pattern[str]) -> None:
    with answering([(200, "version 12")]) as server:
        result = result_of(HealthcheckAssert(url=server.url, body=body, timeout_seconds=0))
    assert result.passed is isinstance(body, re.Pattern)
    assert result.message == ("HTTP 200" if result.passed else "HTTP 200 'version 12'")


def test_a_health_check_may_want_another_status_than_200() -> None:
    with answering([(401, "who are you?")]) as server:
        assert result_of(HealthcheckAssert(url=server.url, status=401)).passed


def test_a_health_check_says_why_nobody_answers() -> None:
    url = f"http://127.0.0.1:{free_port()}/"
    result = result_of(HealthcheckAssert(url=url, timeout_seconds=0))
    assert (result.passed, result.message) == (False, "no answer: Connection refused")


def test_a_health_check_gives_up_on_a_server_that_is_silent() -> None:
    with socket.create_server(("127.0.0.1", 0)) as silent:
        url = f"http://127.0.0.1:{silent.getsockname()[1]}/"
        result = result_of(HealthcheckAssert(url=url, timeout_seconds=0.3))
    assert (result.passed, result.message) == (False, "no answer within 1.0 s")


def test_a_port_is_open_when_it_accepts_connections() -> None:
    with socket.create_server(("127.0.0.1", 0)) as server:
        result = result_of(PortAccessibleAssert(port=server.getsockname()[1]))
    assert (result.passed, result.message) == (True, "open")


def test_a_port_may_open_late() -> None:
    opened: list[socket.socket] = []
    port = free_port()

    def opens(event: Event) -> None:
        if event.kind == "assertion.waiting" and not opened:
            opened.append(socket.create_server(("127.0.0.1", port)))

    result = result_of(PortAccessibleAssert(port=port), observe=opens)
    opened[0].close()
    assert (result.passed, result.tries) == (True, 2)


@pytest.mark.parametrize("protocol", ["tcp", "udp"])
def test_a_port_that_nobody_listens_on_is_refused(protocol: Any) -> None:
    result = result_of(PortAccessibleAssert(port=free_port(), protocol=protocol, timeout_seconds=0))
    assert (result.passed, result.message) == (False, "Connection refused")


def test_a_udp_port_that_is_not_refused_passes() -> None:
    with socket.socket(type=socket.SOCK_DGRAM) as server:
        server.bind(("127.0.0.1", 0))
        assert result_of(PortAccessibleAssert(port=server.getsockname()[1], protocol="udp")).passed


def test_a_host_without_an_address_is_told() -> None:
    result = result_of(PortAccessibleAssert(port=80, host="nowhere.invalid", timeout_seconds=0))
    assert not result.passed
    assert result.message


def test_a_running_container_passes() -> None:
    result = result_of(ContainerRunningAssert(), plugins=knowing(web=Box(RUNNING)))
    assert (result.passed, result.message) == (True, "running")


def test_a_container_is_waited_for_until_it_is_healthy() -> None:
    starting = ContainerState(running=True, what="running, health: starting", healthy=False)
    healthy = ContainerState(running=True, what="running, healthy", healthy=True)
    result = result_of(ContainerRunningAssert(), plugins=knowing(web=Box(starting, starting, healthy)))
    assert (result.passed, result.message, result.tries) == (True, "running, healthy", 3)


def test_a_stopped_container_fails_with_the_end_of_its_log() -> None:
    stopped = Box(ContainerState(running=False, what="exited with code 1"), log=["start", "no table"])
    result = result_of(ContainerRunningAssert(timeout_seconds=0), plugins=knowing(web=stopped))
    assert (result.passed, result.message, result.log) == (False, "exited with code 1", ("start", "no table"))


@pytest.mark.parametrize("assertion", [ContainerRunningAssert(), LogContainsAssert(text="x")])
def test_a_resource_without_a_container_fails_at_once(assertion: Assertion) -> None:
    result = result_of(assertion)
    assert (result.message, result.tries) == ("no plugin knows a container of this resource", 1)


@pytest.mark.parametrize("text", ["ready on", re.compile(r"^ready on \d+$", re.MULTILINE)])
def test_a_log_contains_a_text_or_a_pattern(text: str | re.Pattern[str]) -> None:
    box = Box(RUNNING, log=["start", "ready on 80", "bye"])
    assert result_of(LogContainsAssert(text=text), plugins=knowing(web=box)).passed


def test_only_the_last_lines_of_a_log_count() -> None:
    box = Box(RUNNING, log=["ready", "later"])
    result = result_of(LogContainsAssert(text="ready", lines=1, timeout_seconds=0), plugins=knowing(web=box))
    assert (result.passed, result.message) == (False, "the log ends with 'later'")


def test_a_file_exists_where_the_project_is(tmp_path: Path) -> None:
    (tmp_path / "a.txt").touch()
    (tmp_path / "folder").mkdir()
    assert result_of(FileExistsAssert(path=Path("a.txt")), project=tmp_path).passed
    missing = result_of(FileExistsAssert(path=Path("b.txt"), timeout_seconds=0), project=tmp_path)
    assert missing.message == f"there is no {tmp_path / 'b.txt'}"
    folder = result_of(FileExistsAssert(path=tmp_path / "folder", timeout_seconds=0), project=tmp_path)
    assert folder.message == f"{tmp_path / 'folder'} is not a file"


CONTENT = "port = 80\nname = été\n"


@pytest.mark.parametrize(
    ("wanted", "passes"),
    [
        ({"text": "name = été"}, True),
        ({"text": "port = 81"}, False),
        ({"pattern": r"(?m)^port = \d+$"}, True),
        ({"pattern": r"^name"}, False),
        ({"sha256": sha256(CONTENT.encode()).hexdigest().upper()}, True),
        ({"sha256": "0" * 64}, False),
    ],
)
def test_a_file_has_a_content(tmp_path: Path, wanted: dict[str, Any], passes: bool) -> None:
    file = tmp_path / "app.toml"
    file.write_text(CONTENT, encoding="utf-8")
    result = result_of(FileContentMatchesAssert(path=file, timeout_seconds=0, **wanted))
    assert result.passed is passes
    if not passes:
        assert ("contains 'port = 80 name = été'" in result.message) or ("has the digest" in result.message)


def test_a_file_that_cannot_be_read_says_why(tmp_path: Path) -> None:
    result = result_of(FileContentMatchesAssert(path=tmp_path / "none", text="x", timeout_seconds=0))
    assert result.message == f"{tmp_path / 'none'}: No such file or directory"


@pytest.mark.parametrize(
    ("assertion", "passes", "message"),
    [
        (CommandAssert(command="exit 3", exit_code=3), True, "exit code 3"),
        (CommandAssert(command=["true"]), True, "exit code 0"),
        (CommandAssert(command="echo no >&2; exit 1", timeout_seconds=0), False, "exit code 1, printed 'no'"),
        (
            CommandAssert(command="echo 12 rows", output=re.compile(r"^\d+ rows$", re.MULTILINE)),
            True,
            "exit code 0",
        ),
        (
            CommandAssert(command="true", output="rows", timeout_seconds=0),
            False,
            "exit code 0, printed nothing",
        ),
        (CommandAssert(command="kill -9 $$", exit_code=-9), True, "exit code -9"),
    ],
)
def test_a_command_ends_and_prints_as_it_should(assertion: CommandAssert, passes: bool, message: str) -> None:
    result = result_of(assertion)
    assert (result.passed, result.message) == (passes, message)


def test_a_command_runs_in_the_project(tmp_path: Path) -> None:
    (tmp_path / "sub").mkdir()
    assert result_of(CommandAssert(command="pwd", output=str(tmp_path)), project=tmp_path).passed
    in_sub = CommandAssert(command="pwd", cwd=Path("sub"), output=str(tmp_path / "sub"))
    assert result_of(in_sub, project=tmp_path).passed


def test_a_command_that_does_not_exist_is_told() -> None:
    result = result_of(CommandAssert(command=["no-such-program"], timeout_seconds=0))
    assert "it cannot be started: No such file or directory: " in result.message


def test_a_command_that_hangs_is_ended_with_all_it_started(tmp_path: Path) -> None:
    started, fifo = tmp_path / "started", tmp_path / "fifo"
    os.mkfifo(fifo)
    command = f"sleep 600 > {fifo} & echo > {started}; sleep 600"
    read = os.open(fifo, os.O_RDONLY | os.O_NONBLOCK)
    result = result_of(CommandAssert(command=command, timeout_seconds=1))
    assert result.message == "no answer within 1.0 s"
    assert started.exists()
    select.select([read], [], [], 60)
    assert os.read(read, 1) == b"", "nobody holds the other end any more"
    os.close(read)


def test_a_command_may_leave_something_running() -> None:
    result = result_of(CommandAssert(command="sleep 20 & echo started", output="started"))
    assert (result.passed, result.tries) == (True, 1)


async def _soon(resource: Any) -> None:
    assert resource.name == "web"


@pytest.mark.parametrize(
    ("function", "passed", "message"),
    [
        (lambda _web: None, True, "as it should be"),
        (lambda _web: True, True, "as it should be"),
        (_soon, True, "as it should be"),
        (lambda web: _soon(web), True, "as it should be"),
        (lambda _web: False, False, "the function returned False"),
        (lambda web: f"{web.name} is too small", False, "web is too small"),
        (lambda _web: 1 / 0, False, "the check raised ZeroDivisionError: division by zero"),
    ],
)
def test_a_predicate_answers_in_any_of_these_ways(function: Any, passed: bool, message: str) -> None:
    result = result_of(PredicateAssert(name="big enough", function=function, timeout_seconds=0))
    assert (result.passed, result.message) == (passed, message)


def test_a_predicate_that_answers_nonsense_is_not_asked_again() -> None:
    result = result_of(PredicateAssert(function=lambda _web: 7, timeout_seconds=60))
    assert result.message == "the function returned int, which is neither bool, text nor None"


def test_a_predicate_that_never_returns_is_given_up() -> None:
    never = threading.Event()
    result = result_of(PredicateAssert(function=lambda _web: never.wait(), timeout_seconds=0.2))
    assert result.message == "no answer within 1.0 s"


@pytest.mark.parametrize(
    ("kind", "values", "wrong"),
    [
        (HealthcheckAssert, {"url": "localhost:80"}, "write http://HOST"),
        (HealthcheckAssert, {"url": "http://a:99999/"}, "Port out of range"),
        (HealthcheckAssert, {"url": "http://a", "status": 20}, "greater than or equal to 100"),
        (HealthcheckAssert, {"url": "http://a", "body": ""}, "an empty text is found in everything"),
        (HealthcheckAssert, {"url": "http://a", "timeout_seconds": -1}, "greater than or equal to 0"),
        (HealthcheckAssert, {"url": "http://a", "tries": 3}, "Extra inputs"),
        (PortAccessibleAssert, {"port": 0}, "greater than or equal to 1"),
        (PortAccessibleAssert, {"port": 80, "protocol": "sctp"}, "'tcp' or 'udp'"),
        (FileContentMatchesAssert, {"path": "a"}, "exactly one of text, pattern and sha256"),
        (FileContentMatchesAssert, {"path": "a", "text": "b", "pattern": "c"}, "exactly one of"),
        (FileContentMatchesAssert, {"path": "a", "pattern": "("}, "valid regular expression"),
        (FileContentMatchesAssert, {"path": "a", "sha256": "12"}, "match pattern"),
        (CommandAssert, {"command": []}, "at least 1 item"),
        (PredicateAssert, {"function": "name"}, "callable"),
    ],
)
def test_a_wrong_value_is_an_error_at_once(kind: type[Assertion], values: dict[str, Any], wrong: str) -> None:
    with pytest.raises(ValidationError, match=re.escape(wrong)):
        kind(**values)


@pytest.mark.parametrize(
    ("assertion", "name"),
    [
        (HealthcheckAssert(url="http://a/"), "http://a/ answers 200"),
        (HealthcheckAssert(url="http://a/", status=201, body="x"), "http://a/ answers 201 with 'x'"),
        (PortAccessibleAssert(port=80), "tcp port 127.0.0.1:80 is open"),
        (PortAccessibleAssert(port=80, host="::1"), "tcp port [::1]:80 is open"),
        (ContainerRunningAssert(), "container is running"),
        (LogContainsAssert(text=re.compile("a+")), "log contains /a+/"),
        (FileExistsAssert(path=Path("a")), "file a exists"),
        (FileContentMatchesAssert(path=Path("a"), text="b"), "file a contains 'b'"),
        (CommandAssert(command=["ls", "-l"], output="x"), "`ls -l` exits 0 with 'x'"),
        (PredicateAssert(function=_soon), "_soon"),
        (PredicateAssert(function=lambda _web: True), "predicate"),
        (FileExistsAssert(name="there", path=Path("a")), "there"),
    ],
)
def test_an_assertion_names_itself_unless_it_is_named(assertion: Assertion, name: str) -> None:
    assert assertion.name == name
