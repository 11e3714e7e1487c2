"""The ways of asking: what is remembered of them, and the last one, which reads JSON out of a text."""

from __future__ import annotations

import asyncio
import json
import threading
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from hypothesis import example, given
from hypothesis import strategies as st
from pydantic import BaseModel, ValidationError
from pydantic_ai.models.test import TestModel

from clockwork.completion.json_text import json_objects, read_json
from clockwork.completion.ladder import Ladder, Rung
from clockwork.completion.refusals import Refusals
from clockwork.errors import ModelError
from support.completing import Completing, Note
from support.fake_endpoint import FakeEndpoint, Reply, Request, completion, failure, fake_endpoint

ANSWER = {"name": "tea.md"}


def ask(folder: Path, server: FakeEndpoint, **settings: Any) -> list[str]:
    """Complete one note in a new project; give the modes it was asked in."""
    before = len(server.requests)
    folder.mkdir(exist_ok=True)
    project = Completing(folder, server.url, **settings)
    project.run(project.placed(a=Note(mode="644")))
    return [request.mode for request in server.requests[before:]]


@pytest.fixture
def cache(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("CW_CACHE_DIR", str(tmp_path / "cache"))
    return tmp_path / "cache" / "completion" / "refused-modes.json"


def no_schema(request: Request) -> Any:
    return failure(400, "json_schema is not supported") if request.mode == "native" else ANSWER


def test_the_next_run_does_not_ask_in_a_refused_mode(tmp_path: Path, cache: Path) -> None:
    with fake_endpoint(no_schema) as server:
        assert ask(tmp_path / "one", server) == ["native", "tool"]
        assert ask(tmp_path / "two", server) == ["tool"]
        assert ask(tmp_path / "three", server, model="another") == ["native", "tool"]


@pytest.mark.parametrize(
    "age", [timedelta(seconds=1), timedelta(days=-400)], ids=["expired", "too far ahead"]
)
def test_a_refusal_expires(age: timedelta, tmp_path: Path, cache: Path) -> None:
    with fake_endpoint(no_schema) as server:
        ask(tmp_path / "one", server)
        (known,) = json.loads(cache.read_text(encoding="utf-8")).items()
        until = (datetime.now(UTC) - age).isoformat()
        cache.write_text(json.dumps({known[0]: {"native": until}}), encoding="utf-8")
        assert ask(tmp_path / "two", server) == ["native", "tool"]


@pytest.mark.parametrize(
    "content", ["{half", "[]", '{"a": 1}', '{"a": {"native": 5}}', "\ud800", "[" * 20000]
)
def test_a_broken_memory_is_ignored_and_written_anew(content: str, tmp_path: Path, cache: Path) -> None:
    cache.parent.mkdir(parents=True)
    cache.write_text(content, encoding="utf-8", errors="surrogatepass")
    with fake_endpoint(no_schema) as server:
        assert ask(tmp_path / "one", server) == ["native", "tool"]
        assert ask(tmp_path / "two", server) == ["tool"]
    assert len(json.loads(cache.read_text(encoding="utf-8"))) == 1


def test_a_memory_that_cannot_be_written_costs_only_the_question(tmp_path: Path, cache: Path) -> None:
    cache.parent.parent.mkdir()
    cache.parent.write_text("a file in the way", encoding="utf-8")
    with fake_endpoint(no_schema) as server:
        assert ask(tmp_path / "one", server) == ["native", "tool"]
        assert ask(tmp_path / "two", server) == ["native", "tool"]


def test_the_memory_holds_no_address_and_no_key(tmp_path: Path, cache: Path) -> None:
    with fake_endpoint(no_schema) as server:
        ask(tmp_path / "one", server, api_key="sk-very-secret")
        port = str(server.server_address[1])
    kept = cache.read_text(encoding="utf-8")
    assert "sk-very-secret" not in kept
    assert port not in kept.replace(datetime.now(UTC).isoformat(), "")
    assert "127.0.0.1" not in kept


def test_what_a_model_could_not_do_is_forgotten_after_the_run(tmp_path: Path, cache: Path) -> None:
    def answer(request: Request) -> Any:
        return ANSWER if request.mode == "tool" else "I would call it tea.md."

    with fake_endpoint(answer) as server:
        assert ask(tmp_path / "one", server, completion_retries=0) == ["native", "tool"]
        assert ask(tmp_path / "two", server, completion_retries=0) == ["native", "tool"]
    assert not cache.exists()


@pytest.mark.parametrize("said", ["failed to parse grammar", "Invalid schema for response_format 'Note'"])
def test_the_refusal_of_one_schema_says_nothing_of_others(said: str, tmp_path: Path, cache: Path) -> None:
    with fake_endpoint(lambda request: failure(400, said) if request.mode == "native" else ANSWER) as server:
        ask(tmp_path / "one", server)
    assert not cache.exists()


def test_an_endpoint_that_refuses_everything_is_asked_in_every_way_again(tmp_path: Path, cache: Path) -> None:
    with fake_endpoint(lambda request: failure(400, "unsupported")) as server:
        for folder in ("one", "two"):
            with pytest.raises(ModelError, match="refused the request with HTTP 400"):
                ask(tmp_path / folder, server)
    modes = ["native", "tool", "tool-auto", "prompted", "text"]
    assert [request.mode for request in server.requests] == modes * 2


def test_refusals_of_several_models_stand_beside_each_other(tmp_path: Path) -> None:
    one, other = (Refusals(tmp_path / "x" / "refused.json", "http://a/v1", model) for model in "ab")
    one.add(["native"])
    other.add(["tool"])
    one.add(["prompted"])
    assert one.modes() == frozenset({"native", "prompted"})
    assert other.modes() == frozenset({"tool"})


def test_the_last_way_reads_the_answer_out_of_a_text_without_a_system_message(
    tmp_path: Path, cache: Path
) -> None:
    def answer(request: Request) -> Any:
        if request.mode != "text":
            return failure(400, "chat template: unsupported role")
        return '<think>{"name": "no"}</think>Sure! {"name": "tea.md"} I hope this helps {you}.'

    with fake_endpoint(answer) as server:
        assert ask(tmp_path / "one", server)[-1] == "text"
        assert ask(tmp_path / "two", server) == ["text"]
    assert server.requests[-1].system == ""
    assert "the note's name" in server.requests[-1].question


def test_a_text_without_json_goes_back_with_the_reason(tmp_path: Path, cache: Path) -> None:
    def answer(request: Request) -> Any:
        if request.mode != "text":
            return failure(400, "unsupported")
        return '{"name": "tea.md"}' if "no JSON object" in request.last else "tea.md"

    with fake_endpoint(answer) as server:
        assert ask(tmp_path / "one", server)[-2:] == ["text", "text"]


def test_a_way_that_is_only_tried_has_little_time_and_few_tokens(tmp_path: Path, cache: Path) -> None:
    released = threading.Event()

    def answer(request: Request) -> Any:
        if request.mode == "native":
            return failure(400, "json_schema is not supported")
        if request.mode == "tool":
            released.wait(30)
        if request.mode == "tool-auto":
            return Reply(body=completion(request, '{"name": "aaaa', finish="length"))
        return ANSWER

    with fake_endpoint(answer) as server:
        try:
            tried = ask(tmp_path / "one", server, completion_timeout=4)
        finally:
            released.set()
    assert tried == ["native", "tool", "tool-auto", "prompted"]
    assert [request.body["max_tokens"] for request in server.requests] == [2048, 512, 512, 512]


def test_nobody_waits_any_longer_for_a_first_question_that_got_no_answer() -> None:
    ladder = Ladder([Rung("native", TestModel())])
    others = asyncio.Barrier(3)
    asked: list[str] = []

    async def attempt(rung: Rung) -> None:
        asked.append(rung.mode)
        if len(asked) == 1:
            raise TimeoutError
        async with asyncio.timeout(20):
            await others.wait()

    async def climb() -> list[Any]:
        return await asyncio.gather(*(ladder.climb(attempt) for _ in range(4)), return_exceptions=True)

    first, *rest = asyncio.run(climb())
    assert isinstance(first, TimeoutError)
    assert rest == [None, None, None]


def test_questions_do_not_wait_long_for_the_first_one(tmp_path: Path) -> None:
    together = threading.Barrier(8, timeout=30)

    def answer(request: Request) -> Any:
        together.wait()
        return {"name": f"{request.question.rpartition('Wish: ')[2].partition(chr(10))[0]}.md"}

    words = ("tea", "milk", "rum", "gin", "ale", "cider", "mead", "port")
    with fake_endpoint(answer) as server:
        project = Completing(tmp_path, server.url, completion_concurrency=8)
        done = project.run(project.placed(**{word: Note(description=word, mode="644") for word in words}))
    assert [note.name for note in done] == [f"{word}.md" for word in words]
    assert [request.mode for request in server.requests] == ["native"] * 8


def test_who_did_not_wait_climbs_after_the_first_one(tmp_path: Path, cache: Path) -> None:
    together = threading.Barrier(4, timeout=30)

    def answer(request: Request) -> Any:
        if request.mode == "native":
            together.wait()
            return failure(400, "json_schema is not supported")
        if request.mode == "tool":
            return failure(400, "tools are not supported")
        return ANSWER

    with fake_endpoint(answer) as server:
        project = Completing(tmp_path, server.url, completion_concurrency=4)
        words = ("tea", "milk", "rum", "gin")
        project.run(project.placed(**{word: Note(description=word, mode="644") for word in words}))
    modes = [request.mode for request in server.requests]
    assert modes[:6] == ["native"] * 4 + ["tool", "tool-auto"]
    assert sorted(modes[6:]) == ["tool-auto"] * 3


class Port(BaseModel):
    port: int


@pytest.mark.parametrize(
    "text",
    [
        '{"port": 80}',
        'Here it is: {"port": 80} thanks',
        '```json\n{"port": 80}\n```',
        "{x} or {'port': 1} or {\"port\": 80}",
        '{"other": 1} {"port": 80} {"port": 90}',
        '<think>{"port": 1}</think>\n{"port": 80}',
        '[{"port": 80}]',
        '{"port": 1}, or </think>\n{"port": 80}',
        '{"port": </think>\n{"port": 80}',
        '{"port": 80, "note": "</think>"}',
    ],
)
def test_json_is_found_in_a_text(text: str) -> None:
    assert read_json(text, Port).port == 80


def test_what_does_not_fit_says_why() -> None:
    with pytest.raises(ValidationError, match="port"):
        read_json('so: {"port": "eighty"}', Port)
    with pytest.raises(ValueError, match="no JSON object"):
        read_json("eighty", Port)


@given(st.text(st.sampled_from('{}[]":, a1\\'), max_size=200))
def test_any_text_is_read_to_its_end(text: str) -> None:
    assert all(isinstance(found, dict) for found in json_objects(text))


@given(
    st.text(st.characters(exclude_characters="{<"), max_size=50),
    st.dictionaries(st.text(max_size=5), st.integers() | st.text(max_size=9)),
    st.text(st.characters(exclude_characters="{<"), max_size=50),
)
@example("", {"": "</think>"}, "")
def test_an_object_is_found_between_any_words(before: str, value: dict[str, Any], after: str) -> None:
    assert json_objects(before + json.dumps(value) + after) == [value]
