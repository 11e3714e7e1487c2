"""Runs that are killed in the middle of a clone."""

from __future__ import annotations

import os
import signal
from pathlib import Path

import pytest

from support.deploying import Deployment, actions
from support.killing import kill, under_way, wait_until
from support.repositories import Remote

pytestmark = pytest.mark.engine
HANGS = '#!/bin/sh\necho $$ > "{pid}.new" && mv "{pid}.new" "{pid}"\nexec sleep 600\n'


@pytest.fixture
def cut_off(deployment: Deployment, remote: Remote, tmp_path: Path) -> Deployment:
    """A project whose first run was killed while the repository was being sent."""
    pid, hook, settings = tmp_path / "pid", tmp_path / "hook", tmp_path / "gitconfig"
    hook.write_text(HANGS.format(pid=pid))
    hook.chmod(0o755)
    settings.write_text(f"[uploadpack]\n\tpackObjectsHook = {hook}\n")
    deployment.declare(f"site = GitRepoResource(repo_url={remote.url!r}, dest='made/site')")
    more = {"GIT_CONFIG_GLOBAL": str(settings)}
    with under_way("apply", "--yes", cwd=deployment.folder, **more) as process:
        wait_until(pid.exists, process)
        kill(process, with_engine=True)
    os.kill(int(pid.read_text()), signal.SIGKILL)
    assert (deployment.folder / "made/.site.clockwork-new").exists()
    return deployment


def test_the_next_run_clones_it_and_leaves_nothing(cut_off: Deployment) -> None:
    assert actions(cut_off.run("apply")) == {"site": "create"}
    assert [path.name for path in (cut_off.folder / "made").iterdir()] == ["site"]
    assert cut_off.read("made/site/README.md") == "hello\n"
    cut_off.run("destroy", "--yes")
    assert cut_off.names() == []


def test_what_is_no_longer_declared_is_removed(cut_off: Deployment) -> None:
    cut_off.declare("note = FileResource(description='d', path='note', content='x', mode='644')")
    cut_off.run("apply")
    assert cut_off.names() == ["note"]
