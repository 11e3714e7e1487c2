"""What ``ssh`` said of a connection that came to nothing, however late it says it."""

from __future__ import annotations

import os
import shutil
from pathlib import Path

import pytest

from clockwork.errors import ProviderError
from clockwork_docker.client import connect

SLOW_TO_SAY = """#!/bin/sh
exec >&-
sleep 0.5
echo 'me@far: Permission denied (publickey).' >&2
exit 255
"""

LETS_A_CHILD_KEEP_ITS_ERRORS = """#!/bin/sh
{sleep} 1000 >/dev/null &
echo $! >{folder}/child
echo 'me@far: Permission denied (publickey).' >&2
exit 255
"""


@pytest.fixture
def tools(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The first folder on PATH, for an ``ssh`` of the test's own."""
    folder = tmp_path / "tools"
    folder.mkdir()
    monkeypatch.setenv("PATH", f"{folder}:{os.environ['PATH']}")
    return folder


def failure(host: str, monkeypatch: pytest.MonkeyPatch) -> str:
    """What is told when the engine of a host is asked; each host has a tunnel of its own."""
    monkeypatch.setenv("DOCKER_HOST", host)
    with pytest.raises(ProviderError) as raised:
        connect()
    return str(raised.value)


def put_ssh(tools: Path, script: str) -> None:
    (tools / "ssh").write_text(script)
    (tools / "ssh").chmod(0o755)


def test_its_last_words_are_waited_for(tools: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    put_ssh(tools, SLOW_TO_SAY)
    assert "me@far: Permission denied (publickey)." in failure("ssh://me@slow", monkeypatch)


def test_a_process_that_it_leaves_behind_is_not_waited_for(
    tools: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    script = LETS_A_CHILD_KEEP_ITS_ERRORS.format(sleep=shutil.which("sleep"), folder=tools)
    put_ssh(tools, script)
    try:
        assert "me@far: Permission denied (publickey)." in failure("ssh://me@left", monkeypatch)
    finally:
        os.kill(int((tools / "child").read_text()), 15)


def test_a_machine_without_ssh_is_told(tools: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PATH", str(tools))
    assert "No such file or directory: 'ssh'" in failure("ssh://me@none", monkeypatch)
