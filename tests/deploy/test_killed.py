"""Runs that were killed: the next one goes on, and nothing is left behind."""

from __future__ import annotations

import pytest

from support.deploying import Deployment, actions, file, many_files
from support.killing import kill, under_way, wait_until

pytestmark = pytest.mark.engine

NUMBER = 50
RECOVERED = "was killed in the middle of a run"
both_ways = pytest.mark.parametrize("with_engine", [False, True], ids=["engine-lives-on", "engine-too"])


def apply_and_kill(deployment: Deployment, with_engine: bool) -> None:
    """Kill an apply of fifty files while it writes them."""
    deployment.declare(many_files(NUMBER, folder="made/"))
    folder = deployment.folder / "made"
    with under_way("apply", "--parallel", "2", cwd=deployment.folder) as process:
        wait_until(lambda: len(list(folder.glob("f*.txt"))) >= 10, process)
        kill(process, with_engine=with_engine)
    assert len(list(folder.iterdir())) < NUMBER


@both_ways
def test_the_next_apply_finishes_and_destroy_leaves_nothing(
    deployment: Deployment, with_engine: bool
) -> None:
    apply_and_kill(deployment, with_engine)
    assert RECOVERED in deployment.told("apply")
    assert len(list((deployment.folder / "made").glob("f*.txt"))) == NUMBER
    assert actions(deployment.run("plan")) == {}
    deployment.run("destroy")
    assert deployment.names() == []
    assert not (deployment.folder / ".clockwork").exists()


@both_ways
def test_destroy_right_after_it_leaves_nothing(deployment: Deployment, with_engine: bool) -> None:
    apply_and_kill(deployment, with_engine)
    assert RECOVERED in deployment.told("destroy")
    assert deployment.names() == []
    assert not (deployment.folder / ".clockwork").exists()


def test_what_left_the_file_meanwhile_goes_too(deployment: Deployment) -> None:
    apply_and_kill(deployment, with_engine=True)
    deployment.declare(file("other"))
    assert actions(deployment.run("apply"))["other"] == "create"
    assert deployment.names() == ["other.txt"]
