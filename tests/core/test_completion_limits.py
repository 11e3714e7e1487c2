"""As little as possible: the same words are asked once, and never more than the limits allow."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from clockwork.errors import ModelError
from clockwork.lock import Lock
from clockwork.results import CompletionReport
from support.completing import Completing, Letter, Note, Service
from support.fake_endpoint import Reply, Request, completion, fake_endpoint


class Claimed(Note):
    """A note that is a real thing by its name."""

    def claims(self) -> list[str]:
        return [f"note {self.name}"] if self.name else []


def letters(request: Request) -> Any:
    return {"name": "tea.md", "mode": "644"} if request.fields else "all about it"


def test_the_same_words_are_asked_once(tmp_path: Path) -> None:
    with fake_endpoint(letters) as server:
        project = Completing(tmp_path, server.url)
        notes = {f"n{number}": Note(description="tea") for number in range(5)}
        done = project.run(project.placed(**notes, other=Note(description="milk")))
    assert len(server.requests) == 2
    assert {note.name for note in done} == {"tea.md"}
    assert len(Lock.read(project.lock_file).addresses) == 6
    assert project.events.count(("completion.done", "n4")) == 1


def test_what_is_a_real_thing_is_asked_about_for_itself(tmp_path: Path) -> None:
    def answer(request: Request) -> Any:
        return {"name": f"{'ab'[len(server.requests) - 1]}.md", "mode": "644"}

    with fake_endpoint(answer) as server:
        project = Completing(tmp_path, server.url)
        done = project.run(project.placed(a=Claimed(description="tea"), b=Claimed(description="tea")))
    assert [note.name for note in done] == ["a.md", "b.md"]


def test_all_that_ask_the_same_fail_together(tmp_path: Path) -> None:
    with fake_endpoint(lambda request: {"name": "Not A Name", "mode": "644"}) as server:
        project = Completing(tmp_path, server.url, completion_retries=0)
        with pytest.raises(ModelError) as caught:
            project.run(project.placed(a=Note(description="tea"), b=Note(description="tea")))
    assert "a.name" in str(caught.value)
    assert "b.name" in str(caught.value)


@pytest.mark.parametrize("limit", [0, 1, 3])
def test_no_more_calls_than_allowed_and_what_was_obtained_stays(limit: int, tmp_path: Path) -> None:
    with fake_endpoint(letters) as server:
        project = Completing(tmp_path, server.url, max_calls=limit, completion_concurrency=1)
        resources = {word: Letter(description=word) for word in ("tea", "milk", "cocoa")}
        with pytest.raises(
            ModelError, match=rf"the limit of {limit} calls? \(--max-calls\) is reached"
        ) as caught:
            project.run(project.placed(**resources))
        assert len(server.requests) == limit
        assert "What was obtained is in the lock" in str(caught.value.hint)
        project.settings = project.settings.model_copy(update={"max_calls": None})
        project.run(project.placed(**{word: Letter(description=word) for word in resources}))
    assert len(server.requests) == 6


def test_no_further_call_when_the_tokens_are_spent(tmp_path: Path) -> None:
    with fake_endpoint(letters) as server:
        project = Completing(tmp_path, server.url, max_tokens=1, completion_concurrency=1)
        with pytest.raises(ModelError, match=r"the limit of 1 token \(--max-tokens\) is reached"):
            project.run(project.placed(a=Letter(description="tea")))
    assert len(server.requests) == 1


def test_the_cost_is_told_where_it_is_known() -> None:
    report = CompletionReport()
    report.spend(None)
    assert report.cost is None
    report.spend(0.25)
    report.spend(0.5)
    assert report.cost == 0.75


def test_why_something_is_asked_again_is_told(tmp_path: Path) -> None:
    def answer(request: Request) -> Any:
        return {"port": 8080 if len(server.requests) == 1 else 80, "memory": None, "environment": None}

    texts: list[str] = []
    with fake_endpoint(answer) as server:
        project = Completing(tmp_path, server.url)
        project.tell = lambda event: texts.append(str(event.data.get("text", "")))
        project.run(project.placed(s=Service(name="web", image="nginx:1")))
    assert "asking the model for port, memory and environment" in texts
    assert any(text.startswith("asking again:") and "nginx listens on port 80" in text for text in texts)


def test_what_has_arrived_is_told_while_the_rest_is_asked(tmp_path: Path) -> None:
    texts: list[str] = []
    with fake_endpoint(letters) as server:
        project = Completing(tmp_path, server.url)
        project.tell = lambda event: texts.append(str(event.data.get("text", "")))
        project.run(project.placed(a=Letter(description="tea")))
    assert [text for text in texts if text] == [
        "asking the model for name and mode",
        "asking the model for content; name and mode are there",
    ]


def test_tokens_of_a_failed_question_are_counted_too(tmp_path: Path) -> None:
    def answer(request: Request) -> Any:
        return Reply(body=completion(request, {"name": "Not A Name", "mode": "644"}))

    with fake_endpoint(answer) as server:
        project = Completing(tmp_path, server.url, completion_retries=1)
        with pytest.raises(ModelError):
            project.run(project.placed(a=Note(description="tea")))
    assert project.completer is not None
    assert project.completer.report.calls == len(server.requests)
    assert project.completer.report.output_tokens > 0
