"""How failures end: the exit code, the words, and the one JSON document."""

from __future__ import annotations

import json
import os
import signal
import subprocess
from pathlib import Path
from typing import Any

import pytest

from clockwork.errors import LoadError, ProviderError
from clockwork.ui.errors import error_lines
from clockwork.ui.json_document import failure_document
from clockwork.ui.text import plain
from support.command import PROGRAM, clockwork, environment, install_plugin

COMMANDS = """
import click
from clockwork import hookimpl

@hookimpl
def clockwork_cli_commands():
    @click.command()
    @click.option("--json", is_flag=True)
    def crash(json):
        raise RuntimeError("out of \\x1b[31mluck")

    @click.command()
    @click.option("--json", is_flag=True)
    def refuse(json):
        raise click.ClickException("not today")

    @click.group()
    def tools():
        pass

    @tools.command()
    def bend():
        raise KeyError("iron")

    def unreadable(ctx, param, value):
        raise ValueError("cannot read")

    @click.command()
    @click.option("--level", callback=unreadable)
    def measure(level):
        pass

    @click.command()
    def leave():
        import sys
        sys.exit(3)

    @click.command()
    def wrong():
        from clockwork.errors import UsageError
        raise UsageError("the wrong way round")

    @click.command()
    def talk():
        print("to nobody")

    @click.command()
    def wait():
        import signal
        click.echo("waiting")
        signal.pause()

    yield from (crash, refuse, tools, measure, leave, wrong, talk, wait)
"""


@pytest.fixture
def site(tmp_path: Path) -> str:
    install_plugin(tmp_path / "site", "trouble", COMMANDS)
    return str(tmp_path / "site")


def only_document(stdout: str) -> dict[str, Any]:
    document: dict[str, Any] = json.loads(stdout)
    return document


@pytest.mark.parametrize(("words", "file"), [((), "main.py"), (("-f", "nope.py"), "nope.py")])
@pytest.mark.parametrize("command", ["plan", "apply", "assert", "graph"])
def test_a_missing_file_fails_whether_it_was_named_or_not(
    command: str, words: tuple[str, ...], file: str, tmp_path: Path
) -> None:
    done = clockwork(command, *words, "--json", cwd=tmp_path)
    assert done.returncode == 1
    assert f"there is no file {tmp_path / file}" in done.stderr
    assert "Traceback" not in done.stderr
    assert json.loads(done.stdout)["error"]["code"] == "load"


@pytest.mark.parametrize("words", [("-f",), ("-f", "."), ("--file", "a.py", "--no-such")])
def test_a_file_that_cannot_be_one_is_wrong_usage(words: tuple[str, ...], tmp_path: Path) -> None:
    assert clockwork("plan", *words, cwd=tmp_path).returncode == 2


@pytest.mark.parametrize("command", ["plan", "apply", "assert"])
def test_with_json_a_failure_is_the_one_document(command: str, tmp_path: Path) -> None:
    done = clockwork(command, "--json", cwd=tmp_path)
    document = only_document(done.stdout)
    assert done.returncode == 1
    assert document["command"] == command
    assert document["error"]["code"] == "load"
    assert ("assertions" in document) == (command == "assert")


def test_with_json_what_the_users_file_prints_stays_off_standard_output(tmp_path: Path) -> None:
    program = "import os\nprint('from python')\nos.system('echo from a child')\n"
    (tmp_path / "main.py").write_text(program, encoding="utf-8")
    done = clockwork("plan", "--json", cwd=tmp_path)
    assert only_document(done.stdout)["error"]["code"] == "load"
    assert "from python" in done.stderr
    assert "from a child" in done.stderr


def test_with_json_wrong_usage_is_a_document_too(tmp_path: Path) -> None:
    done = clockwork("plan", "--json", "--no-such", cwd=tmp_path)
    assert done.returncode == 2
    assert only_document(done.stdout)["error"]["code"] == "usage"


def test_an_unforeseen_failure_tells_its_kind_and_the_way_on() -> None:
    shown = [plain(row) for row in error_lines(RuntimeError("out of \x1b[31mluck"))]
    assert shown[0] == "Error: RuntimeError: out of \\x1b[31mluck"
    assert "CLOCKWORK_DISABLE_PLUGINS" in shown[1]
    assert failure_document("plan", RuntimeError("out of luck"))["error"]["code"] == "internal"


