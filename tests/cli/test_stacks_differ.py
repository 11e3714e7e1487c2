"""A file that declares something else in each stack: no stack loses the answers that another one got."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from support.deploying import Deployment, resource
from support.fake_endpoint import FakeEndpoint, Request, fake_endpoint

pytestmark = pytest.mark.engine
FILE = """
from clockwork import get_stack
note = FileResource(description=f"{subject} for {{get_stack()}}", path=f"{{get_stack()}}.txt", mode="644")
shared = FileResource(description="{subject}", path=f"shared-{{get_stack()}}.txt", mode="644")
"""
SAME = 'tea = FileResource(description="{}", path="tea.txt", mode="644")'


@pytest.fixture
def model() -> Iterator[FakeEndpoint]:
    """An endpoint that gives another answer each time."""

    def answer(request: Request) -> str:
        return f"answer {len(server.requests)}"

    with fake_endpoint(answer) as server:
        yield server


@pytest.fixture
def deployment(project: Path, model: FakeEndpoint) -> Deployment:
    """A project that asks that endpoint."""
    deployment = Deployment(project)
    deployment.environment = {"CW_BASE_URL": model.url, "CW_MODEL": "small"}
    return deployment


def test_stacks_keep_their_answers_apart(deployment: Deployment, model: FakeEndpoint) -> None:
    deployment.declare(FILE.format(subject="tea"))
    dev = deployment.run("apply")
    production = deployment.run("apply", "--stack", "production")
    asked = len(model.requests)
    again, there = deployment.run("plan"), deployment.run("plan", "--stack", "production")
    locked = deployment.run("plan", "--locked", "--stack", "production")
    assert len(model.requests) == asked
    assert content(dev) != content(production)
    assert (content(again), content(there), content(locked)) == (
        content(dev),
        content(production),
        content(production),
    )
    assert {document["summary"]["same"] for document in (again, there, locked)} == {2}


def test_keeping_takes_no_other_stacks_answer(deployment: Deployment) -> None:
    deployment.declare(FILE.format(subject="tea"))
    dev = deployment.run("apply")
    production = deployment.run("apply", "--stack", "production")
    deployment.declare(FILE.format(subject="coffee"))
    deployment.run("plan")
    kept = deployment.run("plan", "--stack", "production", "--keep")
    assert content(kept) == content(production) != content(dev)


def test_what_only_one_stack_declares_stays_in_the_lock(deployment: Deployment, model: FakeEndpoint) -> None:
    deployment.declare(
        'from clockwork import get_stack\nif get_stack() == "production":\n    '
        + SAME.format("tea")
        + '\nalways = FileResource(description="a", mode="644", path=f"{get_stack()}.txt", content="here")'
    )
    deployment.run("apply", "--stack", "production")
    deployment.run("apply")
    assert len(model.requests) == 1
    assert deployment.run("plan", "--stack", "production", "--locked")["summary"]["same"] == 2


def test_a_file_that_asks_for_no_stack_has_one_answer_for_all(
    deployment: Deployment, model: FakeEndpoint
) -> None:
    deployment.declare(SAME.format("tea"))
    deployment.run("plan")
    deployment.run("plan", "--stack", "production")
    deployment.declare(SAME.format("coffee"))
    deployment.run("plan", "--stack", "production")
    deployment.run("plan")
    assert len(model.requests) == 2
    assert "[stacks" not in (deployment.folder / "clockwork.lock").read_text()


def test_pruning_drops_the_stacks_of_a_file_that_asks_for_none(deployment: Deployment) -> None:
    deployment.declare(FILE.format(subject="tea"))
    deployment.run("plan", "--stack", "production")
    assert "[stacks.production" in (deployment.folder / "clockwork.lock").read_text()
    assert "clockwork.lock · the stack production" in deployment.told("lock", "--stack", "production")
    assert deployment.run("lock", "--stack", "production")["stack"] == "production"
    assert deployment.run("lock")["stack"] is None
    deployment.declare(SAME.format("tea"))
    deployment.told("lock", "--check", code=1)
    assert "- stacks.production 1 entry dropped" in deployment.told("lock", "--prune")
    assert "[stacks" not in (deployment.folder / "clockwork.lock").read_text()


def content(document: dict[str, Any]) -> str:
    """The text of the note that a document tells of."""
    value = resource(document, "note")["values"]["content"]["value"]
    return str(value)
