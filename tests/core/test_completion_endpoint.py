"""Endpoints: the ways of asking, and every failure told with what to do."""

from __future__ import annotations

import json
import socket
import threading
import traceback
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest

from clockwork import hookimpl
from clockwork.completion import ladder
from clockwork.errors import ClockworkError, ModelError
from clockwork.hook_types import ModelBackend
from clockwork.nearness import is_near, nearness
from clockwork.settings import DEFAULT_BASE_URL
from support.completing import Completing, Letter, Note
from support.fake_endpoint import Reply, Request, completion, envelope, failure, fake_endpoint

KEY = "sk-very-secret"


@pytest.fixture
def one_probe(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let no question begin before the first one knows how to ask, however slow this machine is."""
    monkeypatch.setattr(ladder, "HEAD_START", 60)


def asked_in(project: Completing, count: int = 1) -> None:
    project.run(project.placed(**{f"a{i}": Note(description=f"n{i}", mode="644") for i in range(count)}))


def only(*modes: str, status: int = 400, message: str = "response_format is not supported") -> Any:
    """An endpoint that refuses all modes but some."""

    def answer(request: Request) -> Any:
        return {"name": "tea.md"} if request.mode in modes else failure(status, message)

    return answer


def test_a_local_endpoint_is_asked_with_a_schema_first(tmp_path: Path) -> None:
    with fake_endpoint(only("native")) as server:
        asked_in(Completing(tmp_path, server.url))
    assert [request.mode for request in server.requests] == ["native"]


def test_another_endpoint_is_asked_with_a_tool_first(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    with fake_endpoint(only("tool")) as server:
        monkeypatch.setenv("HTTP_PROXY", server.url.removesuffix("/v1"))
        asked_in(Completing(tmp_path, "http://models.example.com/v1"))
    assert [request.mode for request in server.requests] == ["tool"]


@pytest.mark.usefixtures("one_probe")
@pytest.mark.parametrize(
    ("taken", "status", "message", "tried"),
    [
        ("tool", 400, "This model does not support json_schema", ["native", "tool"]),
        ("tool-auto", 422, "tool_choice required is unsupported", ["native", "tool", "tool-auto"]),
        (
            "prompted",
            404,
            "No endpoints found that support tool use",
            ["native", "tool", "tool-auto", "prompted"],
        ),
        (
            "text",
            400,
            "chat template: unsupported role system",
            ["native", "tool", "tool-auto", "prompted", "text"],
        ),
    ],
)
def test_a_refused_mode_falls_back_and_is_remembered(
    tmp_path: Path, taken: str, status: int, message: str, tried: list[str]
) -> None:
    with fake_endpoint(only(taken, status=status, message=message)) as server:
        asked_in(Completing(tmp_path, server.url), count=4)
    assert [request.mode for request in server.requests] == [*tried, taken, taken, taken]


@pytest.mark.usefixtures("one_probe")
def test_an_endpoint_that_ignores_the_mode_is_asked_otherwise(tmp_path: Path) -> None:
    def answer(request: Request) -> Any:
        return {"name": "tea.md"} if request.mode == "tool" else "I would call it tea.md."

    with fake_endpoint(answer) as server:
        asked_in(Completing(tmp_path, server.url, completion_retries=1), count=2)
    assert [request.mode for request in server.requests] == ["native", "native", "tool", "tool"]


def test_a_grammar_that_fails_for_one_resource_falls_back_for_it_alone(tmp_path: Path) -> None:
    def answer(request: Request) -> Any:
        if "hard" in request.question and request.mode == "native":
            return failure(400, "failed to parse grammar")
        return {"name": "tea.md"}

    with fake_endpoint(answer) as server:
        project = Completing(tmp_path, server.url, completion_concurrency=1)
        notes = {k: Note(description=k, mode="644") for k in ("easy", "hard", "other")}
        project.run(project.placed(**notes))
    assert [request.mode for request in server.requests] == ["native", "native", "tool", "native"]


NOTHING = {"object": "chat.completion", "id": "x", "model": "m", "choices": []}


@pytest.mark.parametrize(
    ("answer", "message", "hint"),
    [
        (failure(401, f"Incorrect API key provided: {KEY}"), "refuses the key", "CW_API_KEY"),
        (failure(403, "forbidden"), "refuses the key", "CW_API_KEY"),
        (failure(402, "Insufficient credits"), "no credit left", "CW_MODEL"),
        (
            failure(429, "slow down", x_should_retry="true"),
            "limits the rate of requests",
            "CW_COMPLETION_CONCURRENCY",
        ),
        (
            failure(404, "The model `fake` does not exist", code="model_not_found"),
            "know the model 'fake'",
            "CW_MODEL",
        ),
        (failure(404, "page not found"), "know the model 'fake'", "CW_BASE_URL"),
        (failure(500, "it broke"), "failed with HTTP 500", "Try again later"),
        (failure(503, "Loading model"), "failed with HTTP 503", "Try again later"),
        (failure(400, "bad"), "refused the request with HTTP 400", "--model"),
        (Reply(400, "not even JSON"), "refused the request with HTTP 400", "--model"),
        (Reply(200, NOTHING), "without any choice", "Try again"),
        (Reply(200, {**NOTHING, "choices": None}), "no usable answer", "--model"),
        (Reply(200, {"error": {"message": "upstream"}}), "no usable answer", "--model"),
        (Reply(200, "<html>a proxy</html>", {"Content-Type": "text/html"}), "no usable answer", "--model"),
        (Reply(200, "{half"), "no usable answer", "--model"),
        ("", "no usable answer", "--model"),
        ("I don't know.", "no usable answer", "--model"),
    ],
    ids=lambda value: str(getattr(value, "status", value))[:12] if isinstance(value, Reply) else None,
)
@pytest.mark.parametrize(
    "resource", [Note(mode="644"), Letter(name="tea.md", mode="644")], ids=["values", "text"]
)
def test_every_failure_ends_as_a_model_error(
    tmp_path: Path, answer: Any, message: str, hint: str, resource: Note
) -> None:
    if isinstance(resource, Letter) and isinstance(answer, str) and answer:
        pytest.skip("any words are a good text")
    with fake_endpoint(lambda request: answer) as server:
        project = Completing(tmp_path, server.url, api_key=KEY, completion_retries=1)
        with pytest.raises(ModelError) as caught:
            project.run(project.placed(tea=resource))
    said = str(caught.value)
    assert message in said
    assert hint in said
    assert KEY not in said
    assert f"tea.{'content' if isinstance(resource, Letter) else 'name'}" in said
    assert KEY not in "".join(traceback.format_exception(caught.value))
    assert not project.lock_file.exists()


TRIES = "gave no usable answer in 10 tries: the last one of fake "


@pytest.mark.parametrize(
    ("answer", "said"),
    [
        (
            {"name": "Tea File"},
            TRIES + "had wrong values (name: expected the note's name, such as tea.md; got 'Tea File')",
        ),
        (
            {"nme": "tea.md", "name": 5},
            TRIES + 'had wrong values (name: expected text, as in name="tea.md"; got 5; '
            "nme: NoteAnswer has no field 'nme'; did you mean 'name'?)",
        ),
        ({}, TRIES + "had wrong values (name: it is required)"),
        ("I don't know.", TRIES + 'was not the JSON that was asked for, but "I don\'t know."'),
        ("", TRIES + "was empty"),
        (
            Reply(200, NOTHING | {"choices": None}),
            "what came is no chat completion (choices: expected a list",
        ),
        (
            Reply(200, "<html>a proxy</html>", {"Content-Type": "text/html"}),
            "what came is no chat completion",
        ),
        (Reply(200, "{half"), "what came is no chat completion"),
    ],
)
def test_what_is_wrong_with_an_answer_is_told_in_plain_words(tmp_path: Path, answer: Any, said: str) -> None:
    with fake_endpoint(lambda request: answer) as server:
        project = Completing(tmp_path, server.url, completion_retries=1)
        with pytest.raises(ModelError) as caught:
            project.run(project.placed(tea=Note(mode="644")))
    told = str(caught.value)
    assert said in told
    assert "tea.name" in told
    for raw in ("Exceeded", "retries (", "validation error", "[type=", "Invalid JSON", "pydantic"):
        assert raw not in told
    of_model = said.startswith(TRIES)
    assert ("allow more tries with CW_COMPLETION_RETRIES" in told) is of_model
    assert ("Check CW_BASE_URL" in told) is not of_model


@pytest.mark.parametrize(
    ("message", "finish", "said"),
    [
        ({"content": None}, "stop", "in 2 tries: the last one of fake was empty"),
        ({"content": "Tea is"}, "length", "in 2 tries: the last one of fake was cut off"),
        (
            {
                "tool_calls": [
                    {"id": "c", "type": "function", "function": {"name": "look", "arguments": "{}"}}
                ]
            },
            "tool_calls",
            "in 2 tries: the last one of fake called a tool 'look' that does not exist",
        ),
    ],
)
def test_what_is_wrong_with_a_text_is_told_in_plain_words(
    tmp_path: Path, message: dict[str, Any], finish: str, said: str
) -> None:
    reply = Reply(body=envelope({"role": "assistant", "content": None, **message}, finish=finish))
    with fake_endpoint(lambda request: reply) as server:
        project = Completing(tmp_path, server.url, completion_retries=1)
        with pytest.raises(ModelError) as caught:
            project.run(project.placed(tea=Letter(name="tea.md", mode="644")))
    told = str(caught.value)
    assert said in told
    assert "etries" not in told.replace("CW_COMPLETION_RETRIES", "")


def test_an_answer_that_is_too_long_says_so(tmp_path: Path) -> None:
    def answer(request: Request) -> Any:
        return Reply(body=completion(request, '{"name": "aaaaaaaa', finish="length"))

    with fake_endpoint(answer) as server, pytest.raises(ModelError, match="became too long"):
        asked_in(Completing(tmp_path, server.url))


def test_a_content_filter_says_so(tmp_path: Path) -> None:
    def answer(request: Request) -> Any:
        return Reply(body=envelope({"role": "assistant", "content": None}, finish="content_filter"))

    with fake_endpoint(answer) as server, pytest.raises(ModelError, match="content filter"):
        asked_in(Completing(tmp_path, server.url))


def test_an_endpoint_that_does_not_answer_in_time(tmp_path: Path) -> None:
    released = threading.Event()

    def answer(request: Request) -> Any:
        released.wait(30)
        return {"name": "tea.md"}

    with fake_endpoint(answer) as server:
        try:
            with pytest.raises(ModelError, match=r"did not answer within 0\.2 seconds") as caught:
                asked_in(Completing(tmp_path, server.url, completion_timeout=0.2))
        finally:
            released.set()
    assert "CW_COMPLETION_TIMEOUT" in str(caught.value)


@pytest.mark.usefixtures("one_probe")
def test_a_refused_connection_is_told_once_for_all_and_tried_for_one(tmp_path: Path) -> None:
    with socket.socket() as unused:
        unused.bind(("127.0.0.1", 0))
        url = f"http://127.0.0.1:{unused.getsockname()[1]}/v1"
        project = Completing(tmp_path, url)
        with pytest.raises(ModelError) as caught:
            asked_in(project, count=5)
    said = str(caught.value)
    assert said.count("cannot be reached") == 1
    assert all(f"  a{i}.name" in said for i in range(5))
    assert "set CW_BASE_URL" in said
    assert project.completer is not None
    assert project.completer.report.calls == 1


def test_no_model_lists_every_missing_field_and_the_ways(tmp_path: Path) -> None:
    project = Completing(tmp_path, "https://openrouter.ai/api/v1")
    with pytest.raises(ModelError) as caught:
        project.run(project.placed(article=Letter(), **{'site["web"]': Note(name="x.md")}))
    said = str(caught.value)
    assert "there is no key for https://openrouter.ai/api/v1" in said
    assert "  article.name, article.mode, article.content\n" in said
    assert '  site["web"].mode' in said
    assert "CW_API_KEY" in said
    assert "CW_BASE_URL=http://localhost:11434/v1" in said
    assert caught.value.exit_code == 1
    assert list(tmp_path.iterdir()) == []


def test_a_backend_of_a_plugin_is_used_when_it_fits(tmp_path: Path) -> None:
    from pydantic_ai.messages import ModelResponse, TextPart
    from pydantic_ai.models.function import FunctionModel

    def reply(messages: Any, info: Any) -> ModelResponse:
        return ModelResponse(parts=[TextPart(json.dumps({"name": "tea.md"}))])

    backend = ModelBackend(
        "embedded",
        fits=lambda settings: settings.base_url.startswith("embedded:"),
        build=lambda settings: FunctionModel(reply, model_name="within"),
    )
    project = Completing(tmp_path, "embedded:tiny")
    project.plugins.register(
        SimpleNamespace(clockwork_model_backends=hookimpl(lambda: [backend])), name="embedded"
    )
    (note,) = project.run(project.placed(a=Note(mode="644")))
    assert (note.name, note.provenance("name").model) == ("tea.md", "within")


def test_an_address_that_no_backend_reaches_says_so(tmp_path: Path) -> None:
    with pytest.raises(ClockworkError, match="no installed backend reaches 'gopher://x'"):
        asked_in(Completing(tmp_path, "gopher://x"))


@pytest.mark.parametrize(
    ("url", "near"),
    [
        ("http://localhost:1234/v1", "here"),
        ("http://tea.localhost/v1", "here"),
        ("http://127.0.0.1:8080/v1", "here"),
        ("http://127.8.0.1:8080/v1", "here"),
        ("http://[::1]:8080/v1", "here"),
        ("http://192.168.1.20:11434/v1", "network"),
        ("http://100.64.0.7/v1", "network"),
        ("http://ollama:11434/v1", "network"),
        ("http://box.local/v1", "network"),
        ("http://localhost.example.com/v1", "elsewhere"),
        ("https://openrouter.ai/api/v1", "elsewhere"),
        ("https://8.8.8.8/v1", "elsewhere"),
        ("http://[half/v1", "elsewhere"),
    ],
)
def test_how_near_an_endpoint_stands(url: str, near: str) -> None:
    assert nearness(url).value == near
    assert is_near(url) is (near != "elsewhere")


def test_a_model_inside_is_offered_where_nothing_can_load_it(tmp_path: Path) -> None:
    with pytest.raises(ModelError, match=r"nothing that is installed loads 'local:tiny\.gguf'") as told:
        asked_in(Completing(tmp_path, model="local:tiny.gguf"))
    assert told.value.hint == "pip install 'clockwork[local]'"


def test_without_a_key_the_ways_to_a_model_name_the_one_inside(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("CW_CACHE_DIR", str(tmp_path))
    with pytest.raises(ModelError, match="there is no key") as told:
        asked_in(Completing(tmp_path, DEFAULT_BASE_URL))
    assert "a model inside: clockwork models pull qwen2.5-coder-1.5b && export" in str(told.value.hint)
