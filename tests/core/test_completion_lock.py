"""Completion and the lock: asked once, kept, edited, refused, asked again."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Iterator
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

import pytest

from clockwork import hookimpl
from clockwork.errors import CompletionError, GuardError, LockError, ModelError, UsageError
from clockwork.hook_types import Refusal
from clockwork.lock import Lock
from clockwork.provenance import Provenance, Source
from clockwork.resource_completer import ResourceCompleter
from support.completing import Completing, Letter, Note, Service
from support.fake_endpoint import FakeEndpoint, Request, failure, fake_endpoint


@pytest.fixture
def server() -> Iterator[FakeEndpoint]:
    """An endpoint that never gives the same name twice."""

    def answer(request: Request) -> Any:
        letter = "abcdefghijklmnop"[len(running.requests) - 1]
        values = {"name": f"{letter}.md", "mode": "644", "port": 80, "memory": None, "environment": None}
        return {name: values[name] for name in request.fields} if request.fields else f"text {letter}"

    with fake_endpoint(answer) as running:
        yield running


@pytest.fixture
def project(tmp_path: Path, server: FakeEndpoint) -> Completing:
    return Completing(tmp_path, server.url)


def today() -> date:
    """The day of an answer that was just given."""
    return datetime.now(UTC).date()


def edit(project: Completing, old: str, new: str) -> None:
    text = project.lock_file.read_text()
    assert old in text
    project.lock_file.write_text(text.replace(old, new))


def test_the_same_question_is_never_asked_twice(project: Completing, server: FakeEndpoint) -> None:
    (first,) = project.run(project.placed(a=Letter(description="tea")))
    before = project.lock_file.read_bytes()
    (again,) = project.run(project.placed(a=Letter(description="tea")))
    assert again.model_dump() == first.model_dump()
    assert len(server.requests) == 2
    assert project.lock_file.read_bytes() == before
    assert again.provenance("name") == Provenance(Source.MODEL, model="fake", answered=today())
    assert project.completer is not None
    assert (project.completer.report.calls, project.completer.report.from_lock) == (0, 3)


def test_another_address_is_another_entry_but_the_same_question(project: Completing) -> None:
    project.run(
        project.placed(a=Note(description="tea"), b=Note(description="tea"), c=Note(description="milk"))
    )
    lock = Lock.read(project.lock_file)
    questions = [entry.question for address in "abc" if (entry := lock.entry(address))]
    assert questions[0] == questions[1] != questions[2]


def test_a_changed_question_asks_for_that_resource_alone(project: Completing, server: FakeEndpoint) -> None:
    project.run(project.placed(a=Note(description="tea"), b=Note(description="milk")))
    old = Lock.read(project.lock_file).entry("a")
    changed, same = project.run(project.placed(a=Note(description="coffee"), b=Note(description="milk")))
    assert len(server.requests) == 3
    assert changed.name == "c.md"
    assert old is not None
    assert changed.provenance("name") == Provenance(
        Source.MODEL, "fake", asked_now=True, previous=old.values["name"], answered=today()
    )
    assert not same.provenance("name").asked_now


def test_unset_is_remembered(project: Completing, server: FakeEndpoint) -> None:
    for _ in range(2):
        (service,) = project.run(project.placed(s=Service(name="web", image="x")))
    assert len(server.requests) == 1
    assert service.memory is None
    entry = Lock.read(project.lock_file).entry("s")
    assert entry is not None
    assert (dict(entry.values), set(entry.unset)) == ({"port": 80}, {"memory", "environment"})


def test_an_edited_value_is_the_users_even_when_the_question_changes(
    project: Completing, server: FakeEndpoint
) -> None:
    project.run(project.placed(a=Letter(description="tea")))
    edit(project, '"a.md"', '"mine.md"')
    (kept,) = project.run(project.placed(a=Letter(description="tea")))
    assert (kept.name, kept.provenance("name")) == ("mine.md", Provenance(Source.EDITED))
    assert kept.provenance("mode").source is Source.MODEL
    assert len(server.requests) == 2

    (again,) = project.run(project.placed(a=Letter(description="coffee")))
    assert (again.name, again.provenance("name")) == ("mine.md", Provenance(Source.EDITED))
    assert again.content == "text d\n"
    assert server.requests[2].fields == ["mode"]
    assert '"mine.md"' in server.requests[2].question

    (third,) = project.run(project.placed(a=Letter(description="coffee")))
    assert third.model_dump() == again.model_dump()
    assert third.provenance("name").source is Source.EDITED
    assert len(server.requests) == 4


def test_a_value_that_a_person_removed_is_asked_for_alone(project: Completing, server: FakeEndpoint) -> None:
    project.run(project.placed(a=Note(description="tea")))
    edit(project, 'name = "a.md"\n', "")
    (note,) = project.run(project.placed(a=Note(description="tea")))
    assert server.requests[1].fields == ["name"]
    assert (note.name, note.mode) == ("b.md", "644")


def test_an_edited_value_that_is_not_valid_is_an_error_of_the_lock(project: Completing) -> None:
    project.run(project.placed(a=Note(description="tea")))
    edit(project, '"a.md"', '"My Tea"')
    before = project.lock_file.read_bytes()
    with pytest.raises(LockError, match="got 'My Tea'") as caught:
        project.run(project.placed(a=Note(description="tea")))
    assert (caught.value.address, caught.value.field, caught.value.file) == ("a", "name", project.lock_file)
    assert project.lock_file.read_bytes() == before


class NoTea:
    @hookimpl
    def clockwork_check_completion(self, values: Any) -> Iterator[Refusal]:
        if values.get("name") == "a.md":
            yield Refusal("name", "a is refused")


def test_a_value_of_the_lock_that_the_policy_refuses_is_an_error(project: Completing) -> None:
    project.run(project.placed(a=Note(description="tea")))
    project.plugins.register(NoTea(), name="no-tea")
    with pytest.raises(GuardError, match="a is refused") as caught:
        project.run(project.placed(a=Note(description="tea")))
    assert (caught.value.address, caught.value.field, caught.value.file) == ("a", "name", project.lock_file)
    assert "--refresh-completions 'a'" in str(caught.value)


def test_locked_lists_what_is_missing_and_what_changed(project: Completing, server: FakeEndpoint) -> None:
    project.run(project.placed(a=Note(description="tea"), b=Note(description="milk")))
    before = project.lock_file.read_bytes()
    with pytest.raises(LockError) as caught:
        project.run(
            project.placed(a=Note(description="tea"), b=Note(description="coffee"), c=Note(mode="600")),
            locked=True,
        )
    assert "b: name, mode (its question changed)" in str(caught.value)
    assert "c: name (not in the lock)" in str(caught.value)
    assert "clockwork plan" in str(caught.value)
    assert caught.value.file == project.lock_file
    assert len(server.requests) == 2
    assert project.lock_file.read_bytes() == before


def test_locked_uses_the_lock_and_never_writes_it(project: Completing, server: FakeEndpoint) -> None:
    project.run(project.placed(a=Note(description="tea"), b=Note(description="milk")))
    before = project.lock_file.read_bytes()
    (note,) = project.run(project.placed(a=Note(description="tea")), locked=True)
    assert note.name in {"a.md", "b.md"}
    assert project.lock_file.read_bytes() == before
    assert len(server.requests) == 2


def test_refresh_asks_again_also_for_edited_values(project: Completing, server: FakeEndpoint) -> None:
    resources = {"a": Note(description="tea", mode="644"), "b": Note(description="milk", mode="644")}
    project.run(project.placed(**resources))
    edit(project, "a.md", "mine.md")
    edited = next(a for a in "ab" if Lock.read(project.lock_file).entry(a).values["name"] == "mine.md")  # type: ignore[union-attr]
    done = project.run(project.placed(**resources), refresh=[edited])
    refreshed = done["ab".index(edited)]
    assert refreshed.provenance("name") == Provenance(
        Source.MODEL, "fake", asked_now=True, previous="mine.md", answered=today()
    )
    assert (refreshed.name, len(server.requests)) == ("c.md", 3)
    project.run(project.placed(**resources), refresh=[])
    assert len(server.requests) == 5


def test_refresh_of_an_unknown_address_and_refresh_with_locked_are_wrong_usage(project: Completing) -> None:
    with pytest.raises(UsageError, match="no resource 'nobody'") as caught:
        project.run(project.placed(a=Note()), refresh=["nobody"])
    assert "a" in str(caught.value.hint)
    with pytest.raises(UsageError, match="exclude each other"):
        project.run(project.placed(a=Note()), refresh=[], locked=True)


def test_a_failed_refresh_keeps_the_old_entry(tmp_path: Path, project: Completing) -> None:
    project.run(project.placed(a=Note(description="tea")))
    before = project.lock_file.read_bytes()
    with fake_endpoint(lambda request: failure(401, "no")) as refusing:
        other = Completing(tmp_path, refusing.url)
        with pytest.raises(ModelError):
            other.run(other.placed(a=Note(description="tea")), refresh=[])
    assert project.lock_file.read_bytes() == before


def test_values_obtained_before_another_failed_are_kept(tmp_path: Path) -> None:
    def answer(request: Request) -> Any:
        return {"name": "WRONG"} if "bad" in request.question else {"name": "good.md"}

    with fake_endpoint(answer) as server:
        project = Completing(tmp_path, server.url, completion_retries=0)
        resources = {"a": Note(description="bad", mode="644"), "b": Note(description="good", mode="644")}
        with pytest.raises(ModelError, match="got 'WRONG'") as caught:
            project.run(project.placed(**resources))
        assert caught.value.address == "a"
        assert Lock.read(project.lock_file).addresses == ["b"]
        asked = len(server.requests)
        with pytest.raises(ModelError):
            project.run(project.placed(**resources))
        assert all("bad" in request.question for request in server.requests[asked:])


def letters_without_text(request: Request) -> Any:
    return failure(500, "overloaded") if request.mode == "text" else {"name": "tea.md", "mode": "644"}


def test_values_obtained_before_a_text_of_the_same_resource_failed_are_kept(tmp_path: Path) -> None:
    with fake_endpoint(letters_without_text) as server:
        project = Completing(tmp_path, server.url)
        with pytest.raises(ModelError) as caught:
            project.run(project.placed(a=Letter(description="tea")))
        assert "a.content" in str(caught.value)
        assert "a.name" not in str(caught.value)
        server.answer = lambda request: "all about tea"
        asked = len(server.requests)
        (letter,) = project.run(project.placed(a=Letter(description="tea")))
    assert [request.mode for request in server.requests[asked:]] == ["text"]
    assert letter.model_dump(include={"name", "content"}) == {"name": "tea.md", "content": "all about tea\n"}
    assert letter.provenance("name") == Provenance(Source.MODEL, model="fake", answered=today())


@pytest.mark.parametrize("refresh", [None, []])
def test_a_failed_question_leaves_the_entry_of_an_earlier_one(
    tmp_path: Path, refresh: list[str] | None
) -> None:
    with fake_endpoint(lambda request: "text") as server:
        server.answer = lambda r: "old text" if r.mode == "text" else {"name": "old.md", "mode": "600"}
        project = Completing(tmp_path, server.url)
        project.run(project.placed(a=Letter(description="tea")))
        before = project.lock_file.read_bytes()
        server.answer = letters_without_text
        words = "milk" if refresh is None else "tea"
        with pytest.raises(ModelError):
            project.run(project.placed(a=Letter(description=words)), refresh=refresh)
    assert project.lock_file.read_bytes() == before


def test_all_failures_are_told_together(tmp_path: Path) -> None:
    with fake_endpoint(lambda request: {"port": 8080, "memory": None, "environment": None}) as server:
        project = Completing(tmp_path, server.url, completion_retries=0)
        services = {address: Service(name=address, image="nginx:1") for address in ("a", "b")}
        with pytest.raises(CompletionError) as caught:
            project.run(project.placed(**services))
    assert "a: no answer of fake can be used" in str(caught.value)
    assert "b: no answer of fake can be used" in str(caught.value)


def test_entries_of_resources_that_are_gone_are_removed_when_all_went_well(project: Completing) -> None:
    project.run(project.placed(a=Note(description="tea"), b=Note(description="milk")))
    project.run(project.placed(a=Note(description="tea")))
    assert Lock.read(project.lock_file).addresses == ["a"]
    project.run(project.placed(c=Note(name="x.md", mode="600")))
    assert Lock.read(project.lock_file).addresses == []


def test_entries_stay_when_something_failed(tmp_path: Path, project: Completing) -> None:
    project.run(project.placed(a=Note(description="tea"), b=Note(description="milk")))
    with fake_endpoint(lambda request: failure(401, "no")) as refusing:
        other = Completing(tmp_path, refusing.url)
        with pytest.raises(ModelError):
            other.run(other.placed(c=Note(description="coffee")))
    assert Lock.read(project.lock_file).addresses == ["a", "b"]


def test_a_field_the_user_now_writes_is_his(project: Completing, server: FakeEndpoint) -> None:
    project.run(project.placed(a=Note(description="tea")))
    (note,) = project.run(project.placed(a=Note(description="tea", name="mine.md")))
    assert (note.name, note.provenance("name").source) == ("mine.md", Source.USER)
    assert server.requests[1].fields == ["mode"]
    entry = Lock.read(project.lock_file).entry("a")
    assert entry is not None
    assert set(entry.digests) == {"mode"}


def test_values_obtained_before_an_interruption_are_kept(tmp_path: Path) -> None:
    released = threading.Event()

    def answer(request: Request) -> Any:
        if "slow" in request.question:
            released.wait(30)
        return {"name": "tea.md"}

    async def interrupted(project: Completing) -> None:
        notes = project.placed(a=Note(description="fast", mode="644"), b=Note(description="slow", mode="644"))
        first_done = asyncio.Event()
        project.tell = lambda event: first_done.set() if event.kind == "completion.done" else None
        running = asyncio.create_task(project.complete(notes))
        await first_done.wait()
        running.cancel()
        await running

    with fake_endpoint(answer) as server:
        project = Completing(tmp_path, server.url)
        try:
            with pytest.raises(asyncio.CancelledError):
                asyncio.run(interrupted(project))
        finally:
            released.set()
    assert Lock.read(project.lock_file).addresses == ["a"]


def test_a_value_is_in_the_lock_as_soon_as_it_is_known(tmp_path: Path) -> None:
    seen: list[list[str]] = []

    def answer(request: Request) -> Any:
        seen.append(Lock.read(tmp_path / "clockwork.lock").addresses)
        return {"name": "tea.md"}

    with fake_endpoint(answer) as server:
        project = Completing(tmp_path, server.url, completion_concurrency=1)
        project.run(project.placed(a=Note(description="first", mode="644"), b=Note(name=None, mode="644")))
    assert seen == [[], ["a"]]


def test_a_completer_of_the_working_folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    note = Note(name="tea.md", mode="644")
    assert asyncio.run(ResourceCompleter().complete([note])) == [note]


def test_with_locked_a_wrong_value_of_the_lock_is_told_before_what_it_lacks(project: Completing) -> None:
    project.run(project.placed(a=Note(description="tea")))
    edit(project, '"a.md"', '"My Tea"')
    with pytest.raises(LockError, match="the value in the lock cannot be used"):
        project.run(project.placed(a=Note(description="tea"), b=Note()), locked=True)


def test_resources_that_no_file_declares_are_each_completed_at_a_place_of_their_own(
    project: Completing, server: FakeEndpoint
) -> None:
    notes = [Note(description=text) for text in ("tea", "coffee", "milk")]
    done = project.run(notes)
    assert [one.description for one in done] == ["tea", "coffee", "milk"]
    assert len({one.name for one in done}) == 3
    assert Lock.read(project.lock_file).addresses == ["Note", "Note[1]", "Note[2]"]
    assert [one.name for one in project.run([Note(description=one.description) for one in notes])] == [
        one.name for one in done
    ]
    assert len(server.requests) == 3


def test_other_words_are_told_with_the_ones_that_were_answered_before(project: Completing) -> None:
    project.run(project.placed(a=Letter(description="tea")))
    assert 'description = "tea"' in project.lock_file.read_text()
    (changed,) = project.run(project.placed(a=Letter(description="coffee")))
    assert changed.provenance("description") == Provenance(Source.USER, previous="tea")
    lock = Lock.read(project.lock_file)
    lock.settle("a")
    lock.write()
    (again,) = project.run(project.placed(a=Letter(description="coffee")))
    assert again.provenance("description") == Provenance(Source.USER)


def test_a_lock_without_the_words_says_nothing_of_them_and_stays_as_it_is(project: Completing) -> None:
    project.run(project.placed(a=Letter(description="tea")))
    edit(project, 'description = "tea"\n', "")
    before = project.lock_file.read_bytes()
    project.run(project.placed(a=Letter(description="tea")))
    assert project.lock_file.read_bytes() == before
    (changed,) = project.run(project.placed(a=Letter(description="coffee")))
    assert changed.provenance("description") == Provenance(Source.USER)
