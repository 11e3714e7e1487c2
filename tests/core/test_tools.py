"""What a model may use while it completes a resource, and what becomes of what it brings back."""

from __future__ import annotations

import asyncio
import json
import sys
from collections.abc import Callable
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
from pydantic import ValidationError
from pydantic_ai import ModelRetry, Tool, ToolReturn
from pydantic_ai.toolsets import FunctionToolset

from clockwork import hookimpl
from clockwork.completion.question import Question
from clockwork.completion.tools import facts
from clockwork.errors import ModelError, UsageError
from clockwork.hook_types import CompletionContext, CompletionTool
from clockwork.plugins.manager import PluginManager
from clockwork.resources import FileResource
from clockwork.resources.secret import Secret
from clockwork.tools import mcp_server, project_files, web_search
from clockwork.tools.declared import McpServer
from clockwork.tools.servers import project_servers, with_variables
from support.completing import Completing, Note
from support.fake_endpoint import FakeEndpoint, Reply, Request, completion, fake_endpoint
from support.mcp_program import served_over_http

SERVER = Path(__file__).parents[1] / "support" / "mcp_program.py"


def calling(request: Request, name: str, **arguments: Any) -> Reply:
    """Let the model call a tool."""
    function = {"name": name, "arguments": json.dumps(arguments)}
    calls = [{"id": "t1", "type": "function", "function": function}]
    body = completion(request, "")
    message = {"role": "assistant", "content": None, "tool_calls": calls}
    body["choices"][0] |= {"message": message, "finish_reason": "tool_calls"}
    return Reply(body=body)


def offered(request: Request) -> list[str]:
    names = [tool["function"]["name"] for tool in request.body.get("tools", [])]
    return sorted(name for name in names if name != "final_result")


def asked(
    folder: Path, answer: Callable[[Request], Any], *tools: Any, **settings: Any
) -> tuple[Any, FakeEndpoint]:
    """Complete the name of one note anew, with tools at hand."""
    (folder / "clockwork.lock").unlink(missing_ok=True)
    with fake_endpoint(answer) as server:
        project = Completing(folder, server.url, **settings)
        (note,) = project.run(project.placed(a=Note(mode="644", tools=list(tools))))
    return note, server


def calls_once(name: str, **arguments: Any) -> Callable[[Request], Any]:
    """A model that calls a tool, and then answers with the first word of what it got."""
    seen: list[Request] = []

    def answer(request: Request) -> Any:
        seen.append(request)
        return calling(request, name, **arguments) if len(seen) == 1 else {"name": "tea.md"}

    return answer


def free_name(stem: str) -> str:
    """Give a name that is free."""
    return f"{stem}.md is free"


async def slow_name(stem: str) -> str:
    """Give a name, in its own time."""
    return f"{stem}.md is slow"


def broken() -> str:
    """Break."""
    raise OSError("no network")


def retrying() -> str:
    """Ask for another call."""
    raise ModelRetry("say it in another way")


@pytest.mark.parametrize(
    ("tool", "name", "found"),
    [
        (free_name, "free_name", "tea.md is free"),
        (slow_name, "slow_name", "tea.md is slow"),
        (Tool(free_name, name="other"), "other", "tea.md is free"),
    ],
)
def test_functions_and_tools_of_pydantic_ai(tmp_path: Path, tool: Any, name: str, found: str) -> None:
    note, server = asked(tmp_path, calls_once(name, stem="tea"), tool)
    assert note.name == "tea.md"
    assert offered(server.requests[0]) == [name]
    assert server.requests[1].last == found


@pytest.mark.parametrize(
    ("tool", "told"), [(broken, "OSError: no network"), (retrying, "say it in another way")]
)
def test_a_tool_that_fails_is_a_note_to_the_model(tmp_path: Path, tool: Any, told: str) -> None:
    note, server = asked(tmp_path, calls_once(tool.__name__), tool)
    assert note.name == "tea.md"
    assert told in server.requests[1].last


def test_a_plugins_tool_that_fails_is_a_note_as_well(tmp_path: Path) -> None:
    plugin = SimpleNamespace(
        clockwork_completion_tools=hookimpl(lambda resource: [CompletionTool("broken", broken)])
    )
    with fake_endpoint(calls_once("broken")) as server:
        project = Completing(tmp_path, server.url)
        project.plugins.register(plugin, name="tools")
        (note,) = project.run(project.placed(a=Note(mode="644")))
    assert note.name == "tea.md"
    assert "no network" in server.requests[1].last


def test_what_is_no_tool_is_refused() -> None:
    with pytest.raises(ValidationError, match="expected functions, PydanticAI tools"):
        Note(tools=["web_search"])


def test_two_tools_of_one_name_are_refused() -> None:
    with pytest.raises(ValidationError, match="two tools are called free_name"):
        Note(tools=[free_name, Tool(free_name)])


