"""Completion: only what is missing is asked, and only valid, allowed answers are taken."""

from __future__ import annotations

import asyncio
import json
import os
import subprocess
import sys
import threading
from collections.abc import Iterator
from operator import itemgetter
from pathlib import Path
from types import SimpleNamespace
from typing import Any, Optional

import pytest
from pydantic import BaseModel, SecretStr, ValidationInfo, field_validator

from clockwork import hookimpl
from clockwork.errors import CompletionError, GuardError, ModelError
from clockwork.hook_types import CompletionTool, PromptPart, Refusal
from clockwork.provenance import Provenance, Source
from clockwork.resources.base import Resource
from clockwork.resources.fields import completable
from support.completing import Completing, Letter, Note, Service
from support.fake_endpoint import Reply, Request, completion, fake_endpoint

NOTE = {"name": "tea.md", "mode": "644"}


def a_note(request: Request) -> Any:
    return {name: NOTE[name] for name in request.fields} if request.fields else "Tea is good."


def test_only_missing_fields_are_asked_and_the_users_values_stay(tmp_path: Path) -> None:
    with fake_endpoint(a_note) as server:
        project = Completing(tmp_path, server.url)
        complete = Note(name="mine.md", mode="600")
        resources = project.placed(a=Note(description="about tea", mode="600"), b=complete)
        first, second = project.run(resources)
    assert (first.name, first.mode, first.address, first.project) == ("tea.md", "600", "a", tmp_path)
    assert second is complete
    (request,) = server.requests
    assert request.fields == ["name"]
    assert "about tea" in request.question
    given = first.provenance("name")
    assert (given.source, given.model, given.asked_now) == (Source.MODEL, "fake", True)
    assert first.provenance("mode") == Provenance(Source.USER)
    assert resources[0].name is None


def test_the_schema_keeps_constraints_descriptions_and_examples(tmp_path: Path) -> None:
    def answer(request: Request) -> Any:
        return {"image": "redis:7", "port": 6379, "memory": None, "environment": None}

    with fake_endpoint(answer) as server:
        project = Completing(tmp_path, server.url)
        (service,) = project.run(project.placed(s=Service(name="cache")))
    schema = server.requests[0].schema
    assert schema["additionalProperties"] is False
    assert schema["required"] == ["image", "port", "memory", "environment"]
    assert schema["properties"]["image"]["type"] == "string"
    port = schema["properties"]["port"]
    assert (port["type"], port["minimum"], port["maximum"], port["description"]) == (
        "integer",
        1,
        65535,
        "the port",
    )
    memory = schema["properties"]["memory"]
    assert {"type": "null"} in memory["anyOf"]
    assert memory["examples"] == ["256m"]
    assert (service.image, service.port, service.memory) == ("redis:7", 6379, None)


def test_long_texts_are_asked_afterwards_as_plain_text(tmp_path: Path) -> None:
    def answer(request: Request) -> Any:
        return NOTE if request.fields else "```markdown\n# Tea\n\nIt is good.\n```"

    with fake_endpoint(answer) as server:
        project = Completing(tmp_path, server.url)
        (letter,) = project.run(project.placed(a=Letter(description="tea")))
    short, text = server.requests
    assert short.fields == ["mode", "name"]
    assert text.mode == "text"
    assert "name tea.md" in text.question
    assert letter.content == "# Tea\n\nIt is good.\n"
    assert project.completer is not None
    assert (project.completer.report.calls, project.completer.report.input_tokens) == (2, 20)


def test_a_text_that_breaks_its_limits_goes_back_with_the_reason(tmp_path: Path) -> None:
    replies = iter(["x" * 300, "x", "a good length"])
    with fake_endpoint(lambda request: next(replies)) as server:
        project = Completing(tmp_path, server.url)
        (letter,) = project.run(project.placed(a=Letter(name="tea.md", mode="644")))
    assert letter.content == "a good length\n"
    assert "at most 200 characters" in server.requests[1].last
    assert "at least 3 characters" in server.requests[2].last


def test_a_text_that_was_cut_off_is_asked_again(tmp_path: Path) -> None:
    def answer(request: Request) -> Any:
        if len(server.requests) == 1:
            return Reply(body=completion(request, "Tea is", finish="length"))
        return "Tea is good."

    with fake_endpoint(answer) as server:
        project = Completing(tmp_path, server.url)
        (letter,) = project.run(project.placed(a=Letter(name="tea.md", mode="644")))
    assert letter.content == "Tea is good.\n"
    assert "cut off" in server.requests[1].last
    assert server.requests[1].body["temperature"] > server.requests[0].body["temperature"] == 0


