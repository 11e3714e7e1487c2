"""Standard streams that are closed, full or gone end in a line, never in a traceback."""

from __future__ import annotations

import subprocess
from pathlib import Path

import pytest

from support.command import PROGRAM, environment, install_plugin

TALK = """
import click
from clockwork import hookimpl

@hookimpl
def clockwork_cli_commands():
    @click.command()
    def talk():
        print("to a full disk" * 10_000)
    yield talk
"""


def shell(line: str, cwd: Path, **more: str) -> subprocess.CompletedProcess[str]:
    """Run a line of shell, in which ``clockwork`` is the program."""
    return subprocess.run(
        ["bash", "-c", f'clockwork() {{ "{PROGRAM}" "$@"; }}; {line}'],
        cwd=cwd,
        env=environment(**more),
        stdin=subprocess.DEVNULL,
        capture_output=True,
        encoding="utf-8",
        check=False,
        timeout=120,
    )


@pytest.mark.parametrize("command", ["version", "--help", "plan", "plan --json", "version --json"])
def test_closed_standard_output_is_told_before_anything_is_done(command: str, tmp_path: Path) -> None:
    done = shell(f"clockwork {command} >&-", tmp_path)
    assert done.stderr == "Error: standard output is closed; send it to a file, or to /dev/null\n"
    assert done.returncode == 1


@pytest.mark.parametrize("command", ["version", "--help", "plan --json", "version --json", "plugins", "talk"])
def test_a_full_disk_is_one_error(command: str, tmp_path: Path) -> None:
    install_plugin(tmp_path / "site", "talkative", TALK)
    done = shell(f"clockwork {command} > /dev/full", tmp_path, PYTHONPATH=str(tmp_path / "site"))
    assert "Error: standard output cannot be written: No space left on device\n" in done.stderr
    assert "fault" not in done.stderr
    assert "Traceback" not in done.stderr
    assert done.returncode == 1


@pytest.mark.parametrize("stream", ["2>&-", "2>/dev/full", "<&-", "2>&- <&-"])
def test_other_streams_may_be_missing(stream: str, tmp_path: Path) -> None:
    assert shell(f"clockwork version {stream}", tmp_path).stdout.startswith("clockwork-core")
    failed = shell(f"clockwork plan --json {stream}", tmp_path)
    assert failed.returncode == 1
    assert '"code": "load"' in failed.stdout


def test_with_every_stream_closed_the_code_alone_tells(tmp_path: Path) -> None:
    assert shell("clockwork version <&- >&- 2>&-", tmp_path).returncode == 1


def test_a_closed_standard_error_does_not_end_up_in_a_file(tmp_path: Path) -> None:
    (tmp_path / "main.py").write_text(
        "import sys\nkept = open('kept.txt', 'w')\nprint('noise', file=sys.stderr, flush=True)\n",
        encoding="utf-8",
    )
    shell("clockwork plan 2>&-", tmp_path)
    assert (tmp_path / "kept.txt").read_text(encoding="utf-8") == ""