def test_a_model_that_only_calls_tools_is_stopped(tmp_path: Path) -> None:
    with pytest.raises(ModelError, match="the model called too many tools"):
        asked(tmp_path, lambda request: calling(request, "free_name", stem="tea"), free_name)


def test_only_the_names_of_tools_are_part_of_a_question(tmp_path: Path) -> None:
    def digest(*tools: Any) -> str:
        note = Note(tools=list(tools))
        return Question.about(note, CompletionContext(tmp_path, ("name",)), PluginManager()).digest

    assert digest() == digest()
    assert digest(free_name) == digest(Tool(free_name))
    assert len({digest(), digest(free_name), digest(web_search()), digest(free_name, web_search())}) == 4
    assert "tools" not in Note(tools=[free_name]).model_dump()


def test_the_files_of_the_project_and_nothing_else(tmp_path: Path) -> None:
    project = tmp_path / "project"
    (project / ".git").mkdir(parents=True)
    (project / ".git" / "config").write_text("planted")
    (project / ".env").write_text("planted")
    (project / "main.py").write_text("planted")
    (project / "notes.md").write_text("green tea")
    (project / "token.txt").write_text("planted")
    Secret.from_file("token.txt")
    (project / "key.txt").write_text("planted -----BEGIN PRIVATE KEY-----")
    (tmp_path / "outside.txt").write_text("planted")
    (project / "link.txt").symlink_to("../outside.txt")
    _note, server = asked(project, calls_once("list_files"), project_files())
    assert offered(server.requests[0]) == ["list_files", "read_file"]
    assert server.requests[1].last == "key.txt\nnotes.md"
    _note, server = asked(project, calls_once("read_file", path="notes.md"), project_files())
    assert server.requests[1].last == "green tea"
    for path in (
        ".env",
        "main.py",
        "../outside.txt",
        "link.txt",
        str(tmp_path / "outside.txt"),
        ".git/config",
    ):
        _note, server = asked(project, calls_once("read_file", path=path), project_files())
        assert "is not to be read" in server.requests[1].last
        assert "planted" not in server.requests[1].everything