def test_what_is_refused_is_asked_anew_with_all_reasons_and_without_the_answers(tmp_path: Path) -> None:
    replies = iter(["x" * 300, "x", "Tea is good."])
    with fake_endpoint(lambda request: next(replies)) as server:
        project = Completing(tmp_path, server.url)
        project.run(project.placed(a=Letter(name="tea.md", mode="644")))
    first, second, third = ([*map(itemgetter("content"), one.body["messages"])] for one in server.requests)
    refused = "\n\nAn earlier answer was refused:\nThis cannot be used: content: "
    assert (len(first), len(second), len(third)) == (1, 1, 1)
    assert second[0].startswith(f"{first[0]}{refused}")
    assert "at most 200 characters" in second[0]
    assert third[0].startswith(f"{second[0]}\nThis cannot be used: content: ")
    assert "at least 3 characters" in third[0]


def test_an_answer_that_repeats_the_reason_is_asked_again(tmp_path: Path) -> None:
    def answer(request: Request) -> Any:
        told = ["x" * 300, f"Sorry.\n{request.last}", "Tea is good."]
        return told[len(server.requests) - 1]

    with fake_endpoint(answer) as server:
        project = Completing(tmp_path, server.url)
        (letter,) = project.run(project.placed(a=Letter(name="tea.md", mode="644")))
    assert letter.content == "Tea is good.\n"
    assert "repeats what you were told" in server.requests[2].last


def test_thoughts_are_not_part_of_a_text(tmp_path: Path) -> None:
    with fake_endpoint(lambda request: "<think>what to say</think>Tea is good.") as server:
        project = Completing(tmp_path, server.url)
        (letter,) = project.run(project.placed(a=Letter(name="tea.md", mode="644")))
    assert letter.content == "Tea is good.\n"


def test_an_answer_the_schema_forbids_goes_back_with_the_reason(tmp_path: Path) -> None:
    replies = iter([{"name": "Tea File"}, {"name": "tea.md", "mode": "777"}, {"name": "tea.md"}])
    with fake_endpoint(lambda request: next(replies)) as server:
        project = Completing(tmp_path, server.url)
        (note,) = project.run(project.placed(a=Note(mode="644")))
    assert note.name == "tea.md"
    assert "should match pattern" in server.requests[1].last
    assert [request.body["temperature"] for request in server.requests] == [0, 0.7, 0.7]
    assert "Extra inputs are not permitted" in server.requests[2].last


def test_the_merged_whole_is_validated_by_the_original_class(tmp_path: Path) -> None:
    replies = iter([8080, 80])
    with fake_endpoint(
        lambda request: {"port": next(replies), "memory": None, "environment": None}
    ) as server:
        project = Completing(tmp_path, server.url)
        (service,) = project.run(project.placed(s=Service(name="web", image="nginx:1")))
    assert service.port == 80
    assert "nginx listens on port 80" in server.requests[1].last


@pytest.mark.parametrize("retries", [0, 2])
def test_invalid_for_ever_is_bounded_and_says_why(tmp_path: Path, retries: int) -> None:
    with fake_endpoint(lambda request: {"port": 8080, "memory": None, "environment": None}) as server:
        project = Completing(tmp_path, server.url, completion_retries=retries)
        with pytest.raises(ModelError, match="nginx listens on port 80") as caught:
            project.run(project.placed(s=Service(name="web", image="nginx:1")))
    assert len(server.requests) == retries + 1
    assert f"no answer of fake can be used after {retries + 1} tr" in caught.value.message
    assert caught.value.message.endswith("the last answer was port=8080")
    assert caught.value.address == "s"
    assert "Service(port=...)" in str(caught.value)
    assert not project.lock_file.exists()


class Judged(Resource):
    """A resource whose own value is judged by what is completed."""

    size: Optional[int] = completable("the size")
    limit: int = 0

    @field_validator("limit")
    @classmethod
    def _above_size(cls, limit: int, info: ValidationInfo) -> int:
        if info.data.get("size") is not None and limit < info.data["size"]:
            raise ValueError("it is below the size")
        return limit


def test_what_the_user_wrote_is_the_users_error(tmp_path: Path) -> None:
    with fake_endpoint(lambda request: {"size": 5}) as server:
        project = Completing(tmp_path, server.url)
        with pytest.raises(CompletionError, match="the value you wrote is not valid") as caught:
            project.run(project.placed(j=Judged(name="j", limit=3)))
    assert not isinstance(caught.value, ModelError)
    assert (caught.value.address, caught.value.field) == ("j", "limit")
    assert len(server.requests) == 1


