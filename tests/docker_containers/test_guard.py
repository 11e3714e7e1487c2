"""What a model may choose for a container: refused with a reason, or let through."""

from __future__ import annotations

import asyncio
import os
import socket
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest
from docker import DockerClient

from clockwork.containers.registry import Finding, ask
from clockwork.guard.policy import Guard, Verdict
from clockwork.hook_types import CompletionContext
from clockwork.plugins.manager import PluginManager
from clockwork.resources import FileResource
from clockwork.resources.base import Resource
from clockwork_docker import plugin
from clockwork_docker.resource import DockerImage, DockerResource
from support.docker_images import STUBBORN, WEB
from support.docker_things import Things
from support.registries import registry, token_registry
from support.services import free_port


def reasons(
    project: Path,
    *others: Resource,
    resource: DockerResource | DockerImage | None = None,
    **chosen: Any,
) -> str:
    """What is refused of values that a model chose."""
    declared = resource or DockerResource(description="a web server", name="web", **chosen)
    declared.place("web", project)
    values: Mapping[str, Any] = chosen or {"name": declared.name}
    context = CompletionContext(project, tuple(values), (declared, *others))
    plugins = PluginManager()
    plugins.register(plugin, name="docker")
    guard = Guard(plugins)
    told = guard.refusals(declared, values, context)
    verdict = Verdict() if told else asyncio.run(guard.verdict(declared, values, context))
    told += verdict.refusals
    unchecked = [f"{field} is not checked: {why}" for field, why in verdict.unchecked.items()]
    return " | ".join([*(f"{one.field}: {one.reason}" for one in told), *unchecked])


