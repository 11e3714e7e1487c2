"""What a person looking for a cause finds in the logs of real runs."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from support.command import clockwork
from support.fake_endpoint import FakeEndpoint, Request, failure, fake_endpoint
from support.terminal import Terminal

PROGRAM = """
from clockwork.resources import FileResource
article = FileResource(description="a note", path="note.txt", mode="644")
"""
KEY = "sk-nobody-may-see-this"


def records(stderr: str) -> list[dict[str, Any]]:
    """The records among what was said; a line that begins as one must be one."""
    return [json.loads(line) for line in stderr.splitlines() if line.startswith("{")]


def named(found: list[dict[str, Any]], event: str) -> list[dict[str, Any]]:
    return [record for record in found if record["event"] == event]


def logged(server: FakeEndpoint, folder: Path, command: str, *, level: str) -> list[dict[str, Any]]:
    """The records of a command that asks a model and succeeds."""
    done = clockwork(command, cwd=folder, CW_LOG_LEVEL=level, CW_LOG_FORMAT="json", **asking(server))
    assert done.returncode == 0, done.stderr
    assert KEY not in done.stderr
    return records(done.stderr)


def asking(server: FakeEndpoint) -> dict[str, str]:
    return {"CW_BASE_URL": server.url, "CW_MODEL": "small", "CW_API_KEY": KEY}


@pytest.fixture
def folder(project: Path) -> Path:
    (project / "main.py").write_text(PROGRAM, encoding="utf-8")
    return project


def answer(request: Request) -> Any:
    return dict.fromkeys(request.fields, "hello") if request.fields else "hello"


@pytest.mark.engine
def test_info_tells_each_stage_with_counts_and_seconds(folder: Path) -> None:
    with fake_endpoint(answer) as server:
        found = logged(server, folder, "apply", level="info")
        checked = logged(server, folder, "assert", level="info")
    assert {record["level"] for record in found} == {"info"}
    assert [record["event"] for record in found] == [
        "apply starts",
        "load starts",
        "load ended",
        "complete starts",
        "complete ended",
        "pin starts",
        "pin ended",
        "engine starts",
        "engine ended",
        "apply ended",
    ]
    [start] = named(found, "apply starts")
    assert (start["stack"], start["file"]) == ("dev", str(folder / "main.py"))
    assert named(found, "load ended")[0]["resources"] == 1
    assert named(found, "complete ended")[0]["calls"] >= 1
    assert named(found, "engine ended")[0]["create"] == 1
    assert all(isinstance(record["seconds"], float) for record in found if record["event"].endswith("ended"))
    assert named(checked, "assert ended")[0]["failed"] == 0


@pytest.mark.engine
def test_debug_tells_events_the_engine_the_lock_the_plugins_and_each_call(folder: Path) -> None:
    with fake_endpoint(answer) as server:
        found = logged(server, folder, "apply", level="debug")
    assert named(found, "resource.done")[0]["address"] == "article"
    assert named(found, "resource.done")[0]["action"] == "create"
    assert named(found, "completion.asking")[0]["fields"]
    [engine] = named(found, "the engine is chosen")
    assert engine["path"].endswith("pulumi")
    commands = named(found, "the engine's command ended")
    assert any("up" in command["args"] and "dev" in command["args"] for command in commands)
    assert all(command["status"] == 0 and command["seconds"] > 0 for command in commands)
    assert all(command["backend"].startswith("file://") for command in commands)
    assert named(found, "there is no lock")
    assert named(found, "the lock is written")[0]["entries"] == 1
    assert any(
        name.startswith("file (clockwork-file") for name in named(found, "plugins are loaded")[0]["names"]
    )
    [*_others, call] = named(found, "the model answered")
    assert (call["model"], call["output_tokens"]) == ("small", 5)


@pytest.mark.engine
def test_a_stage_that_fails_tells_what_it_got_to(project: Path) -> None:
    (project / "taken").touch()
    program = PROGRAM.replace("note.txt", "taken/note.txt").replace("mode", "content='hello', mode")
    (project / "main.py").write_text(program, encoding="utf-8")
    done = clockwork("apply", "--yes", cwd=project, CW_LOG_LEVEL="info", CW_LOG_FORMAT="json")
    assert done.returncode == 1
    [ended] = named(records(done.stderr), "engine ended")
    assert (ended["error"], ended["failed"], ended["create"]) == ("DeployError", 1, 0)


@pytest.mark.engine
def test_at_a_terminal_a_record_is_one_line_however_long(project: Path) -> None:
    (project / "main.py").write_text(PROGRAM.replace("mode", "content='hello', mode"), encoding="utf-8")
    with Terminal("plan", cwd=project, columns=40, CW_LOG_LEVEL="debug", CW_LOG_FORMAT="json") as terminal:
        assert terminal.end() == 0
    assert named(records(terminal.text), "the engine's command ended")


def test_a_record_begins_with_what_is_read_first(tmp_path: Path) -> None:
    done = clockwork("plan", cwd=tmp_path, CW_LOG_LEVEL="info", CW_LOG_FORMAT="json")
    assert [*records(done.stderr)[0]][:4] == ["timestamp", "level", "event", "logger"]


def test_a_call_that_fails_is_told_with_its_status(tmp_path: Path) -> None:
    (tmp_path / "main.py").write_text(PROGRAM, encoding="utf-8")
    with fake_endpoint(lambda _request: failure(401, f"Incorrect API key provided: {KEY}")) as server:
        done = clockwork("plan", cwd=tmp_path, CW_LOG_LEVEL="debug", CW_LOG_FORMAT="json", **asking(server))
    found = records(done.stderr)
    assert named(found, "the model did not answer")[0]["status"] == 401
    assert named(found, "complete ended")[0]["error"] == "ModelError"
    assert all(KEY not in json.dumps(record) for record in found if record["event"] != "completion.failed")


def test_text_is_a_line_for_each_record(tmp_path: Path) -> None:
    (tmp_path / "main.py").write_text("", encoding="utf-8")
    done = clockwork("plan", cwd=tmp_path, CW_LOG_LEVEL="info")
    assert f"clockwork: info: plan starts (file={tmp_path / 'main.py'} stack=dev)\n" in done.stderr
    assert "clockwork: info: load ended (error=LoadError seconds=" in done.stderr


@pytest.mark.parametrize("variable", ["CW_LOG_LEVEL", "CW_LOG_FORMAT"])
@pytest.mark.parametrize("command", ["plan", "version", "doctor", "plugins", "completion"])
def test_a_wrong_choice_is_told_by_every_command(variable: str, command: str, tmp_path: Path) -> None:
    shell = ["bash"] if command == "completion" else []
    done = clockwork(command, *shell, cwd=tmp_path, **{variable: "loud"})
    assert (done.returncode, done.stdout) == (2, "")
    assert done.stderr.startswith(f"Error: {variable}: 'loud' is not one of ")
    if command != "completion":
        done = clockwork(command, "--json", cwd=tmp_path, **{variable: "loud"})
        assert (done.returncode, json.loads(done.stdout)["error"]["code"]) == (2, "usage")
