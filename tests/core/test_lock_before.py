"""The lock while a question changes: old and new side by side, kept, followed to another address."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from clockwork.errors import UsageError
from clockwork.lock import Lock, LockEntry
from clockwork.provenance import Provenance, Source
from support.completing import Completing, Letter, Note
from support.fake_endpoint import FakeEndpoint, Request, fake_endpoint


@pytest.fixture
def server() -> Iterator[FakeEndpoint]:
    """An endpoint that never gives the same name twice."""

    def answer(request: Request) -> Any:
        letter = "abcdefghijklmnop"[len(running.requests) - 1]
        values = {"name": f"{letter}.md", "mode": "644"}
        return {name: values[name] for name in request.fields} if request.fields else f"text {letter}"

    with fake_endpoint(answer) as running:
        yield running


@pytest.fixture
def project(tmp_path: Path, server: FakeEndpoint) -> Completing:
    return Completing(tmp_path, server.url)


def entry(project: Completing, address: str = "a") -> LockEntry:
    """What the lock on disk holds for a resource."""
    found = Lock.read(project.lock_file).entry(address)
    assert found is not None
    return found


def test_a_renamed_variable_asks_nothing(project: Completing, server: FakeEndpoint) -> None:
    project.run(project.placed(a=Note(description="tea"), b=Note(description="milk")))
    before = entry(project)
    (renamed, _other) = project.run(project.placed(c=Note(description="tea"), b=Note(description="milk")))
    assert renamed.name == before.values["name"]
    assert len(server.requests) == 2
    assert entry(project, "c") == before
    assert Lock.read(project.lock_file).entry("a") is None


def test_two_renamed_ones_have_an_entry_each(project: Completing, server: FakeEndpoint) -> None:
    project.run(project.placed(a=Note(description="tea")))
    (first,) = project.placed(a=Note(description="tea"))
    project.run(project.placed(b=Note(description="tea")), partial=True, others=[first])
    names = {entry(project, address).values["name"] for address in "ab"}
    renamed = project.run(project.placed(c=Note(description="tea"), d=Note(description="tea")))
    assert {note.name for note in renamed} == names
    assert len(server.requests) == 2


def test_an_entry_that_is_declared_elsewhere_is_not_taken(project: Completing, server: FakeEndpoint) -> None:
    (waiting,) = project.run(project.placed(a=Note(description="tea")))
    (other,) = project.placed(a=Note(description="tea"))
    assert project.completer is not None
    project.run(project.placed(b=Note(description="tea")), partial=True, others=[other])
    assert len(server.requests) == 2
    assert entry(project).values["name"] == waiting.name


def test_what_stood_there_before_is_known_until_it_is_settled(
    project: Completing, server: FakeEndpoint
) -> None:
    (first,) = project.run(project.placed(a=Letter(description="tea")))
    for words in ("coffee", "cocoa"):
        project.run(project.placed(a=Letter(description=words)))
    assert entry(project).replaced == {
        "name": first.name,
        "content": first.content,
        "description": "tea",
    }
    (again,) = project.run(project.placed(a=Letter(description="cocoa")))
    assert len(server.requests) == 6
    assert again.provenance("name").previous == first.name
    assert not again.provenance("name").asked_now
    assert again.provenance("description") == Provenance(Source.USER, previous="tea")
    lock = Lock.read(project.lock_file)
    lock.settle(["a", "nowhere"])
    lock.write()
    (settled,) = project.run(project.placed(a=Letter(description="cocoa")))
    assert settled.provenance("name").previous is None
    assert entry(project).replaced == {}


def test_keeping_asks_nothing_and_makes_the_values_ones_own(
    project: Completing, server: FakeEndpoint
) -> None:
    (first,) = project.run(project.placed(a=Letter(description="tea")))
    (kept,) = project.run(project.placed(a=Letter(description="coffee")), keep=())
    assert len(server.requests) == 2
    assert (kept.name, kept.content) == (first.name, first.content)
    assert kept.provenance("name") == Provenance(Source.EDITED)
    (again,) = project.run(project.placed(a=Letter(description="coffee")))
    assert again.provenance("content") == Provenance(Source.EDITED)
    assert len(server.requests) == 2


def test_keeping_also_undoes_a_new_answer(project: Completing, server: FakeEndpoint) -> None:
    (first,) = project.run(project.placed(a=Letter(description="tea")))
    project.run(project.placed(a=Letter(description="coffee")))
    (kept,) = project.run(project.placed(a=Letter(description="coffee")), keep=["a"])
    assert len(server.requests) == 4
    assert (kept.name, kept.content) == (first.name, first.content)
    assert kept.provenance("content") == Provenance(Source.EDITED)
    assert kept.provenance("mode").source is Source.MODEL
    assert entry(project).replaced == {}


def test_keeping_names_resources_that_exist(project: Completing) -> None:
    with pytest.raises(UsageError, match="there is no resource 'nowhere' whose values are kept"):
        project.run(project.placed(a=Note(description="tea")), keep=["nowhere"])
    with pytest.raises(UsageError, match="exclude each other"):
        project.run(project.placed(a=Note(description="tea")), keep=[], refresh=[])
