"""What a resource depends on is completed first, and is told when the resource is asked about."""

from __future__ import annotations

import re
import threading
from pathlib import Path
from typing import Any

import pytest

from clockwork.errors import LockError, ModelError
from clockwork.lock import Lock
from support.completing import Completing, Letter, Note, Service
from support.fake_endpoint import Request, fake_endpoint


def subject(request: Request) -> str:
    """Give what the resource that is asked about is about; what it depends on has other marks before it."""
    found = re.findall(r"^(?:Wish: )?about (\w+)", request.question, re.MULTILINE)
    return str(found[-1]) if found else ""


def answer(request: Request) -> Any:
    """Name notes after their subject, and leave the rest as it comes."""
    if not request.fields:
        return "A text about tea."
    known = {"name": f"{subject(request)}.md", "mode": "644", "image": "app:1", "port": 80}
    return {name: known.get(name) for name in request.fields}


def chain() -> dict[str, Note | Service]:
    """A service that depends on a note, which depends on another; declared in the wrong order."""
    first = Note(description="about leaves")
    second = Note(description="about water", depends_on=[first])
    return {"app": Service(name="app", depends_on=[second]), "second": second, "first": first}


def test_what_a_resource_depends_on_is_asked_about_first_and_told(tmp_path: Path) -> None:
    with fake_endpoint(answer) as server:
        project = Completing(tmp_path, server.url)
        project.run(project.placed(**chain()))
    about_first, about_second, about_app = (request.question for request in server.requests)
    assert "about leaves" in about_first
    assert "water" not in about_first
    assert '- first, a Note\n  - name: "leaves.md"' in about_second
    assert '- second, a Note\n  - name: "water.md"' in about_app
    assert "leaves.md" not in about_app


def test_nothing_is_asked_again_with_the_values_of_the_lock_around(tmp_path: Path) -> None:
    with fake_endpoint(answer) as server:
        project = Completing(tmp_path, server.url)
        first = project.run(project.placed(**chain()))
        asked, lock = len(server.requests), project.lock_file.read_text()
        again = project.run(project.placed(**chain()))
    assert [one.model_dump() for one in again] == [one.model_dump() for one in first]
    assert (len(server.requests), project.lock_file.read_text()) == (asked, lock)


def test_a_dependent_is_asked_again_only_when_it_is_told_something_else(tmp_path: Path) -> None:
    def sure(request: Request) -> Any:
        return {"name": "leaves.md", "mode": "644"} if "of the cup" in request.question else answer(request)

    with fake_endpoint(sure) as server:
        project = Completing(tmp_path, server.url)
        project.run(project.placed(**chain()))
        project.run(project.placed(**chain()), refresh=["first"])
        assert len(server.requests) == 4, "the same answer changes nothing for the others"
        text = project.lock_file.read_text()
        project.lock_file.write_text(text.replace('"leaves.md"', '"herbs.md"'))
        project.run(project.placed(**chain()))
    assert len(server.requests) == 5
    assert "herbs.md" in server.requests[-1].question


def test_what_nothing_hinders_is_asked_about_while_others_wait(tmp_path: Path) -> None:
    together = threading.Barrier(2, timeout=20)

    def held_up(request: Request) -> Any:
        if subject(request) in ("cups", "sugar"):
            together.wait()
        return answer(request)

    with fake_endpoint(held_up) as server:
        project = Completing(tmp_path, server.url)
        cup = Note(description="about cups")
        milk = Note(description="about milk", depends_on=[cup])
        bread, sugar = Note(description="about bread"), Note(description="about sugar")
        project.run(project.placed(bread=bread, milk=milk, cup=cup, sugar=sugar))
    assert "about milk" in server.requests[-1].question
    assert server.most_at_once == 2


def test_a_text_that_a_model_wrote_is_told_only_to_who_writes_a_text(tmp_path: Path) -> None:
    with fake_endpoint(answer) as server:
        project = Completing(tmp_path, server.url)
        letter = Letter(name="a.md", mode="644", description="about tea")
        reply = Letter(mode="644", description="about milk", depends_on=[letter])
        app = Service(name="app", depends_on=[letter])
        resources = {"letter": letter, "reply": reply, "app": app}
        project.run(project.placed(**resources))
        told = {
            ("text" if not request.fields else request.fields[0], "A text about tea." in request.question)
            for request in server.requests[1:]
        }
    assert told == {("environment", False), ("name", False), ("text", True)}


def test_what_depends_on_a_failed_one_is_not_asked_about(tmp_path: Path) -> None:
    def failing(request: Request) -> Any:
        return {"name": "No Name", "mode": "644"} if "about leaves" in request.question else answer(request)

    with fake_endpoint(failing) as server:
        project = Completing(tmp_path, server.url, completion_retries=0)
        with pytest.raises(ModelError) as caught:
            project.run(project.placed(**chain()))
    assert {"about leaves" in request.question for request in server.requests} == {True}
    for missing in ("first.name", "second.name", "app.image"):
        assert missing in str(caught.value)


def test_locked_names_what_lacks_a_value_and_not_what_waits_for_it(tmp_path: Path) -> None:
    with fake_endpoint(answer) as server:
        project = Completing(tmp_path, server.url)
        project.run(project.placed(**chain()))
        text = project.lock_file.read_text()
        project.lock_file.write_text(text.replace('name = "leaves.md"\n', ""))
        with pytest.raises(LockError, match=r"first: name \(missing in the lock\)") as caught:
            project.run(project.placed(**chain()), locked=True)
        assert "second" not in str(caught.value)
        project.run(project.placed(**chain()))
    assert len(server.requests) == 4


def test_a_kept_value_is_what_dependents_are_told(tmp_path: Path) -> None:
    with fake_endpoint(answer) as server:
        project = Completing(tmp_path, server.url)
        project.run(project.placed(**chain()))
        changed = chain()
        changed["first"].description = "about roots"
        project.run(project.placed(**changed))
        again = chain()
        again["first"].description = "about roots"
        project.run(project.placed(**again), keep=["first"])
    assert Lock.read(project.lock_file).entry("first").values["name"] == "leaves.md"  # type: ignore[union-attr]
    assert '"leaves.md"' in server.requests[-1].question
