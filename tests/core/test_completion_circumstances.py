"""What a model is told of the machine and the project, which makes no other question."""

from __future__ import annotations

import platform
from pathlib import Path
from typing import Any

import pytest

import clockwork_docker.plugin
import clockwork_file.plugin
from clockwork.completion.question import Question, narrowed
from clockwork.hook_types import CompletionContext
from clockwork.hosts import SSHHost
from clockwork.plugins.manager import PluginManager
from clockwork.resources.base import Resource
from clockwork_docker.resource import DockerResource
from clockwork_file.resource import FileResource
from support.completing import Completing, Letter, Note
from support.fake_endpoint import FakeEndpoint, Request, fake_endpoint

TAKEN = "Known: these ports of this machine are taken: 53, 8080"
ANSWERS = {"name": "web.md", "directory": "docs", "mode": "644"}


def question(folder: Path, resource: Resource, *others: Resource, about: str | None = None) -> Question:
    plugins = PluginManager()
    plugins.register(clockwork_docker.plugin, name="docker")
    plugins.register(clockwork_file.plugin, name="file")
    for number, one in enumerate((resource, *others)):
        one.place(f"r{number}", folder)
    missing = tuple(resource.missing_fields())
    context = CompletionContext(folder, missing, (resource, *others))
    return Question.about(resource, narrowed(context, about) if about else context, plugins)


def container(**given: Any) -> DockerResource:
    return DockerResource(**{"description": "what listens", "image": "a:1", **given})


def test_ports_that_others_publish_are_told_and_make_no_other_question(tmp_path: Path) -> None:
    others = [
        container(name="aa", ports=["127.0.0.1:8080:80", "81"]),
        container(name="bb", ports=["53:53/udp", "8080:1"]),
        container(name="cc", ports=["90:90"], present=False),
    ]
    alone, beside = question(tmp_path, container()), question(tmp_path, container(), *others)
    assert beside.wording.question.startswith(f"{TAKEN}\nWish: ")
    assert f"\n\n{TAKEN}\nWish: what listens\n" in beside.text
    assert "taken" not in alone.text
    assert beside.digest == alone.digest


def test_ports_are_told_where_ports_are_chosen(tmp_path: Path) -> None:
    other = container(name="aa", ports=["8080:80"])
    assert "taken" not in question(tmp_path, container(ports=["1:1"]), other).text


@pytest.mark.parametrize(
    ("machine", "engine", "is_told"),
    [("aarch64", "", True), ("aarch64", "ssh://there", False), ("x86_64", "", False)],
)
def test_an_architecture_that_images_may_lack(
    machine: str, engine: str, is_told: bool, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    usual = question(tmp_path, container(image=None)).digest
    monkeypatch.setattr(platform, "machine", lambda: machine)
    monkeypatch.setenv("DOCKER_HOST", engine or "unix:///run/docker.sock")
    asked = question(tmp_path, container(image=None))
    assert ("Known: images run on aarch64 here" in asked.text) is is_told
    assert "images run on" not in question(tmp_path, container()).text
    assert asked.digest == usual


def test_the_system_a_script_is_for(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(platform, "system", lambda: "Darwin")
    told = "\n\nKnown: this machine runs macOS\nWish: clean up\nDecided: "

    def asked(**given: Any) -> str:
        file = FileResource(**{"description": "clean up", "directory": ".", **given})
        return question(tmp_path, file, about="content").text

    assert told in asked(name="clean.sh")
    assert told in asked(path="clean.service")
    assert "Known" not in asked(name="clean.md") + asked(name="clean.sh", on=SSHHost("there"))


def asked_over_http(folder: Path, server: FakeEndpoint, **resources: Any) -> list[str]:
    """Complete resources of a project; give the questions that were sent for it."""
    folder.mkdir(exist_ok=True)
    before = len(server.requests)
    project = Completing(folder, server.url, completion_concurrency=1)
    project.plugins.register(clockwork_file.plugin, name="file")
    project.run(project.placed(**resources))
    return [request.question for request in server.requests[before:]]


def test_circumstances_of_several_plugins_stand_together(tmp_path: Path) -> None:
    (tmp_path / "shop" / "docs").mkdir(parents=True)
    file = FileResource(description="what the project is", content="a shop")
    told = "Known: folders that are there already: docs\nKnown: the project is called shop"
    assert question(tmp_path / "shop", file).wording.question.startswith(f"{told}\nWish: ")


def answer(request: Request) -> Any:
    return {name: ANSWERS[name] for name in request.fields} if request.fields else "a text about it\n"


def test_the_folders_of_the_project_are_told_and_others_ask_nothing_again(tmp_path: Path) -> None:
    project = tmp_path / "shop"
    for name in ("scripts", "docs/deep", ".git", "node_modules", "__pycache__", "evil\nname"):
        (project / name).mkdir(parents=True)
    (project / "a_file").write_text("")

    def file(**given: Any) -> FileResource:
        return FileResource(description="tea", name="tea.md", mode="644", content="some tea", **given)

    with fake_endpoint(answer) as server:
        (said,) = asked_over_http(project, server, tea=file())
        assert "\nKnown: folders that are there already: docs, scripts\nWish: tea\n" in said
        (project / "more").mkdir()
        assert asked_over_http(project, server, tea=file()) == []
        project.rename(tmp_path / "moved")
        assert asked_over_http(tmp_path / "moved", server, tea=file()) == []
        (said,) = asked_over_http(tmp_path / "empty", server, tea=file())
        assert "there already" not in said


@pytest.mark.parametrize(
    ("settings", "name"),
    [(None, "shop"), ('[project]\nname = "teas"', "teas"), ('project = "x"', "shop"), ("not TOML", "shop")],
)
def test_the_project_s_name_where_the_wish_speaks_of_it(
    settings: str | None, name: str, tmp_path: Path
) -> None:
    (tmp_path / "shop").mkdir()
    if settings is not None:
        (tmp_path / "shop" / "pyproject.toml").write_text(settings)
    with fake_endpoint(answer) as server:
        values, text, other = asked_over_http(
            tmp_path / "shop",
            server,
            a=Letter(description="the README", mode="644"),
            b=Note(description="a note", mode="600"),
        )
    assert all(
        f"\nKnown: the project is called {name}\nWish: the README" in f"\n{one}" for one in (values, text)
    )
    assert "called" not in other


def test_a_name_in_the_wish_is_the_name(tmp_path: Path) -> None:
    named = Letter(description="the README of a tool called csvsort", mode="644")
    assert "the project is called" not in question(tmp_path, named).text