class Strict:
    """A plugin that refuses a name, adds a paragraph and offers a tool."""

    def __init__(self) -> None:
        self.contexts: list[tuple[str, ...]] = []

    @hookimpl
    def clockwork_check_completion(self, resource: Any, values: Any, context: Any) -> Iterator[Refusal]:
        self.contexts.append(tuple(values))
        if values.get("name") == "tea.md":
            yield Refusal("name", "tea is not allowed here")

    @hookimpl
    def clockwork_completion_prompt(self, resource: Any, context: Any) -> Iterator[PromptPart]:
        yield PromptPart("strict", "Prefer coffee.")


def test_a_refusal_goes_back_to_the_model_and_a_paragraph_into_the_question(tmp_path: Path) -> None:
    replies = iter(["tea.md", "coffee.md"])
    with fake_endpoint(lambda request: {"name": next(replies)}) as server:
        project = Completing(tmp_path, server.url)
        project.plugins.register(strict := Strict(), name="strict")
        (note,) = project.run(project.placed(a=Note(mode="644")))
    assert note.name == "coffee.md"
    assert "Prefer coffee." in server.requests[0].question
    assert "tea is not allowed here" in server.requests[1].last
    assert strict.contexts == [("name",), ("name",)]


def test_a_refusal_that_stays_is_a_guard_error(tmp_path: Path) -> None:
    with fake_endpoint(a_note) as server:
        project = Completing(tmp_path, server.url)
        project.plugins.register(Strict(), name="strict")
        with pytest.raises(GuardError, match="tea is not allowed here") as caught:
            project.run(project.placed(a=Note(mode="644")))
    assert (caught.value.address, caught.value.field) == ("a", "name")
    assert caught.value.hint
    assert len(server.requests) == 3


def test_cores_own_policy_is_applied(tmp_path: Path) -> None:
    replies = iter([{"POSTGRES_PASSWORD": "hunter2"}, {"TZ": "UTC"}])
    with fake_endpoint(lambda request: {"memory": None, "environment": next(replies)}) as server:
        project = Completing(tmp_path, server.url)
        (service,) = project.run(project.placed(s=Service(name="db", image="postgres:17", port=5432)))
    assert service.environment == {"TZ": "UTC"}
    assert "POSTGRES_PASSWORD looks like a credential" in server.requests[1].last


def tool_call(name: str, arguments: dict[str, Any]) -> dict[str, Any]:
    function = {"name": name, "arguments": json.dumps(arguments)}
    return {"role": "assistant", "tool_calls": [{"id": "t1", "type": "function", "function": function}]}


def test_the_model_may_call_a_plugins_tool(tmp_path: Path) -> None:
    def answer(request: Request) -> Any:
        if len(server.requests) == 1:
            call = completion(request, "")
            call["choices"][0] |= {
                "message": tool_call("free_name", {"stem": "tea"}),
                "finish_reason": "tool_calls",
            }
            return Reply(body=call)
        return {"name": "tea.md"}

    def free_name(stem: str) -> str:
        """Give a name that is free."""
        return f"{stem}.md is free"

    tools = SimpleNamespace(
        clockwork_completion_tools=hookimpl(
            lambda resource, context: [CompletionTool("free_name", free_name)]
        )
    )
    with fake_endpoint(answer) as server:
        project = Completing(tmp_path, server.url)
        project.plugins.register(tools, name="tools")
        (note,) = project.run(project.placed(a=Note(mode="644")))
    assert note.name == "tea.md"
    assert "Give a name that is free" in server.requests[0].everything
    assert server.requests[1].last == "tea.md is free"


def test_independent_resources_are_asked_at_once_up_to_the_limit(tmp_path: Path) -> None:
    together = threading.Barrier(4, timeout=20)

    def answer(request: Request) -> Any:
        if "first" not in request.question:
            together.wait()
        return {"name": "tea.md"}

    with fake_endpoint(answer) as server:
        project = Completing(tmp_path, server.url, completion_concurrency=4)
        notes = [
            Note(description="first", mode="644"),
            *(Note(description=f"n{i}", mode="644") for i in range(8)),
        ]
        done = project.run(project.placed(**{f"a{i}": note for i, note in enumerate(notes)}))
    assert [note.description for note in done] == [note.description for note in notes]
    assert server.most_at_once == 4
    assert len(server.requests) == 9


def test_it_works_inside_a_running_loop_and_again_in_another(tmp_path: Path) -> None:
    with fake_endpoint(a_note) as server:
        project = Completing(tmp_path, server.url)
        for turn in ("one", "two"):

            async def run(said: str = turn) -> list[Any]:
                return await asyncio.create_task(
                    project.complete(project.placed(a=Note(description=said, mode="644")))
                )

            assert asyncio.run(run())[0].name == "tea.md"
    assert len(server.requests) == 2


