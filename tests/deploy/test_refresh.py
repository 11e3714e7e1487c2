"""What is really there: looked at on its own, and before a plan or an apply."""

from __future__ import annotations

import pytest

from support.deploying import Deployment, actions, file, resource

pytestmark = pytest.mark.engine


@pytest.fixture
def touched(deployment: Deployment) -> Deployment:
    """A deployment of which one file was removed by hand, and another one's mode was changed."""
    deployment.declare(file("gone"), file("changed"), file("left"))
    deployment.run("apply")
    (deployment.folder / "gone.txt").unlink()
    (deployment.folder / "changed.txt").chmod(0o600)
    return deployment


def test_refresh_says_what_is_gone_and_what_was_changed(touched: Deployment) -> None:
    document = touched.run("refresh")
    assert actions(document) == {"gone": "delete", "changed": "update"}
    assert resource(document, "changed")["changed"] == ["mode"]
    assert resource(document, "gone")["type"] == "FileResource"
    assert document["summary"]["same"] == 1
    assert touched.names() == ["changed.txt", "left.txt"]
    assert actions(touched.run("refresh")) == {"changed": "update"}
    assert actions(touched.run("apply")) == {"gone": "create", "changed": "update"}
    assert touched.names() == ["changed.txt", "gone.txt", "left.txt"]


def test_refresh_in_words(touched: Deployment) -> None:
    told = touched.told("refresh")
    assert "Found in stack dev" in told
    assert "1 gone, 1 changed by hand, 1 as left" in told
    assert "mode 644 -> 600 changed by hand" in told
    assert "restored" not in told


def test_a_change_by_hand_is_still_told_after_it_was_looked_at(touched: Deployment) -> None:
    touched.run("refresh")
    assert "mode 600 -> 644 changed by hand" in touched.told("plan")


@pytest.mark.parametrize("command", ["plan", "apply"])
def test_drift_is_told_apart_from_what_is_wanted(command: str, touched: Deployment) -> None:
    touched.declare(file("gone"), file("changed"), file("left", content="new"))
    document = touched.run(command, "--refresh")
    assert actions(document) == {"gone": "create", "changed": "update", "left": "update"}
    assert "it is gone" in resource(document, "gone")["notes"]
    assert resource(document, "changed")["changed"] == ["mode"]
    assert resource(document, "left")["notes"] == []


def test_refresh_of_what_was_never_deployed(deployment: Deployment) -> None:
    assert deployment.run("refresh")["resources"] == []


def test_a_killed_runs_claims_survive_a_refresh(touched: Deployment) -> None:
    journal = touched.folder / ".clockwork" / "journal-dev.jsonl"
    claim = '{"urn": "urn:pulumi:dev::project::clockwork:file:File::x", "kind": "file", "key": "/nowhere"}\n'
    journal.write_text(claim, encoding="utf-8")
    touched.run("refresh")
    assert journal.read_text(encoding="utf-8") == claim
