"""A run that is stopped while a provider is at work, and one beside it."""

from __future__ import annotations

import signal
from pathlib import Path

import pytest

from support.deploying import Deployment, actions, file
from support.killing import under_way, wait_until
from support.waiting import WAITING, install_waiting

pytestmark = pytest.mark.engine


@pytest.fixture
def waiting(deployment: Deployment, tmp_path: Path) -> Deployment:
    """A project whose second resource is made only when ``go`` is there."""
    deployment.environment = install_waiting(tmp_path / "site")
    deployment.declare(file("note"), WAITING)
    return deployment


def test_ctrl_c_reaches_a_provider_that_waits(waiting: Deployment) -> None:
    marks = {name: waiting.folder / name for name in ("waits", "cancelled", "go", "note.txt")}
    with under_way("apply", cwd=waiting.folder, **waiting.environment) as process:
        wait_until(lambda: marks["waits"].exists() and marks["note.txt"].exists(), process)
        process.send_signal(signal.SIGINT)
        told = process.communicate()[1]
    assert process.returncode == 130
    assert "Traceback" not in told
    assert "✗ waiting: stopped" in told
    assert marks["cancelled"].exists()
    assert [one["urn"].rpartition("::")[2] for one in waiting.state()] == ["note"]
    marks["go"].touch()
    assert actions(waiting.run("apply")) == {"waiting": "create"}
    assert waiting.run("destroy")["summary"]["delete"] == 2


def test_a_run_beside_a_live_one_is_refused_and_disturbs_nothing(waiting: Deployment) -> None:
    with under_way("apply", cwd=waiting.folder, **waiting.environment) as process:
        wait_until((waiting.folder / "waits").exists, process)
        for command in ("plan", "apply", "destroy"):
            error = waiting.run(command, code=1)["error"]
            assert error["code"] == "state"
            assert "another run of Clockwork is at work on the stack 'dev'" in error["message"]
        (waiting.folder / "go").touch()
        process.communicate()
    assert process.returncode == 0
    assert actions(waiting.run("plan")) == {}


def test_another_stack_can_be_worked_on_meanwhile(waiting: Deployment) -> None:
    with under_way("apply", cwd=waiting.folder, **waiting.environment) as process:
        wait_until((waiting.folder / "waits").exists, process)
        waiting.declare(file("other"))
        assert waiting.run("plan", "--stack", "staging")["summary"]["create"] == 1
        (waiting.folder / "go").touch()
        process.communicate()
    assert process.returncode == 0


def test_ctrl_c_ends_the_waiting_of_a_gate(deployment: Deployment) -> None:
    deployment.declare(
        "from clockwork.assertions import FileExistsAssert",
        "note = FileResource(description='n', path='note.txt', mode='644', content='x', assertions=["
        "FileExistsAssert(path='ready', timeout_seconds=3600, gate=True)])",
        file("after"),
        "after.connect(note)",
    )
    with under_way("apply", cwd=deployment.folder) as process:
        wait_until((deployment.folder / "note.txt").exists, process)
        process.send_signal(signal.SIGINT)
        told = process.communicate(timeout=60)[1]
    assert process.returncode == 130
    assert "Traceback" not in told
    assert deployment.names() == ["note.txt"]
    (deployment.folder / "ready").touch()
    assert actions(deployment.run("apply")) == {"after": "create"}
