"""Runs that are killed in the middle of a clone."""

from __future__ import annotations

from pathlib import Path

import pytest

from support.deploying import Deployment, actions
from support.killing import Held, kill, under_way, wait_until
from support.repositories import Remote

pytestmark = pytest.mark.engine
HANGS = '#!/bin/sh\nexec 9>"{held}"\necho >&9\nexec sleep 600\n'


@pytest.fixture
def cut_off(deployment: Deployment, remote: Remote, tmp_path: Path) -> Deployment:
    """A project whose first run was killed while the repository was being sent; its git has ended."""
    held, hook, settings = Held(tmp_path / "held"), tmp_path / "hook", tmp_path / "gitconfig"
    hook.write_text(HANGS.format(held=tmp_path / "held"))
    hook.chmod(0o755)
    settings.write_text(f"[uploadpack]\n\tpackObjectsHook = {hook}\n")
    deployment.declare(f"site = GitRepoResource(repo_url={remote.url!r}, dest='made/site')")
    more = {"GIT_CONFIG_GLOBAL": str(settings)}
    with under_way("apply", "--yes", cwd=deployment.folder, **more) as process:
        wait_until(held.is_held, process)
        kill(process, with_engine=True)
        held.wait_for_end()
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
