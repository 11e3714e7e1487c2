"""Signals that ask a run to stop: each stops it in good order, at every stage."""

from __future__ import annotations

import json
import signal
import threading
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager, nullcontext
from pathlib import Path

import pytest

from support.command import install_plugin
from support.deploying import Deployment, actions, file
from support.fake_endpoint import Request, fake_endpoint
from support.killing import under_way, wait_until
from support.waiting import WAITING, install_waiting

WAIT = """
import signal
from pathlib import Path
import click
from clockwork import hookimpl

@hookimpl
def clockwork_cli_commands():
    @click.command()
    def wait():
        Path("waits").touch()
        while True:
            signal.pause()
    yield wait
"""
IN_THE_FILE = """
import signal
from pathlib import Path
Path("waits").touch()
signal.pause()
"""
INCOMPLETE = """
from clockwork.resources import FileResource
article = FileResource(description="a note", path="note.txt", mode="644")
"""
ENDINGS = [
    (signal.SIGINT, 130, "Stopped."),
    (signal.SIGTERM, 143, "Stopped by SIGTERM."),
    (signal.SIGHUP, 129, "Stopped by SIGHUP."),
]


@pytest.fixture(autouse=True)
def hears_of_a_lost_terminal() -> Iterator[None]:
    """Have what is started not ignore ``SIGHUP``, also where the tests themselves run under ``nohup``."""
    with starting_with(signal.SIGHUP, signal.SIG_DFL):
        yield


@pytest.mark.parametrize(("number", "code", "said"), ENDINGS)
def test_a_signal_ends_a_plugins_command(
    number: signal.Signals, code: int, said: str, tmp_path: Path
) -> None:
    install_plugin(tmp_path / "site", "patient", WAIT)
    with under_way("wait", cwd=tmp_path, PYTHONPATH=str(tmp_path / "site")) as process:
        wait_until((tmp_path / "waits").exists, process)
        process.send_signal(number)
        _out, told = process.communicate(timeout=60)
    assert (process.returncode, told.strip()) == (code, said)


@pytest.mark.parametrize(("number", "code", "said"), ENDINGS)
def test_a_signal_while_the_users_file_runs(
    number: signal.Signals, code: int, said: str, tmp_path: Path
) -> None:
    (tmp_path / "main.py").write_text(IN_THE_FILE, encoding="utf-8")
    with under_way("plan", "--json", cwd=tmp_path) as process:
        wait_until((tmp_path / "waits").exists, process)
        process.send_signal(number)
        out, told = process.communicate(timeout=60)
    assert (process.returncode, told.strip()) == (code, said)
    assert json.loads(out)["error"]["code"] == "interrupted"


@pytest.mark.parametrize(("number", "code", "said"), ENDINGS)
def test_a_signal_while_a_model_is_asked(
    number: signal.Signals, code: int, said: str, tmp_path: Path
) -> None:
    (tmp_path / "main.py").write_text(INCOMPLETE, encoding="utf-8")
    asked, answered = threading.Event(), threading.Event()

    def never(_request: Request) -> str:
        asked.set()
        answered.wait()
        return ""

    with (
        fake_endpoint(never) as server,
        under_way("plan", cwd=tmp_path, CW_BASE_URL=server.url, CW_MODEL="m") as process,
    ):
        wait_until(asked.is_set, process)
        process.send_signal(number)
        _out, told = process.communicate(timeout=60)
        answered.set()
    assert process.returncode == code
    assert told.splitlines()[-1] == said
    assert "Traceback" not in told


@contextmanager
def starting_with(number: signal.Signals, how: signal.Handlers) -> Iterator[None]:
    """Have what is started meanwhile ignore a signal, as a shell does for the background, or not."""
    before = signal.signal(number, how)
    try:
        yield
    finally:
        signal.signal(number, before)


@pytest.mark.engine
@pytest.mark.parametrize("background", [False, True])
@pytest.mark.parametrize(("number", "code", "said"), ENDINGS[1:])
def test_a_signal_in_the_middle_of_an_apply_keeps_what_was_done(
    number: signal.Signals, code: int, said: str, background: bool, project: Path, tmp_path: Path
) -> None:
    deployment = Deployment(project)
    deployment.environment = install_waiting(tmp_path / "site")
    deployment.declare(file("note"), WAITING)
    marks = {name: project / name for name in ("waits", "cancelled", "go", "note.txt")}
    with ExitStack() as running:
        with starting_with(signal.SIGINT, signal.SIG_IGN) if background else nullcontext():
            process = running.enter_context(under_way("apply", cwd=project, **deployment.environment))
        wait_until(lambda: marks["waits"].exists() and marks["note.txt"].exists(), process)
        process.send_signal(number)
        told = process.communicate(timeout=60)[1]
    assert (process.returncode, told.splitlines()[-1]) == (code, said)
    assert "Traceback" not in told
    assert marks["cancelled"].exists()
    assert [one["urn"].rpartition("::")[2] for one in deployment.state()] == ["note"]
    marks["go"].touch()
    assert actions(deployment.run("apply")) == {"waiting": "create"}


def test_what_nohup_ignores_stays_ignored(tmp_path: Path) -> None:
    install_plugin(tmp_path / "site", "patient", WAIT)
    with ExitStack() as running:
        with starting_with(signal.SIGHUP, signal.SIG_IGN):
            process = running.enter_context(
                under_way("wait", cwd=tmp_path, PYTHONPATH=str(tmp_path / "site"))
            )
        wait_until((tmp_path / "waits").exists, process)
        process.send_signal(signal.SIGHUP)
        process.send_signal(signal.SIGTERM)
        _out, told = process.communicate(timeout=60)
    assert (process.returncode, told.strip()) == (143, "Stopped by SIGTERM.")