@pytest.fixture
def no_engine(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let no Docker engine answer."""
    monkeypatch.setenv("DOCKER_HOST", "unix:///nowhere/docker.sock")


@pytest.mark.parametrize("mount", ["/etc:/conf", "~/.ssh:/keys:ro", "../other:/data", "./a/../../b:/b"])
def test_paths_outside_the_project_are_refused(tmp_path: Path, no_engine: None, mount: str) -> None:
    assert "outside the project folder" in reasons(tmp_path, volumes=[mount])


@pytest.mark.parametrize("mount", ["./site:/www:ro", "data:/var/lib/data", "./a/../b:/b"])
def test_what_stays_inside_is_allowed(tmp_path: Path, no_engine: None, mount: str) -> None:
    for folder in ("site", "a", "b"):
        (tmp_path / folder).mkdir()
    assert reasons(tmp_path, volumes=[mount]) == ""


def test_a_path_that_is_missing_goes_back_unless_a_resource_makes_it(tmp_path: Path, no_engine: None) -> None:
    told = reasons(tmp_path, volumes=["./site:/www:ro"])
    assert (
        told == "volumes: ./site does not exist: leave this mount out, or give the name of a volume instead"
    )
    page = FileResource(description="a page", path="site/index.html", content="hello", mode="644")
    page.place("page", tmp_path)
    assert reasons(tmp_path, page, volumes=["./site:/www:ro"]) == ""


def test_paths_of_another_machine_are_not_looked_for(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("DOCKER_HOST", "tcp://127.0.0.1:1")
    assert "the engine runs on another machine" in reasons(tmp_path, volumes=["./site:/www:ro"])


@pytest.mark.parametrize(
    "mount", ["/var/run/docker.sock:/var/run/docker.sock", "./x:/run/docker.sock", "./docker.sock:/x"]
)
def test_the_engines_socket_is_refused(tmp_path: Path, no_engine: None, mount: str) -> None:
    assert "the engine's socket" in reasons(tmp_path, volumes=[mount])


def test_a_link_that_leads_out_is_refused(tmp_path: Path, no_engine: None) -> None:
    project = tmp_path / "project"
    project.mkdir()
    (project / "link").symlink_to("/etc")
    assert "outside the project folder" in reasons(project, volumes=["./link:/conf"])


def test_rights_over_the_host_are_only_the_users(tmp_path: Path, no_engine: None) -> None:
    assert "privileged" in reasons(tmp_path, privileged=True)
    assert "networks" in reasons(tmp_path, networks=["host"])


@pytest.mark.parametrize(
    "mount", ["/var/run:/x", "/:/host", "./link:/x", "/run/docker.sock:/s", "data:/x/docker.sock"]
)
def test_the_engines_socket_is_only_the_users_to_give(tmp_path: Path, no_engine: None, mount: str) -> None:
    (tmp_path / "link").symlink_to("/run/docker.sock")
    assert "gives the container the engine's socket" in reasons(tmp_path, volumes=[mount])


def test_a_path_is_no_socket_because_it_is_mounted_as_one(tmp_path: Path, no_engine: None) -> None:
    assert "outside the project folder" in reasons(tmp_path, volumes=["/etc/shadow:/x/docker.sock"])


@pytest.mark.parametrize("mount", [".:/app", "./.git:/x", ".:/app:ro", "./${ref:web.name}:/x"])
def test_what_programs_obey_is_not_mounted(tmp_path: Path, no_engine: None, mount: str) -> None:
    assert "volumes: " in reasons(tmp_path, volumes=[mount])


def test_a_port_twice_in_the_project_is_refused(tmp_path: Path, no_engine: None) -> None:
    port = free_port()
    other = DockerResource(description="another", name="other", ports=[f"127.0.0.1:{port}:1"])
    other.place("other", tmp_path)
    assert f"other publishes the port {port} already" in reasons(tmp_path, other, ports=[f"{port}:80"])


@pytest.mark.docker
def test_a_taken_port_is_refused(tmp_path: Path, docker: DockerClient, things: Things) -> None:
    with socket.socket() as holder:
        holder.bind(("0.0.0.0", 0))
        holder.listen()
        taken = holder.getsockname()[1]
        assert "taken by another program" in reasons(tmp_path, ports=[f"{taken}:80"])
    port, name = free_port(), things.name("other")
    docker.containers.run(STUBBORN, name=name, ports={"80/tcp": port}, detach=True)
    assert f"taken by the container '{name}'" in reasons(tmp_path, ports=[f"{port}:80"])


@pytest.mark.docker
def test_a_port_of_this_project_is_not_taken(tmp_path: Path, docker: DockerClient, things: Things) -> None:
    port = free_port()
    labels = {"clockwork.folder": str(tmp_path)}
    docker.containers.run(STUBBORN, name=things.name("x"), ports={"80/tcp": port}, labels=labels, detach=True)
    assert reasons(tmp_path, ports=[f"{port}:80"]) == ""


@pytest.mark.docker
def test_an_image_of_the_engine_is_allowed(tmp_path: Path, docker: DockerClient) -> None:
    assert reasons(tmp_path, image=WEB) == ""


@pytest.mark.docker
def test_an_image_is_looked_for_in_its_registry(tmp_path: Path, docker: DockerClient, things: Things) -> None:
    with registry(tmp_path / "registry") as address:
        repository = f"{address}/{things.prefix}/web"
        docker.images.get(WEB).tag(repository, "1")
        docker.images.push(repository, "1")
        docker.images.remove(f"{repository}:1")
        assert reasons(tmp_path, image=f"{repository}:1") == ""
        assert "does not exist in its registry" in reasons(tmp_path, image=f"{repository}:2")
        assert "does not exist in its registry" in reasons(
            tmp_path, resource=DockerImage(name=f"{repository}:3"), name=f"{repository}:3"
        )
        answer = ask(f"{repository}:1")
    assert (answer.finding, answer.digest[:7]) == (Finding.EXISTS, "sha256:")
    assert answer.platforms == (f"linux/{docker.version()['Arch']}",)


def test_a_registry_that_wants_a_login_is_told(
    tmp_path: Path, no_engine: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("DOCKER_CONFIG", str(tmp_path / "nothing"))
    with registry(tmp_path / "registry", login=True) as address:
        assert "needs a login" in reasons(tmp_path, image=f"{address}/shop/web:1")


def test_a_registry_that_gives_tokens_is_asked_with_one(tmp_path: Path, no_engine: None) -> None:
    here = "arm64" if os.uname().machine == "aarch64" else "amd64"
    with token_registry([("linux", here), ("linux", "s390x")]) as address:
        assert reasons(tmp_path, image=f"{address}/shop/web:1") == ""
        assert "does not exist" in reasons(tmp_path, image=f"{address}/shop/web:2")


def test_an_image_for_other_machines_is_refused(tmp_path: Path, no_engine: None) -> None:
    with token_registry([("linux", "s390x")]) as address:
        assert "is made for linux/s390x" in reasons(tmp_path, image=f"{address}/shop/web:1")


def test_a_registry_that_cannot_be_reached_is_not_checked(tmp_path: Path, no_engine: None) -> None:
    address = f"127.0.0.1:{free_port()}"
    told = reasons(tmp_path, image=f"{address}/shop/web:1")
    assert told.startswith(f"image is not checked: whether {address}/shop/web:1 exists: {address}: ")
    assert ask(f"{address}/shop/web:1").finding is Finding.NOT_CHECKED


@pytest.mark.parametrize(
    ("wish", "is_told"),
    [
        ("Apache httpd, reachable on port 8090", False),
        ("nginx with the folder site", True),
        ("nginx that serves ./site", True),
        ("Apache for our static pages", True),
    ],
)
def test_where_pages_are_served_from_is_told_to_who_has_some(wish: str, is_told: bool) -> None:
    (told,) = DockerResource.known_for(wish)
    assert ("a folder of one's own pages is mounted at" in told) is is_told
