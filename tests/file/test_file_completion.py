"""What a model answers for a file, from the question to the resource."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

import clockwork_file.plugin
from clockwork.errors import GuardError
from clockwork.project import Project
from clockwork.resources.fields import worked_examples
from clockwork.state.record import StackRecord
from clockwork_file.contents import wrong_content
from clockwork_file.examples import _BY_FORM, examples_like
from clockwork_file.resource import FileResource
from clockwork_file.shells import shell_of, unreadable
from support.completing import Completing
from support.fake_endpoint import FakeEndpoint, Request, fake_endpoint
from support.ssh_host import SSHServer

Answers = list[dict[str, Any] | str]


def completed(folder: Path, answers: Answers, **given: Any) -> tuple[Any, FakeEndpoint]:
    """Complete one file with these answers, the last one for ever."""
    waiting = list(answers)

    def answer(request: Request) -> Any:
        found = waiting.pop(0) if len(waiting) > 1 else waiting[0]
        return {name: found[name] for name in request.fields} if isinstance(found, dict) else found

    with fake_endpoint(answer) as server:
        project = Completing(folder, server.url)
        project.plugins.register(clockwork_file.plugin, name="file")
        (file,) = project.run(project.placed(notes=FileResource(description="some notes", **given)))
    return file, server


def test_a_path_that_is_taken_goes_back_to_the_model(tmp_path: Path) -> None:
    (tmp_path / "notes.md").write_text("mine")
    answers: Answers = [{"name": "notes.md", "directory": "."}, {"name": "tea.md", "directory": "."}]
    file, server = completed(tmp_path, answers, content="tea", mode="644")
    assert file.name == "tea.md"
    assert "notes.md is there already" in server.requests[1].last


def test_a_path_that_is_taken_on_its_host_goes_back_to_the_model(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("SSH_AUTH_SOCK", "")
    answers: Answers = [{"name": "notes.md", "directory": "."}, {"name": "tea.md", "directory": "."}]
    with SSHServer.make(tmp_path / "web1").running() as there:
        (there.home / "notes.md").write_text("mine")
        file, server = completed(tmp_path, answers, content="tea", mode="644", on=there.host())
    assert file.name == "tea.md"
    assert "notes.md is there already" in server.requests[1].last
    assert file.provenance("name").unchecked == ""


def test_a_host_that_is_not_reached_refuses_no_path(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SSH_AUTH_SOCK", "")
    host = SSHServer.make(tmp_path / "web1").host()
    file, server = completed(
        tmp_path, [{"name": "notes.md", "directory": "."}], content="tea", mode="644", on=host
    )
    assert (file.name, len(server.requests)) == ("notes.md", 1)
    assert "whether notes.md is there: web1" in file.provenance("directory").unchecked


def test_a_link_that_leads_nowhere_is_taken_too(tmp_path: Path) -> None:
    (tmp_path / "notes.md").symlink_to("gone")
    answers: Answers = [{"name": "notes.md", "directory": "."}, {"name": "tea.md", "directory": "."}]
    assert completed(tmp_path, answers, content="tea", mode="644")[0].name == "tea.md"


def test_what_clockwork_deployed_before_is_not_taken(tmp_path: Path) -> None:
    (tmp_path / "notes.md").write_text("ours")
    record = StackRecord("dev", "x", "", (f"file {tmp_path.resolve()}/notes.md",))
    record.write(Project.of(tmp_path / "main.py"))
    answers: Answers = [{"name": "notes.md", "directory": "."}]
    file, server = completed(tmp_path, answers, content="tea", mode="644")
    assert (file.name, len(server.requests)) == ("notes.md", 1)


@pytest.mark.parametrize(
    ("name", "directory", "rule"),
    [
        ("main.py", ".", "belongs to Clockwork"),
        ("clockwork.lock", ".", "belongs to Clockwork"),
        ("pre-commit", ".git/hooks", "obey or run"),
        ("json.py", ".", "would import it"),
    ],
)
def test_what_a_program_runs_or_owns_goes_back(tmp_path: Path, name: str, directory: str, rule: str) -> None:
    answers: Answers = [{"name": name, "directory": directory}, {"name": "tea.md", "directory": "docs"}]
    file, server = completed(tmp_path, answers, content="tea", mode="644")
    assert file.kept_path() == "docs/tea.md"
    assert rule in server.requests[1].last


def test_a_content_of_the_wrong_kind_goes_back_and_is_refused_in_the_end(tmp_path: Path) -> None:
    given = {"name": "a.json", "directory": ".", "mode": "644"}
    file, server = completed(tmp_path, ["Your content here", "{port: 1}", '{"port": 1}'], **given)
    assert file.content.strip() == '{"port": 1}'
    assert "not valid JSON" in server.requests[1].last
    assert "not valid JSON" in server.requests[2].last
    other = tmp_path / "other"
    other.mkdir()
    with pytest.raises(GuardError, match="it is not valid JSON"):
        completed(other, ["{port: 1}"], **given)


def test_a_refusal_says_how_a_project_allows_it(tmp_path: Path) -> None:
    answer = {"name": "ci.yml", "directory": ".github/workflows", "mode": "646"}
    with pytest.raises(GuardError) as told:
        completed(tmp_path, [answer], content="on: push")
    allowed = ["hidden-path: .github/workflows/ci.yml", "world-writable: 646"]
    table = f"[tool.clockwork.guard] allow = {json.dumps(allowed)}"
    assert f"allow it for the project: {table}" in str(told.value.hint)
    lock = tmp_path / "clockwork.lock"
    completed(tmp_path, [{**answer, "mode": "644", "directory": "docs"}], content="on: push")
    lock.write_text(lock.read_text().replace('mode = "644"', 'mode = "4755"'))
    with pytest.raises(GuardError) as told:
        completed(tmp_path, ["none"], content="on: push")
    assert 'allow = ["special-mode: 4755"]' in str(told.value.hint)


def test_two_files_of_one_run_do_not_get_one_path(tmp_path: Path) -> None:
    def answer(request: Request) -> Any:
        name = "tea.md" if "would claim" not in request.everything else "more.md"
        return {"name": name, "directory": "."}

    with fake_endpoint(answer) as server:
        project = Completing(tmp_path, server.url)
        project.plugins.register(clockwork_file.plugin, name="file")
        declared = {
            address: FileResource(description=address, content="x y", mode="644")
            for address in ("tea", "coffee")
        }
        files = project.run(project.placed(**declared))
    assert sorted(file.name for file in files) == ["more.md", "tea.md"]
    assert "which" in server.requests[-1].last


def shown_before(server: FakeEndpoint) -> list[str]:
    """Give the names of the files that were shown with a content, in their order."""
    *examples, _wish = (m["content"] for m in server.requests[0].body["messages"] if m["role"] == "user")
    return [asked.rpartition("\nDecided: name ")[2].partition(",")[0] for asked in examples]


@pytest.mark.parametrize(
    ("path", "content", "shown"),
    [
        ("tea.md", "tea\n", ["mail.json", "remove-old-logs.sh", "why-sqlite.md"]),
        ("tea.toml", "tea = 1\n", ["why-sqlite.md", "mail.json", "crawler.toml"]),
        ("src/Dockerfile", "FROM a:1\n", ["why-sqlite.md", "mail.json", "Dockerfile"]),
        ("tea.yml", "tea: 1\n", ["why-sqlite.md", "mail.json", "archive.yaml"]),
        (".github/workflows/tea.yml", "tea: 1\n", ["why-sqlite.md", "mail.json", "spelling.yml"]),
        ("tea", "tea\n", ["why-sqlite.md", "mail.json", "remove-old-logs.sh"]),
    ],
)
def test_a_content_is_asked_for_after_examples_the_last_of_its_own_form(
    path: str, content: str, shown: list[str], tmp_path: Path
) -> None:
    for number, given in enumerate(
        ({"path": path}, {"name": Path(path).name, "directory": str(Path(path).parent)})
    ):
        folder = tmp_path / str(number)
        folder.mkdir()
        file, server = completed(folder, [content], mode="644", **given)
        assert file.content == content
        roles = [message["role"] for message in server.requests[0].body["messages"]]
        assert roles == ["user", "assistant"] * 3 + ["user"]
        assert shown_before(server) == shown


def test_the_worked_examples_are_good_answers() -> None:
    named = [("tea.md", "."), ("tea", ".github/workflows"), *((f"tea{form}", ".") for form in _BY_FORM)]
    last = [[*examples_like(name, folder)][-1] for name, folder in named]
    written = [one for one in worked_examples(FileResource) if "content" in one]
    assert len(written) > 2
    for one in written + last:
        name, content = str(one["name"]), str(one["content"])
        assert FileResource(**one)
        assert wrong_content(name, content, str(one["description"])) is None
        shell = shell_of(name, content)
        assert shell is None or unreadable(shell, content) is None
    assert "No server has to be run" in json.dumps(written)


def test_a_script_that_no_shell_can_read_goes_back(tmp_path: Path) -> None:
    answers: Answers = ["#!/bin/sh\nif true; then\n  ls\n", "#!/bin/sh\nls\n"]
    file, server = completed(tmp_path, answers, name="tea.sh", directory=".", mode="755")
    assert file.content == "#!/bin/sh\nls\n"
    assert "content: it is no script that sh can read: " in server.requests[1].last


def test_a_name_that_is_the_folder_s_is_refused_as_a_name(tmp_path: Path) -> None:
    answers: Answers = [{"name": "tea"}, {"name": "tea.md"}]
    file, server = completed(tmp_path, answers, directory="tea", content="tea", mode="644")
    assert file.name == "tea.md"
    assert "name: tea is the folder; write the name of a file in it" in server.requests[1].last
