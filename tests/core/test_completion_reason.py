"""Why a model chose its values: asked where it costs little, kept and shown, and never in the way."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any, Optional

import pytest

from clockwork.completion.reason import asks_for_reasons
from clockwork.lock import Lock
from clockwork.resources.base import Resource
from clockwork.resources.fields import completable
from clockwork.resources.secret import SecretSource
from clockwork.settings import DEFAULT_BASE_URL, Settings
from support.completing import Completing, Letter, Note
from support.fake_endpoint import FakeEndpoint, Request, failure, fake_endpoint

WHY = "Notes about tea are read by people, so it is Markdown; tea.txt was close."


class Excuse(Resource):
    """An excuse, which has a reason of its own."""

    reason: Optional[str] = completable("what happened", examples=["the dog ate it"])


def complete(folder: Path, server: FakeEndpoint, *resources: Resource, **settings: Any) -> list[Any]:
    project = Completing(folder, server.url, **{"completion_reasons": True, **settings})
    return project.run(project.placed(**{f"r{place}": one for place, one in enumerate(resources)}))


def kept(folder: Path) -> str:
    entry = Lock.read(folder / "clockwork.lock").entry("r0")
    assert entry is not None
    return entry.reason


@pytest.mark.parametrize("mode", ["native", "tool", "tool-auto", "prompted", "text"])
def test_a_reason_is_kept_and_told_of_the_short_values(mode: str, tmp_path: Path) -> None:
    def answer(request: Request) -> Any:
        if "content" in request.question and "You write" in request.question:
            return "Tea is hot."
        if request.mode != mode:
            return failure(400, "that is not supported")
        given = {"name": "tea.md", "mode": "644", "reason": WHY}
        return given if mode != "text" else f"So: {json.dumps(given)}"

    with fake_endpoint(answer) as server:
        (letter,) = complete(tmp_path, server, Letter(description="tea"))
        asked = server.requests[-2]
        if asked.schema:
            assert asked.schema["required"] == ["name", "mode", "reason"]
            assert [*asked.schema["properties"]] == ["name", "mode", "reason"]
        (again,) = complete(tmp_path, server, Letter(description="tea"))
    assert [letter.provenance(name).reason for name in ("name", "mode", "content")] == [WHY, WHY, ""]
    assert [again.provenance(name).reason for name in ("name", "mode", "content")] == [WHY, WHY, ""]
    assert kept(tmp_path) == WHY
    assert (letter.name, letter.mode) == ("tea.md", "644")


@pytest.mark.parametrize(
    "told",
    [
        None,
        "",
        5,
        ["a", {"b": []}],
        "w" * 241,
        "a bell \x07 rings",
        "backwards \u202e it reads",
        "with sk-abcdefghijklmnopqrstuvwx",
        "see https://me:hunter2@example.com",
        "PASSWORD=hunter2",
        ...,
    ],
)
def test_no_reason_makes_an_answer_wrong(told: Any, tmp_path: Path) -> None:
    given = {"name": "tea.md", "mode": "644", "reason": told}
    if told is ...:
        del given["reason"]
    with fake_endpoint(lambda request: given) as server:
        (note,) = complete(tmp_path, server, Note(description="tea"), completion_retries=0)
    assert len(server.requests) == 1
    assert note.name == "tea.md"
    assert note.provenance("name").reason == kept(tmp_path) == ""


def test_a_reason_has_one_line(tmp_path: Path) -> None:
    given = {"name": "tea.md", "mode": "644", "reason": "  because\nof\ttea "}
    with fake_endpoint(lambda request: given) as server:
        complete(tmp_path, server, Note(description="tea"))
    assert kept(tmp_path) == "because of tea"


def test_the_value_of_a_secret_is_in_no_reason(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("DB_PASSWORD", "correct-horse-1")
    vault = Note(name="tea.md", description="a vault")
    vault.links.secrets = {"key": SecretSource("environment", "DB_PASSWORD", "key")}
    given = {"mode": "600", "reason": "it opens with correct-horse-1"}
    with fake_endpoint(lambda request: given) as server:
        complete(tmp_path, server, vault)
    assert "correct-horse" not in (tmp_path / "clockwork.lock").read_text()


def test_the_reason_of_a_refused_answer_is_forgotten(tmp_path: Path) -> None:
    def answer(request: Request) -> Any:
        if len(server.requests) == 1:
            return {"name": "Not A Name", "mode": "644", "reason": "I like it"}
        return {"name": "tea.md", "mode": "644"}

    with fake_endpoint(answer) as server:
        complete(tmp_path, server, Note(description="tea"))
    assert kept(tmp_path) == ""


def test_a_field_of_that_name_is_a_value(tmp_path: Path) -> None:
    with fake_endpoint(lambda request: {"reason": "the cat"}) as server:
        (excuse,) = complete(tmp_path, server, Excuse(name="e"))
    assert excuse.reason == "the cat"
    assert kept(tmp_path) == ""


def test_what_was_asked_for_another_resource_is_told_with_its_reason(tmp_path: Path) -> None:
    given = {"name": "tea.md", "mode": "644", "reason": WHY}
    with fake_endpoint(lambda request: given) as server:
        done = complete(tmp_path, server, Note(description="tea"), Note(description="tea"))
    assert len(server.requests) == 1
    assert [note.provenance("name").reason for note in done] == [WHY, WHY]


def test_asking_for_reasons_is_no_other_question(tmp_path: Path) -> None:
    given = {"name": "tea.md", "mode": "644"}
    with fake_endpoint(lambda request: given) as server:
        complete(tmp_path, server, Note(description="tea"), completion_reasons=None)
        assert "reason" not in server.requests[0].schema["properties"]
        complete(tmp_path, server, Note(description="tea"))
    assert len(server.requests) == 1


@pytest.mark.parametrize(
    ("settings", "asked"),
    [
        ({"base_url": DEFAULT_BASE_URL}, True),
        ({"base_url": "http://localhost:1234/v1"}, False),
        ({"base_url": "http://192.168.1.2:1234/v1"}, False),
        ({"model": "local:tiny"}, False),
        ({"model": "anthropic:claude-sonnet-4-5"}, True),
        ({"base_url": "http://localhost:1234/v1", "completion_reasons": True}, True),
        ({"base_url": DEFAULT_BASE_URL, "completion_reasons": False}, False),
    ],
)
def test_who_is_asked_for_reasons(settings: dict[str, Any], asked: bool) -> None:
    assert asks_for_reasons(Settings(**settings)) is asked
