"""``show``, ``why``, ``prompt`` and the lock's own commands: who decided what, and what was asked."""

from __future__ import annotations

import json
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest

from support.command import clockwork
from support.deploying import Deployment
from support.fake_endpoint import FakeEndpoint, Request, fake_endpoint

NOTE = 'note = FileResource(description="{}", mode="644")'
OTHER = 'other = FileResource(description="a file", path="other.txt", content="x", mode="644")'


@pytest.fixture
def server() -> Iterator[FakeEndpoint]:
    def answer(request: Request) -> object:
        if not request.fields:
            return "All about it."
        return {"name": "tea.md", "directory": "notes"}

    with fake_endpoint(answer) as running:
        yield running


@pytest.fixture
def noted(project: Path, server: FakeEndpoint) -> Deployment:
    """A project whose note was completed, and is not deployed."""
    deployment = Deployment(project)
    deployment.environment = {"CW_BASE_URL": server.url, "CW_MODEL": "small"}
    deployment.declare(NOTE.format("on tea"), OTHER)
    deployment.told("apply", "--dry-run")
    return deployment


def today() -> str:
    return datetime.now(UTC).date().isoformat()


def test_show_tells_every_value_and_who_decided_it(noted: Deployment, server: FakeEndpoint) -> None:
    asked = len(server.requests)
    told = noted.told("show")
    assert f"name tea.md model small on {today()}" in told
    assert "description on tea you" in told
    assert "adopt false default" in told
    assert "other FileResource" in told
    assert "other" not in noted.told("show", "note")
    values = {one["address"]: one["values"] for one in noted.run("show")["resources"]}
    assert values["note"]["name"] == {
        "value": "tea.md",
        "source": "model",
        "model": "small",
        "answered": today(),
        "reason": None,
        "before": None,
        "pin": None,
    }
    assert values["other"]["content"]["source"] == "user"
    assert len(server.requests) == asked


def test_show_and_why_say_what_is_not_known_yet(project: Path) -> None:
    deployment = Deployment(project)
    deployment.declare(NOTE.format("on tea"))
    assert "content will be asked for: not in the lock" in deployment.told("show")
    why = deployment.told("why", "note.content")
    assert "note.content = (not known yet)" in why
    assert "a model is asked by the next plan (not in the lock)" in why
    assert "(not asked yet)" in why


def test_why_tells_model_day_and_question(noted: Deployment) -> None:
    told = noted.told("why", "note.name")
    assert "note.name = tea.md" in told
    assert f"decided by model small on {today()}" in told
    assert "(the lock answers it)" in told
    assert "made of FileResource(description=on tea, mode=644" in told
    assert "asks for name, content and directory" in told
    assert "you, in main.py" in noted.told("why", "note.mode")
    assert "it is the default of FileResource" in noted.told("why", "note.adopt")
    document = noted.run("why", "note.name")
    assert document["known"]["model"] == "small"
    assert document["question"]["digest"] == document["question"]["answered"]
    assert document["question"]["given"]["description"] == "on tea"


def test_why_tells_the_value_before(noted: Deployment) -> None:
    lock = noted.folder / "clockwork.lock"
    lock.write_text(lock.read_text().replace('"tea.md"', '"mine.md"'))
    assert "it was edited in the lock" in noted.told("why", "note.name")
    noted.declare(NOTE.format("on coffee"), OTHER)
    assert "(it changed since)" in noted.told("why", "note.directory")


@pytest.mark.parametrize(
    ("named", "said"),
    [
        ("note", "does not name a field of a resource"),
        ("nothing.name", "does not name a field of a resource"),
        ("note.nme", "did you mean 'name'?"),
    ],
)
def test_why_refuses_what_does_not_exist(named: str, said: str, noted: Deployment) -> None:
    assert said in noted.told("why", named, code=2)