def test_events_tell_what_is_asked(tmp_path: Path) -> None:
    def answer(request: Request) -> Any:
        return {"name": "NO"} if "bad" in request.question else {"name": "tea.md"}

    with fake_endpoint(answer) as server:
        project = Completing(tmp_path, server.url, completion_retries=0)
        with pytest.raises(ModelError):
            project.run(
                project.placed(a=Note(description="good", mode="644"), b=Note(description="bad", mode="644"))
            )
    assert sorted(project.events) == [
        ("completion.asking", "a"),
        ("completion.asking", "b"),
        ("completion.done", "a"),
        ("completion.failed", "b"),
        ("completion.progress", "a"),
        ("completion.progress", "b"),
    ]


class Sure(Note):
    """A note that says itself when it is complete."""

    def needs_completion(self) -> bool:
        return False


def test_nothing_is_asked_when_the_resource_says_so(tmp_path: Path) -> None:
    project = Completing(tmp_path)
    (resource,) = resources = project.placed(a=Sure())
    assert project.run(resources) == [resource]
    assert not project.lock_file.exists()


class Login(BaseModel):
    """Who may enter."""

    user: str
    password: SecretStr


class Guarded(Resource):
    """A resource with secrets."""

    name: Optional[str] = completable("its name")  # type: ignore[assignment]
    password: Optional[SecretStr] = None
    login: Optional[Login] = None


def test_a_secret_is_neither_asked_nor_sent_nor_locked(tmp_path: Path) -> None:
    with fake_endpoint(lambda request: {"name": "vault"}) as server:
        project = Completing(tmp_path, server.url)
        project.run(project.placed(a=Guarded(password=SecretStr("hunter2")), b=Guarded(description="other")))
    assert [request.fields for request in server.requests] == [["name"], ["name"]]
    assert "hunter2" not in "".join(request.everything for request in server.requests)
    assert "hunter2" not in project.lock_file.read_text()


def test_no_key_of_another_service_is_sent(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("OPENAI_API_KEY", "OPENROUTER_API_KEY", "OPENAI_ORG_ID", "OPENAI_PROJECT_ID"):
        monkeypatch.setenv(name, "sk-another")
    with fake_endpoint(a_note) as server:
        project = Completing(tmp_path, server.url)
        project.run(project.placed(a=Note(mode="644")))
    assert "sk-another" not in server.requests[0].headers.values()
    assert "sk-another" not in server.requests[0].everything


def test_the_key_is_sent_as_bearer(tmp_path: Path) -> None:
    with fake_endpoint(a_note) as server:
        project = Completing(tmp_path, server.url, api_key="sk-mine")
        project.run(project.placed(a=Note(mode="644")))
    assert server.requests[0].headers["authorization"] == "Bearer sk-mine"


def test_the_question_is_deterministic_and_bounded(tmp_path: Path) -> None:
    with fake_endpoint(a_note) as server:
        project = Completing(tmp_path, server.url)
        project.run(project.placed(a=Letter(description="tea")))
    for request in server.requests:
        assert request.body["temperature"] == 0
        assert 0 < request.body["max_tokens"] <= 8192


WITHOUT_A_MODEL = """
import asyncio, sys
from operator import itemgetter
from pathlib import Path
from support.completing import Completing, Note
project = Completing(Path(sys.argv[1]))
written = Note(name="x.md", mode="644") if sys.argv[2] == "complete" else Note(description="tea", mode="644")
(note,) = project.run(project.placed(a=written))
heavy = {"pydantic_ai", "openai", "httpx", "httpx2"}
print(note.name, sorted(name for name in sys.modules if name.split(".")[0] in heavy))
"""


@pytest.mark.parametrize(("how", "name"), [("locked", "tea.md"), ("complete", "x.md")])
def test_pydantic_ai_is_not_imported_when_nothing_is_asked(tmp_path: Path, how: str, name: str) -> None:
    with fake_endpoint(a_note) as server:
        project = Completing(tmp_path, server.url)
        project.run(project.placed(a=Note(description="tea", mode="644")))
    environment = {**os.environ, "PYTHONPATH": str(Path(__file__).parents[1])}
    done = subprocess.run(
        [sys.executable, "-c", WITHOUT_A_MODEL, str(tmp_path), how],
        capture_output=True,
        text=True,
        env=environment,
        check=True,
    )
    assert done.stdout.strip() == f"{name} []"
