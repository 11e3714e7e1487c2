"""A description that was edited: the model is asked again, and the plan shows why."""

from __future__ import annotations

from pathlib import Path

import pytest

from support.deploying import Deployment, resource
from support.fake_endpoint import Request, fake_endpoint

pytestmark = pytest.mark.engine
NOTE = 'note = FileResource(description="{}", path="note.txt", mode="644")'


def test_the_plan_shows_the_words_before_and_now(project: Path) -> None:
    def answer(request: Request) -> str:
        return "about tea" if "on tea" in request.question else "about coffee"

    deployment = Deployment(project)
    with fake_endpoint(answer) as server:
        deployment.environment = {"CW_BASE_URL": server.url, "CW_MODEL": "small"}
        deployment.declare(NOTE.format("on tea"))
        assert resource(deployment.run("apply"), "note")["changed"] == []
        deployment.declare(NOTE.format("on coffee"))
        changed = resource(deployment.run("plan"), "note")
        told = deployment.told("plan")
        deployment.run("apply")
        lock = (project / "clockwork.lock").read_text()
        again = resource(deployment.run("plan"), "note")
    assert set(changed["changed"]) == {"description", "content"}
    assert changed["values"]["description"] == {"value": "on coffee", "source": "user"}
    assert "description on tea -> on coffee you" in told
    assert "content about tea\\n -> about coffee\\n model small, locked" in told
    assert again["changed"] == []
    assert "replaced" not in lock


def test_other_words_with_the_same_answer_are_shown_and_change_nothing(project: Path) -> None:
    deployment = Deployment(project)
    with fake_endpoint(lambda request: "a note") as server:
        deployment.environment = {"CW_BASE_URL": server.url, "CW_MODEL": "small"}
        deployment.declare(NOTE.format("on tea"))
        deployment.run("apply")
        deployment.declare(NOTE.format("on good tea"))
        first, document = deployment.run("plan"), deployment.run("plan")
        deployment.run("apply")
        after = deployment.run("plan")
    assert resource(first, "note")["changed"] == ["description"]
    assert resource(after, "note")["changed"] == []
    assert document["summary"]["same"] == 1
    assert resource(document, "note")["action"] == "same"
    assert resource(document, "note")["changed"] == ["description"]