def test_the_reason_of_a_model_is_told(project: Path) -> None:
    why = "Notes go to notes; docs was close."
    given = {"name": "tea.md", "directory": "notes", "reason": why}
    deployment = Deployment(project)
    with fake_endpoint(lambda request: given if request.fields else "All about it.") as server:
        deployment.environment = {"CW_BASE_URL": server.url, "CW_COMPLETION_REASONS": "true"}
        deployment.declare(NOTE.format("on tea"), OTHER)
        assert deployment.run("prompt", "note")["questions"][0]["schema"]["required"][-1] == "reason"
        deployment.told("apply", "--dry-run")
    assert deployment.told("show").count(f"why {why}") == 1
    assert f"it said {why}" in deployment.told("why", "note.name")
    assert "it said" not in deployment.told("why", "note.content") + deployment.told("why", "other.path")
    (note, _other) = deployment.run("show")["resources"]
    assert [note["values"][name]["reason"] for name in ("name", "content", "mode")] == [why, None, None]
    lock = deployment.folder / "clockwork.lock"
    assert f'reason = "{why}"' in lock.read_text()
    lock.write_text(lock.read_text().replace('"tea.md"', '"mine.md"'))
    assert "it said" not in deployment.told("why", "note.name")


def test_prompt_prints_what_would_be_sent(noted: Deployment, server: FakeEndpoint) -> None:
    sent = [request.body["messages"] for request in server.requests]
    printed = noted.run("prompt", "note")["questions"]
    assert [one["fields"] for one in printed] == [["name", "directory"], ["content"]]
    about, *wishes = sent[0][0]["content"].partition("\n\nWish: ")
    assert printed[0]["text"].startswith(about)
    for message in [{"content": "".join(wishes)}, *sent[0][1:]]:
        assert message["content"].strip() in printed[0]["text"]
    assert printed[0]["schema"]["required"] == ["name", "directory"]
    assert printed[1]["schema"] is None
    assert all(one["is_answered"] for one in printed)
    (noted.folder / "clockwork.lock").unlink()
    told = clockwork("prompt", "note", cwd=noted.folder).stdout
    assert "will be sent by the next plan" in told
    assert printed[0]["text"] in told
    assert len(server.requests) == len(sent)


def test_prompt_where_nothing_is_missing(noted: Deployment) -> None:
    assert "Nothing is missing in other" in noted.told("prompt", "other")
    assert "there is no resource 'nothing'" in noted.told("prompt", "nothing", code=2)


def test_the_lock_is_checked_and_pruned(noted: Deployment) -> None:
    lock = noted.folder / "clockwork.lock"
    noted.told("lock", "--check")
    noted.declare(OTHER)
    before = lock.read_bytes()
    noted.told("lock", "--check", code=1)
    assert lock.read_bytes() == before
    assert "- note 1 entry dropped" in noted.told("lock", "--prune")
    noted.told("lock", "--check")
    assert "nothing to drop" in noted.told("lock", "--prune")
    noted.declare(NOTE.format("on tea"), OTHER)
    noted.told("lock", "--check", code=1)


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (["lock", "--check", "--prune"], "--prune and --check contradict each other"),
        (["lock", "--prune", "note"], "--prune takes no addresses"),
        (["plan", "--keep", "note", "--locked"], "--locked and --keep contradict each other"),
    ],
)
def test_options_that_cannot_be_meant_together(words: list[str], said: str, noted: Deployment) -> None:
    assert said in noted.told(*words, code=2)


@pytest.mark.engine
def test_a_plan_shows_old_and_new_until_an_apply_and_keep_goes_back(
    noted: Deployment, server: FakeEndpoint
) -> None:
    noted.run("apply")
    noted.declare(NOTE.format("on coffee"), OTHER)
    server.answer = lambda request: (
        {"name": "coffee.md", "directory": "notes"} if request.fields else "Coffee."
    )
    for _ in range(2):
        assert "name tea.md -> coffee.md model small" in noted.told("plan")
    kept = noted.told("plan", "--keep")
    assert "coffee.md" not in kept
    assert "0 calls" not in kept
    document = noted.run("apply")
    assert document["resources"][0]["action"] == "same"
    assert document["resources"][0]["values"]["name"] == {"value": "tea.md", "source": "edited"}
    assert json.loads(json.dumps(document))["completion"]["calls"] == 0
