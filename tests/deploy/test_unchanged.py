"""Applies of what was applied before: planned, and where nothing changes that was all."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from support.deploying import Deployment, actions, file

pytestmark = pytest.mark.engine


@pytest.fixture
def applied(deployment: Deployment) -> Deployment:
    """A project of two files that was applied."""
    deployment.declare(file("one"), file("two"))
    deployment.run("apply")
    return deployment


@pytest.fixture
def updates(applied: Deployment) -> Callable[[], int]:
    """Count the updates that the engine has in its history."""
    history = applied.folder / ".clockwork/state/.pulumi/history"
    return lambda: len([*history.glob("**/*.history.json")])


def test_an_apply_that_changes_nothing_is_a_plan(applied: Deployment, updates: Callable[[], int]) -> None:
    before = updates()
    document = applied.run("apply")
    assert actions(document) == {}
    assert [one["status"] for one in document["resources"]] == ["done", "done"]
    assert updates() == before == 1
    assert actions(applied.run("apply")) == {}
    assert updates() == before


def test_a_change_by_hand_is_undone(applied: Deployment, updates: Callable[[], int]) -> None:
    (applied.folder / "one.txt").write_text("edited")
    assert actions(applied.run("apply")) == {"one": "update"}
    assert applied.read("one.txt") != "edited"
    assert updates() == 2
    (applied.folder / "two.txt").unlink()
    assert actions(applied.run("apply")) == {"two": "update"}
    assert applied.names() == ["one.txt", "two.txt"]


def test_another_file_or_another_dependency_is_applied(
    applied: Deployment, updates: Callable[[], int]
) -> None:
    applied.declare(file("one"), file("two"), "two.connect(one)")
    assert actions(applied.run("apply")) == {}
    assert updates() == 2
    applied.declare(file("one"))
    assert actions(applied.run("apply")) == {"two": "delete"}
    assert updates() == 3


def test_what_a_refresh_forgot_is_made_again(applied: Deployment) -> None:
    (applied.folder / "one.txt").unlink()
    applied.run("refresh")
    assert actions(applied.run("apply")) == {"one": "create"}
    assert applied.names() == ["one.txt", "two.txt"]
