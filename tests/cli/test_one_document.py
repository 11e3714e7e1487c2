"""With ``--json`` standard output has one document, whatever is printed meanwhile and whatever fails."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from support.command import clockwork, install_plugin

CHATTY = """
import os
import click
from clockwork import hookimpl
from clockwork.hook_types import Health, HealthCheck

print("printed at import")
os.system("echo from a child")

@hookimpl
def clockwork_health_checks():
    print("printed in a hook")
    yield HealthCheck("chat", lambda: Health(True, "talks"))

@hookimpl
def clockwork_cli_commands():
    @click.command()
    def talk():
        click.echo("a result")

    @click.command()
    @click.option("--json", "form", is_flag=True)
    def own(form):
        click.echo('{"own": true}')

    @click.command()
    @click.pass_context
    def alone(ctx):
        click.echo(repr((ctx.obj, ctx.ensure_object(dict))))

    @click.command(context_settings={"ignore_unknown_options": True})
    @click.argument("words", nargs=-1, type=click.UNPROCESSED)
    def through(words):
        raise click.ClickException(" ".join(words))

    @click.group()
    def tools():
        pass

    @tools.command()
    @click.option("--json", is_flag=True)
    def bend(json):
        raise click.ClickException("not today")

    yield from (talk, own, alone, through, tools)
"""


@pytest.fixture
def site(tmp_path: Path) -> str:
    install_plugin(tmp_path / "site", "chatty", CHATTY)
    return str(tmp_path / "site")


def only_document(stdout: str) -> dict[str, Any]:
    document: dict[str, Any] = json.loads(stdout)
    return document


@pytest.mark.parametrize(
    ("command", "chats"),
    [
        (["plugins"], True),
        (["plugins", "--hook", "no_such_hook"], True),
        (["doctor"], True),
        (["plan"], True),
        (["engine", "status"], False),
        (["version"], False),
    ],
    ids=lambda value: " ".join(value) if isinstance(value, list) else "",
)
def test_what_a_plugin_prints_stays_off_standard_output(
    command: list[str], chats: bool, tmp_path: Path, site: str
) -> None:
    done = clockwork(*command, "--json", cwd=tmp_path, PYTHONPATH=site)
    assert only_document(done.stdout)["command"] == command[0]
    assert ("printed at import" in done.stderr) == chats
    assert ("from a child" in done.stderr) == chats


@pytest.mark.parametrize(("command", "said"), [("talk", "a result\n"), ("own", '{"own": true}\n')])
def test_a_plugins_command_has_standard_output_for_itself(
    command: str, said: str, tmp_path: Path, site: str
) -> None:
    form = ["--json"] if command == "own" else []
    done = clockwork(command, *form, cwd=tmp_path, PYTHONPATH=site)
    assert done.stdout == said
    assert "printed at import" in done.stderr


def test_a_plugins_command_finds_no_object_of_core(tmp_path: Path, site: str) -> None:
    assert clockwork("alone", cwd=tmp_path, PYTHONPATH=site).stdout == "(None, {})\n"


def test_help_and_completion_of_the_shell_have_nothing_that_plugins_print(tmp_path: Path, site: str) -> None:
    shown = clockwork("--help", cwd=tmp_path, PYTHONPATH=site)
    assert shown.stdout.startswith("Usage: clockwork")
    words = {"_CLOCKWORK_COMPLETE": "bash_complete", "COMP_WORDS": "clockwork ta", "COMP_CWORD": "1"}
    assert clockwork(cwd=tmp_path, PYTHONPATH=site, **words).stdout == "plain,talk\n"


@pytest.mark.parametrize(
    ("words", "command"),
    [
        (["plan", "--json", "--no-such"], "plan"),
        (["plan", "--no-such", "--json"], "plan"),
        (["plan", "--json", "--file"], "plan"),
        (["--no-such", "plan", "--json"], "plan"),
        (["--json", "plan"], "plan"),
        (["plna", "--json"], "plna"),
        (["engine", "--json"], "engine"),
        (["engine", "mend", "--json"], "engine"),
        (["completion", "bash", "--json"], "completion"),
        (["tools", "bend", "--json", "--no-such"], "tools"),
    ],
    ids=lambda value: " ".join(value) if isinstance(value, list) else "",
)
def test_wrong_usage_is_a_document_wherever_json_stands(
    words: list[str], command: str, tmp_path: Path, site: str
) -> None:
    done = clockwork(*words, cwd=tmp_path, PYTHONPATH=site)
    document = only_document(done.stdout)
    assert (done.returncode, document["command"], document["error"]["code"]) == (2, command, "usage")


@pytest.mark.parametrize(
    "words",
    [
        ["plan", "--file", "--json"],
        ["plan", "--stack=--json", "--no-such"],
        ["plan", "--", "--json"],
        ["plna", "--", "--json"],
        ["talk", "--", "--json"],
        ["through", "--json"],
    ],
    ids=" ".join,
)
def test_a_word_that_only_looks_like_the_option_is_none(words: list[str], tmp_path: Path, site: str) -> None:
    done = clockwork(*words, cwd=tmp_path, PYTHONPATH=site)
    assert done.returncode in (1, 2)
    assert "{" not in done.stdout
    assert "Error: " in done.stderr


def test_a_value_that_looks_like_debug_shows_no_traceback(tmp_path: Path) -> None:
    assert "Traceback" not in clockwork("plan", "--file", "--debug", cwd=tmp_path).stderr
    assert "Traceback" in clockwork("plan", "--debug", cwd=tmp_path).stderr


def test_help_beside_json_is_still_the_help(tmp_path: Path) -> None:
    assert clockwork("plan", "--json", "--help", cwd=tmp_path).stdout.startswith("Usage: clockwork plan")