@pytest.mark.parametrize(
    ("command", "said"),
    [
        (["crash"], "command crash raised RuntimeError: out of \\x1b[31mluck"),
        (["tools", "bend"], "command tools raised KeyError: 'iron'"),
        (["measure"], "command measure raised ValueError: cannot read"),
    ],
    ids=lambda value: " ".join(value) if isinstance(value, list) else "",
)
def test_a_plugins_command_that_raises_names_its_plugin(
    command: list[str], said: str, tmp_path: Path, site: str
) -> None:
    done = clockwork(*command, cwd=tmp_path, PYTHONPATH=site)
    assert done.returncode == 1
    assert done.stderr.startswith(f"Error: plugin trouble (trouble 1.0): {said}\n")
    assert "CLOCKWORK_DISABLE_PLUGINS=trouble" in done.stderr
    assert "Traceback" not in done.stderr


@pytest.mark.parametrize(
    ("command", "code", "said"),
    [
        (["refuse"], 1, "Error: not today\n"),
        (["wrong"], 2, "Error: the wrong way round\n"),
        (["tools", "mend"], 2, "No such command 'mend'"),
        (["crash", "--help"], 0, ""),
        (["leave"], 3, ""),
    ],
    ids=lambda value: " ".join(value) if isinstance(value, list) else "",
)
def test_what_a_plugins_command_means_is_left_as_it_is(
    command: list[str], code: int, said: str, tmp_path: Path, site: str
) -> None:
    done = clockwork(*command, cwd=tmp_path, PYTHONPATH=site)
    assert done.returncode == code
    assert said in done.stderr
    assert "trouble" not in done.stderr


def test_debug_shows_the_whole_traceback(tmp_path: Path, site: str) -> None:
    done = clockwork("--debug", "crash", cwd=tmp_path, PYTHONPATH=site)
    assert "Traceback" in done.stderr
    assert "trouble_plugin.py" in done.stderr
    assert "RuntimeError: out of" in done.stderr
    assert "command crash raised" in done.stderr
    assert "\x1b" not in done.stderr


@pytest.mark.parametrize(("command", "code"), [("crash", "plugin"), ("refuse", "error")])
def test_with_json_a_plugins_failure_is_a_document_too(
    command: str, code: str, tmp_path: Path, site: str
) -> None:
    done = clockwork(command, "--json", cwd=tmp_path, PYTHONPATH=site)
    assert done.returncode == 1
    document = only_document(done.stdout)
    assert (document["command"], document["error"]["code"]) == (command, code)


def test_ctrl_c_is_one_line_and_130(tmp_path: Path, site: str) -> None:
    with subprocess.Popen(
        [PROGRAM, "wait"],
        cwd=tmp_path,
        env=environment(PYTHONPATH=site, PYTHONUNBUFFERED="1"),
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    ) as process:
        assert process.stdout is not None
        assert process.stdout.readline() == "waiting\n"
        process.send_signal(signal.SIGINT)
        _out, err = process.communicate(timeout=60)
    assert process.returncode == 130
    assert err.strip() == "Stopped."


@pytest.mark.parametrize("command", ["--help", "talk"])
def test_a_reader_that_goes_away_is_no_traceback(command: str, tmp_path: Path, site: str) -> None:
    reading, writing = os.pipe()
    os.close(reading)
    with os.fdopen(writing, "w") as gone:
        done = subprocess.run(
            [PROGRAM, command],
            cwd=tmp_path,
            env=environment(PYTHONPATH=site),
            stdout=gone,
            stderr=subprocess.PIPE,
            check=False,
        )
    assert done.stderr == b""
    assert done.returncode == 1


def test_an_error_tells_what_where_and_what_to_do() -> None:
    error = LoadError("it is\nwrong", file=Path("main.py"), line=7, hint="Mend it.\nThen plan.")
    shown = [plain(row) for row in error_lines(error)]
    assert shown == ["Error: it is", "  wrong", "  at main.py:7", "  Mend it.", "  Then plan."]


def test_an_error_cannot_steer_the_terminal() -> None:
    shown = [
        plain(row) for row in error_lines(ProviderError("a\x1b]0;b\x07", address="x\x1b[2J", hint="\x9b31m"))
    ]
    assert shown == ["Error: a\\x1b]0;b\\x07", "  at x\\x1b[2J", "  \\x9b31m"]