def test_what_a_tool_brings_back_holds_no_secret(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TEA_PASSWORD", "planted-in-env")
    (tmp_path / "token.txt").write_text("planted-in-file\n")
    Secret.from_env("TEA_PASSWORD")
    Secret.from_file("token.txt")
    (tmp_path / "settings.ini").write_text("a=planted-in-env\nb=planted-in-file\n")

    def found() -> list[str]:
        """Find tea."""
        return ["planted-in-env", "planted-in-file", "tea"]

    def told() -> ToolReturn:
        """Tell of tea."""
        return ToolReturn("planted-in-env", content="planted-in-file")

    def failing() -> str:
        """Fail to find tea."""
        raise OSError("planted-in-env")

    for tool, call in (
        (project_files(), calls_once("read_file", path="settings.ini")),
        (found, calls_once("found")),
        (told, calls_once("told")),
        (failing, calls_once("failing")),
    ):
        _note, server = asked(tmp_path, call, tool)
        assert "planted" not in server.requests[1].everything
        assert "[secret]" in server.requests[1].last


def test_a_file_with_values_that_are_known_only_later_is_not_read(tmp_path: Path) -> None:
    written = FileResource(description="the settings", path="settings.ini", mode="600")
    written.content = f"a={Secret.generate('tea_password')}\n"
    (tmp_path / "settings.ini").write_text("a=planted-and-generated\n")
    with fake_endpoint(calls_once("read_file", path="settings.ini")) as server:
        project = Completing(tmp_path, server.url)
        project.run(project.placed(a=Note(mode="644", tools=[project_files()]), settings=written))
    assert "is not to be read" in server.requests[1].last
    assert "planted" not in server.requests[1].everything


def test_what_is_looked_up_for_a_model_holds_no_secret(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("TEA_PASSWORD", "planted-in-env")
    Secret.from_env("TEA_PASSWORD")

    def found() -> str:
        """Find tea."""
        return "planted-in-env tea"

    Secret.hide(tmp_path)
    said = asyncio.run(facts([FunctionToolset([found])]))
    assert said.endswith("- found: [secret] tea")


def test_an_mcp_server_of_a_resource(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("CW_API_KEY", "planted")
    monkeypatch.setenv("GREETING", "good morning")
    tool = mcp_server(sys.executable, str(SERVER), name="tea", env={"WORDS": "${GREETING}"})
    note, server = asked(tmp_path, calls_once("tea_where"), tool)
    assert note.name == "tea.md"
    assert offered(server.requests[0]) == ["tea_fail", "tea_told", "tea_where"]
    assert str(tmp_path) in server.requests[1].last
    assert "good morning" in server.requests[1].last
    assert "planted" not in server.requests[1].last


def test_an_mcp_servers_failure_is_a_note(tmp_path: Path) -> None:
    tool = mcp_server(sys.executable, str(SERVER))
    note, server = asked(tmp_path, calls_once("fail"), tool)
    assert note.name == "tea.md"
    assert "Error executing tool fail" in server.requests[1].last


def test_an_mcp_server_that_does_not_start_is_left_out(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    tool = mcp_server(sys.executable, "-c", "raise SystemExit(3)", name="gone")
    note, server = asked(tmp_path, lambda request: {"name": "tea.md"}, tool)
    assert note.name == "tea.md"
    assert offered(server.requests[0]) == []
    assert "the tool gone cannot be used" in capsys.readouterr().err


def test_the_servers_of_a_project(tmp_path: Path) -> None:
    declared = {"tea": McpServer(command=sys.executable, args=(str(SERVER),))}
    _note, server = asked(tmp_path, calls_once("tea_where"), mcp=declared)
    assert offered(server.requests[0]) == ["tea_fail", "tea_told", "tea_where"]
    assert str(tmp_path) in server.requests[1].last


def test_an_mcp_server_over_http(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("CW_API_KEY", "planted")
    monkeypatch.setenv("TEA_TOKEN", "oolong")
    with served_over_http() as url:
        tool = mcp_server(url=url, name="tea", headers={"X-Tea": "hot ${TEA_TOKEN}"})
        note, server = asked(tmp_path, calls_once("tea_told"), tool, api_key="planted")
        assert note.name == "tea.md"
        assert offered(server.requests[0]) == ["tea_fail", "tea_told", "tea_where"]
        assert "('x-tea', 'hot oolong')" in server.requests[1].last
        assert "planted" not in server.requests[1].last
        _note, server = asked(tmp_path, calls_once("tea_fail"), tool)
        assert "Error executing tool fail" in server.requests[1].last
        declared = {"tea": McpServer(url=url)}
        _note, server = asked(tmp_path, calls_once("tea_told"), mcp=declared)
        assert "x-tea" not in server.requests[1].last
        assert "host" in server.requests[1].last


def test_an_mcp_server_over_http_that_is_down_is_left_out(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    with served_over_http() as url:
        pass
    note, server = asked(tmp_path, lambda request: {"name": "tea.md"}, mcp_server(url=url, name="gone"))
    assert note.name == "tea.md"
    assert offered(server.requests[0]) == []
    assert "the tool gone cannot be used" in capsys.readouterr().err


def test_the_file_of_servers(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    file = tmp_path / "mcp.json"
    servers = {"b": {"url": "http://localhost/mcp"}, "a": {"command": "x", "type": "stdio"}}
    file.write_text(json.dumps({"mcpServers": {**servers, "c": {"command": "y", "disabled": True}}}))
    assert [one.name for one in project_servers({}, tmp_path)] == ["a", "b"]
    with pytest.raises(UsageError, match="'a' stands there and in"):
        project_servers({"a": McpServer(command="x")}, tmp_path)
    file.write_text('{"mcpServers": {"a": {}}}')
    with pytest.raises(UsageError, match="either a command or a url"):
        project_servers({}, tmp_path)
    file.write_text('{\n"mcpServers": ')
    with pytest.raises(UsageError, match="it is not valid JSON") as caught:
        project_servers({}, tmp_path)
    assert (caught.value.file, caught.value.line) == (file, 2)
    monkeypatch.setenv("KEY", "abc")
    assert with_variables({"a": "x-${KEY}", "b": "${NONE:-y}"}) == {"a": "x-abc", "b": "y"}
    with pytest.raises(UsageError, match="NOT_THERE is not set"):
        with_variables({"a": "${NOT_THERE}"})


@pytest.mark.parametrize(
    ("tool", "module", "extra"),
    [(web_search(), "ddgs", "web"), (mcp_server("x"), "fastmcp.client.transports", "mcp")],
)
def test_what_is_not_installed_is_told_with_its_extra(
    tmp_path: Path, tool: Any, module: str, extra: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(sys.modules, module, None)
    monkeypatch.delitem(sys.modules, "pydantic_ai.common_tools.duckduckgo", raising=False)
    with pytest.raises(UsageError) as caught:
        asked(tmp_path, lambda request: {"name": "tea.md"}, tool)
    assert f'pip install "clockwork[{extra}]"' in str(caught.value)


def test_a_search_is_offered(tmp_path: Path) -> None:
    _note, server = asked(tmp_path, lambda request: {"name": "tea.md"}, web_search())
    assert offered(server.requests[0]) == ["web_search"]


def test_an_endpoint_that_takes_no_tools_is_asked_without(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    def answer(request: Request) -> Any:
        if offered(request):
            error = {"message": "fake does not support tools", "type": "api_error"}
            return Reply(400, {"error": error})
        return {"name": "tea.md"}

    def todays_tea() -> str:
        """Name the tea of the day."""
        return "Darjeeling"

    note, server = asked(tmp_path, answer, free_name, todays_tea, broken)
    assert note.name == "tea.md"
    assert "- todays_tea: Darjeeling" in server.requests[-1].question
    assert "free_name" not in server.requests[-1].question
    assert "takes no tools here" in capsys.readouterr().err
