"""Help, usage and the look-up of commands."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from clockwork.cli import CORE_COMMANDS
from support.command import clockwork, environment, install_plugin

HELLO = """
import click
from clockwork import hookimpl

@hookimpl
def clockwork_cli_commands():
    @click.command(NAME, help="Say hello.")
    def hello():
        click.echo("hello from " + __name__)
        return 7
    yield hello
"""


def test_help_lists_every_command_of_core(tmp_path: Path) -> None:
    shown = clockwork("--help", cwd=tmp_path)
    assert shown.returncode == 0
    assert all(f"  {name} " in shown.stdout for name in CORE_COMMANDS)
    assert shown.stderr == ""


def test_help_imports_no_command_and_nothing_heavy(tmp_path: Path) -> None:
    code = (
        "import sys\nfrom clockwork.cli import run\nrun(['--help'])\n"
        "heavy = {'rich', 'pulumi', 'grpc', 'pydantic', 'pydantic_ai', 'asyncio', 'structlog'}\n"
        "core = {'clockwork.commands.' + n for n in ('plan', 'apply', 'options', 'run', 'version')}\n"
        "print(sorted((heavy | core) & set(sys.modules)), file=sys.stderr)"
    )
    done = subprocess.run(
        [sys.executable, "-c", code],
        cwd=tmp_path,
        env=environment(),
        capture_output=True,
        text=True,
        check=True,
    )
    assert done.stderr.strip() == "[]"


@pytest.mark.parametrize("name", sorted(CORE_COMMANDS))
def test_every_command_of_core_has_its_help(name: str, tmp_path: Path) -> None:
    shown = clockwork(name, "--help", cwd=tmp_path)
    assert shown.returncode == 0, shown.stderr
    assert f"Usage: clockwork {name}" in shown.stdout


@pytest.mark.parametrize(
    ("args", "said"),
    [
        (["plam"], "Did you mean 'plan'?"),
        (["plan", "--no-such"], "No such option"),
        (["plan", "--parallel", "0"], "--parallel"),
        (["plan", "--providers", "other"], "--providers"),
        (["plan", "--stack", "a b"], "--stack"),
        (["plan", "--locked", "--refresh-completions"], "contradict"),
        (["destroy", "--model", "x"], "No such option"),
        ([], "Usage: clockwork"),
    ],
)
def test_wrong_usage_exits_with_2_and_says_why(args: list[str], said: str, tmp_path: Path) -> None:
    done = clockwork(*args, cwd=tmp_path)
    assert done.returncode == 2
    assert said in done.stderr
    assert done.stdout == ""


def test_a_plugins_command_is_listed_and_run_and_its_return_value_is_no_exit_code(tmp_path: Path) -> None:
    install_plugin(tmp_path / "site", "greeter", HELLO.replace("NAME", "'hello'"))
    site = str(tmp_path / "site")
    shown = clockwork("--help", cwd=tmp_path, PYTHONPATH=site)
    assert "hello" in shown.stdout
    assert "Say hello." in shown.stdout
    done = clockwork("hello", cwd=tmp_path, PYTHONPATH=site)
    assert (done.stdout, done.returncode) == ("hello from greeter_plugin\n", 0)


def test_a_command_that_two_plugins_bring_is_an_error_that_names_both(tmp_path: Path) -> None:
    for name in ("greeter", "waver"):
        install_plugin(tmp_path / "site", name, HELLO.replace("NAME", "'hello'"))
    done = clockwork("hello", cwd=tmp_path, PYTHONPATH=str(tmp_path / "site"))
    assert done.returncode == 1
    assert "greeter (greeter 1.0)" in done.stderr
    assert "waver (waver 1.0)" in done.stderr


def test_a_plugin_cannot_take_a_command_of_core(tmp_path: Path) -> None:
    install_plugin(tmp_path / "site", "thief", HELLO.replace("NAME", "'completion'"))
    site = str(tmp_path / "site")
    done = clockwork("completion", "bash", cwd=tmp_path, PYTHONPATH=site)
    assert "_CLOCKWORK_COMPLETE" in done.stdout
    shown = " ".join(clockwork("--help", cwd=tmp_path, PYTHONPATH=site).stdout.split())
    assert "completion of plugin thief (thief 1.0) cannot be run: it is a command of clockwork-core" in shown


def test_a_plugin_whose_hook_raises_leaves_help_and_core_alone(tmp_path: Path) -> None:
    code = HELLO.replace("NAME", "'hello'").replace("    yield hello", "    raise RuntimeError('broken')")
    install_plugin(tmp_path / "site", "broken", code)
    site = str(tmp_path / "site")
    shown = clockwork("--help", cwd=tmp_path, PYTHONPATH=site)
    assert shown.returncode == 0
    assert "broken (broken 1.0)" in " ".join(shown.stdout.split())
    done = clockwork("hello", cwd=tmp_path, PYTHONPATH=site)
    assert done.returncode == 1
    assert "broken (broken 1.0)" in done.stderr


@pytest.mark.parametrize("shell", ["bash", "zsh", "fish"])
def test_completion_scripts(shell: str, tmp_path: Path) -> None:
    done = clockwork("completion", shell, cwd=tmp_path)
    assert done.returncode == 0
    assert f"_CLOCKWORK_COMPLETE={shell}_complete" in done.stdout


def test_completion_offers_commands_and_options(tmp_path: Path) -> None:
    offered = clockwork(
        cwd=tmp_path, _CLOCKWORK_COMPLETE="bash_complete", COMP_WORDS="clockwork ver", COMP_CWORD="1"
    )
    assert offered.stdout == "plain,version\n"
    offered = clockwork(
        cwd=tmp_path,
        _CLOCKWORK_COMPLETE="bash_complete",
        COMP_WORDS="clockwork plan --refresh-",
        COMP_CWORD="2",
    )
    assert offered.stdout == "plain,--refresh-completions\n"
