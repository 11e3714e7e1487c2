"""The same stack, worked on with the plain ``pulumi`` command."""

from __future__ import annotations

import os
import subprocess
from pathlib import Path

import pytest

from clockwork.engine.locate import Engine
from support.command import PROGRAM
from support.deploying import Deployment, actions, file

pytestmark = pytest.mark.engine


@pytest.fixture
def deployed(deployment: Deployment) -> Deployment:
    deployment.declare(file("note", "made/note.txt"), file("letter"))
    deployment.run("apply")
    return deployment


def pulumi(engine: Engine, deployed: Deployment, *args: str) -> str:
    """Run ``pulumi`` as the documentation says, in the state's folder."""
    folder = deployed.folder / ".clockwork"
    done = subprocess.run(
        [engine.path, *args, "--stack", "dev", "--non-interactive", "--color", "never"],
        cwd=folder / "state",
        env={
            **os.environ,
            "PATH": os.pathsep.join([str(Path(PROGRAM).parent), os.environ["PATH"]]),
            "PULUMI_CONFIG_PASSPHRASE_FILE": str(folder / "passphrase"),
        },
        capture_output=True,
        encoding="utf-8",
        check=False,
    )
    assert done.returncode == 0, done.stderr + done.stdout
    return done.stdout


def test_it_shows_refreshes_and_destroys_the_stack(engine: Engine, deployed: Deployment) -> None:
    shown = pulumi(engine, deployed, "stack")
    assert "clockwork:file:File" in shown
    assert "letter" in shown
    (deployed.folder / "letter.txt").unlink()
    assert "- 1 deleted" in pulumi(engine, deployed, "refresh", "--yes")
    assert [one["urn"].rpartition("::")[2] for one in deployed.state()] == ["note"]
    pulumi(engine, deployed, "destroy", "--yes")
    assert deployed.names() == []
    assert actions(deployed.run("apply")) == {"letter": "create", "note": "create"}


def test_clockwork_goes_on_after_a_refresh(engine: Engine, deployed: Deployment) -> None:
    (deployed.folder / "letter.txt").write_text("by hand")
    pulumi(engine, deployed, "refresh", "--yes")
    plan = deployed.told("plan")
    assert "changed by hand" in plan
    assert "letter.txt is kept" in deployed.told("destroy")
    assert deployed.names() == ["letter.txt"]
