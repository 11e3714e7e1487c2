"""The example with Apple's containers: planned, built, checked and removed from its committed lock."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from support.apple import RealContainer
from support.deploying import Deployment, actions
from support.fake_container.machine import FakeContainer

pytestmark = pytest.mark.engine
EXAMPLE = Path(__file__).parents[2] / "examples" / "apple_container"
ALL = {"page", "data", "cache", "site"}


@pytest.fixture
def example(project: Path, machine: FakeContainer | RealContainer) -> Deployment:
    for name in ("main.py", "clockwork.lock"):
        shutil.copy(EXAMPLE / name, project)
    return Deployment(project)


def test_the_example_does_what_it_says(example: Deployment, machine: FakeContainer | RealContainer) -> None:
    assert actions(example.run("plan", "--locked")) == dict.fromkeys(ALL, "create")
    assert actions(example.run("apply", "--locked")) == dict.fromkeys(ALL, "create")
    assert actions(example.run("apply", "--locked")) == {}
    checked = example.run("assert", "--locked")["assertions"]
    assert all(one["passed"] for one in checked)
    assert {one["name"] for one in checked if one["address"] == "site"} == {
        "complete",
        "port 127.0.0.1:8473:80 answers",
        "running",
    }
    assert actions(example.run("destroy")) == dict.fromkeys(ALL, "delete")
    assert example.names() == []
    assert "clockwork-example" not in machine("list", "--all", "-q")
    assert "clockwork-example" not in machine("volume", "list", "-q")
