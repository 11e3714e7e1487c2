"""Every way in which endpoints are known to fail: another way is found, or an error says what to do."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from clockwork.errors import ModelError
from support.completing import Completing, Letter, Note
from support.fake_endpoint import Reply, Request, envelope, fake_endpoint

TOOLS = ("tool", "tool-auto")
NATIVE = ("native",)


def error(message: str, **more: Any) -> dict[str, Any]:
    return {"error": {"message": message, **more}}


def complete(folder: Path, answer: Any, note: Note | None = None, **settings: Any) -> tuple[Any, list[str]]:
    """Complete a note; give it, and the ways it was asked for."""
    with fake_endpoint(answer) as server:
        project = Completing(folder, server.url, **{"completion_retries": 1, **settings})
        (done,) = project.run(project.placed(tea=note or Note(mode="644")))
    return done, [request.mode for request in server.requests]


@pytest.mark.parametrize(
    ("refused", "reply", "asked"),
    [
        (
            (*NATIVE, *TOOLS),
            Reply(400, error("registry.ollama.ai/library/tiny does not support tools", type="api_error")),
            ["native", "tool", "tool-auto", "prompted"],
        ),
        (
            (*NATIVE, "tool"),
            Reply(404, error("No endpoints found that support the provided 'tool_choice' value", code=404)),
            ["native", "tool", "tool-auto"],
        ),
        (
            (*NATIVE, *TOOLS),
            Reply(404, error('No endpoints found that support tool use. Try disabling "f".', code=404)),
            ["native", "tool", "tool-auto", "prompted"],
        ),
        (
            (*NATIVE, *TOOLS),
            Reply(
                400, {"object": "error", "message": '"auto" tool choice requires --enable-auto-tool-choice'}
            ),
            ["native", "tool", "tool-auto", "prompted"],
        ),
        (
            (*NATIVE, *TOOLS),
            Reply(500, error("tools param requires --jinja flag", type="server_error")),
            ["native", "tool", "tool-auto", "prompted"],
        ),
        (
            NATIVE,
            Reply(
                422, {"detail": [{"loc": ["body", "response_format"], "msg": "extra fields not permitted"}]}
            ),
            ["native", "tool"],
        ),
        (
            NATIVE,
            Reply(400, {"error": "'response_format.type' must be 'json_object' or 'text'"}),
            ["native", "tool"],
        ),
    ],
    ids=["ollama", "openrouter-choice", "openrouter-tools", "vllm", "llama.cpp", "fastapi", "lm-studio"],
)
def test_a_way_of_asking_that_is_refused_is_left_for_another(
    refused: tuple[str, ...], reply: Reply, asked: list[str], tmp_path: Path
) -> None:
    def answer(request: Request) -> Any:
        return reply if request.mode in refused else {"name": "tea.md"}

    note, modes = complete(tmp_path, answer)
    assert note.name == "tea.md"
    assert modes == asked


@pytest.mark.parametrize(
    ("reply", "said", "hint"),
    [
        (
            Reply(404, error('model "fake" not found, try pulling it first', type="api_error")),
            "does not know the model 'fake'",
            "Choose another model with --model or CW_MODEL",
        ),
        (
            Reply(429, error("You exceeded your current quota", code="insufficient_quota")),
            "says that the account has no credit left",
            "Add credit",
        ),
        (
            Reply(
                400, error("This model's maximum context length is 8 tokens", code="context_length_exceeded")
            ),
            "says that the question is too long for the model",
            "Choose another model",
        ),
        (
            Reply(body=envelope({"role": "assistant", "content": None, "refusal": "I will not."})),
            "refused to answer",
            "Choose another model",
        ),
        (
            Reply(body={"choices": [{"message": {"role": "assistant", "content": "x"}}]}),
            "what came is no chat completion",
            "Check CW_BASE_URL",
        ),
    ],
    ids=["unknown model", "quota", "context", "refusal", "no envelope"],
)
@pytest.mark.parametrize(
    "note", [Note(mode="644"), Letter(name="tea.md", mode="644")], ids=["values", "text"]
)
def test_what_no_other_way_helps_against_is_told_at_once(
    reply: Reply, said: str, hint: str, note: Note, tmp_path: Path
) -> None:
    with pytest.raises(ModelError, match=said) as caught:
        complete(tmp_path, lambda request: reply, note)
    assert hint in str(caught.value)


def test_all_repetitions_stay_within_the_time_of_one_question(tmp_path: Path) -> None:
    asked: list[Request] = []

    def answer(request: Request) -> Any:
        asked.append(request)
        return Reply(503, error("Loading model"))

    with pytest.raises(ModelError, match="failed with HTTP 503: Loading model"):
        complete(tmp_path, answer, completion_timeout=2)
    assert 1 <= len(asked) < 4


def test_a_model_that_calls_no_tool_and_gives_no_json_is_asked_in_every_way(tmp_path: Path) -> None:
    asked: list[str] = []

    def answer(request: Request) -> Any:
        asked.append(request.mode)
        return "I would call it tea.md."

    with pytest.raises(ModelError, match="gave no usable answer in"):
        complete(tmp_path, answer, completion_retries=0)
    assert asked == ["native", "tool", "tool-auto", "prompted", "text"]
