"""What people declare: the fields, what may be completed, what is claimed, checked and refused."""

from __future__ import annotations

import asyncio
import re
import socket
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from pydantic import ValidationError

from clockwork.assertions import Seen, Subject
from clockwork.guard.policy import Guard
from clockwork.hook_types import CompletionContext, Refusal
from clockwork.plugins.manager import PluginManager
from clockwork.resources.base import Resource
from clockwork.resources.fields import Completion, completion_of
from clockwork_apple_container import plugin
from clockwork_apple_container.assertions import PublishedPortAssert, StoppedAssert, container_assertions
from clockwork_apple_container.resource import AppleContainerResource, AppleNetwork, AppleVolume
from clockwork_file.resource import FileResource
from support.apple import AppleCalls, Machine, wish
from support.completing import Completing
from support.fake_container.machine import FakeContainer
from support.fake_endpoint import Request, fake_endpoint
from support.services import free_port

run = asyncio.run


def web(project: Path | None = None, **given: Any) -> AppleContainerResource:
    whole = {"name": "cwtest-web", "image": "nginx:alpine", **given}
    resource = AppleContainerResource(description="serves the site", **whole)
    resource.place("web", project or Path.cwd())
    return resource


def test_the_fields_are_there_with_their_defaults() -> None:
    fields = AppleContainerResource.model_fields
    own = [name for name in fields if name not in ("depends_on", "assertions", "tools")]
    assert sorted(own) == sorted(
        ("description", "name", "image", "ports", "volumes", "env_vars", "networks", "present", "start")
    )
    resource = AppleContainerResource(description="serves the site")
    assert (resource.present, resource.start, resource.ports) == (True, True, None)
    assert resource.missing_fields() == ["name", "image", "ports", "volumes", "env_vars"]
    with pytest.raises(ValidationError, match="description"):
        AppleContainerResource()  # type: ignore[call-arg]


@pytest.mark.parametrize(
    ("field", "completion"),
    [
        ("name", Completion.SHORT),
        ("image", Completion.SHORT),
        ("ports", Completion.OPTIONAL),
        ("volumes", Completion.OPTIONAL),
        ("env_vars", Completion.OPTIONAL),
        ("networks", Completion.NEVER),
        ("present", Completion.NEVER),
        ("start", Completion.NEVER),
    ],
)
def test_what_a_model_may_fill(field: str, completion: Completion) -> None:
    assert completion_of(AppleContainerResource, field) is completion
    assert completion is Completion.NEVER or AppleContainerResource.model_fields[field].examples


@pytest.mark.parametrize(
    ("given", "told"),
    [
        ({"name": "w"}, "name"),
        ({"name": "my web"}, "name"),
        ({"image": "Nginx"}, "image"),
        ({"ports": ["80"]}, "has no port of this machine"),
        ({"ports": ["8080-8081:80"]}, "is a range"),
        ({"volumes": ["/data"]}, "does not say what is mounted"),
        ({"env_vars": {"": "x"}}, "no name"),
        ({"networks": ["none", "back"]}, "must stand alone"),
    ],
)
def test_a_wrong_value_is_an_error_at_once(given: dict[str, Any], told: str) -> None:
    with pytest.raises(ValidationError, match=told):
        web(**given)
    resource = web()
    for field, value in given.items():
        with pytest.raises(ValidationError, match=told):
            setattr(resource, field, value)


def test_one_that_should_not_exist_needs_nothing() -> None:
    gone = AppleContainerResource(description="x", name="cwtest-web", present=False)
    assert not gone.needs_completion()
    assert not gone.is_wanted()
    assert gone.claims() == []
    assert not list(container_assertions(gone))


def test_claims_are_the_name_and_the_ports_of_the_machine() -> None:
    claims = web(ports=["127.0.0.1:8080:80", "53:53/udp"]).claims()
    assert claims == [
        "Apple container cwtest-web",
        "host port 127.0.0.1:8080/tcp",
        "host port 53/udp",
    ]
    assert web(ports=["8080:80"], start=False).claims() == ["Apple container cwtest-web"]
    assert AppleNetwork(name="back").claims() == ["Apple network back"]
    assert AppleVolume(name="data").claims() == ["Apple volume data"]


def test_the_plugin_gives_its_types_and_sees_its_containers() -> None:
    manager = PluginManager()
    manager.register(plugin, name="apple-container")
    assert {"AppleContainerResource", "AppleNetwork", "AppleVolume"} <= set(manager.resource_types())
    assert manager.first("clockwork_container", resource=web()) is not None
    assert manager.first("clockwork_container", resource=FileResource(description="x")) is None


def refused(
    resource: AppleContainerResource, project: Path, *others: Resource, **values: object
) -> Iterator[Refusal]:
    context = CompletionContext(project, tuple(values), (resource, *others))
    manager = PluginManager()
    manager.register(plugin, name="apple-container")
    guard = Guard(manager)
    found = guard.refusals(resource, values, context)
    yield from found or asyncio.run(guard.verdict(resource, values, context)).refusals


@pytest.mark.parametrize(
    ("mount", "told"),
    [
        ("$${ref:other.name}:/data", "write the whole mount"),
        ("/$${ref:other.name}", "write the whole mount"),
        ("/etc:/etc", "outside the project"),
        ("~/.ssh:/keys", "outside the project"),
        ("../other:/www", "outside the project"),
        ("/var/run/docker.sock:/var/run/docker.sock", "outside the project"),
        ("./missing:/www", "does not exist"),
    ],
)
def test_a_models_mounts_stay_inside_the_project(tmp_path: Path, mount: str, told: str) -> None:
    found = list(refused(web(tmp_path), tmp_path, volumes=[mount]))
    assert [one.field for one in found] == ["volumes"]
    assert told in found[0].reason


def test_a_models_harmless_mounts_pass(tmp_path: Path) -> None:
    (tmp_path / "site").mkdir()
    page = FileResource(description="x", path="pages/index.html", content="x", mode="644")
    page.place("page", tmp_path)
    volumes = ["./site:/www:ro", "data:/data", "./pages:/pages"]
    assert not list(refused(web(tmp_path), tmp_path, page, volumes=volumes))


def test_a_models_ports_are_nobody_elses(fake: FakeContainer, tmp_path: Path) -> None:
    other = web(tmp_path, name="cwtest-other", ports=["8080:80"])
    other.place("other", tmp_path)
    taken = list(refused(web(tmp_path), tmp_path, other, ports=["127.0.0.1:8080:81"]))
    assert "other has port 8080" in taken[0].reason
    with socket.create_server(("127.0.0.1", 0)) as server:
        port = server.getsockname()[1]
        assert "in use" in next(refused(web(tmp_path), tmp_path, ports=[f"{port}:80"])).reason
    assert not list(refused(web(tmp_path), tmp_path, ports=[f"{port}:80"]))


def test_a_port_that_the_container_itself_publishes_is_no_reason(machine: Machine, calls: AppleCalls) -> None:
    port = free_port()
    run(calls.container().create(wish(ports=[f"{port}:80"])))
    assert not list(refused(web(calls.project), calls.project, ports=[f"{port}:80"]))


def seen(resource: AppleContainerResource) -> dict[str, Seen]:
    """What each assertion of a container sees at once."""
    manager = PluginManager()
    manager.register(plugin, name="apple-container")
    subject = Subject(resource, manager)
    return {one.name: run(one.check(subject)) for one in container_assertions(resource)}


def test_a_running_container_passes(machine: Machine, calls: AppleCalls) -> None:
    port = free_port()
    resource = web(ports=[f"127.0.0.1:{port}:80", "5353:53/udp"])
    run(calls.container().create(wish(ports=[f"127.0.0.1:{port}:80"])))
    found = seen(resource)
    assert list(found) == ["running", f"port 127.0.0.1:{port}:80 answers"]
    assert all(one.passed for one in found.values())
    machine("stop", "cwtest-web")
    found = seen(resource)
    assert not any(one.passed for one in found.values())
    assert found["running"].what == "stopped"


def test_a_port_that_accepts_but_has_nobody_behind_it_does_not_pass(
    fake: FakeContainer, calls: AppleCalls, tmp_path: Path
) -> None:
    ready, port = tmp_path / "ready", free_port()
    fake.image("docker.io/library/slow:1", serves=80, ready_when=str(ready))
    run(calls.container().create(wish(image="slow:1", ports=[f"{port}:80"])))
    name = f"port {port}:80 answers"
    assert "nothing listens behind it yet" in seen(web(ports=[f"{port}:80"]))[name].what
    ready.touch()
    assert seen(web(ports=[f"{port}:80"]))[name].passed


def test_a_port_that_only_the_machine_cannot_reach_names_the_permission(
    fake: FakeContainer, calls: AppleCalls
) -> None:
    fake.turn(subnet="127.64.0.0/24")
    port = free_port()
    run(calls.container().create(wish()))
    look = PublishedPortAssert(container="cwtest-web", inside=80, port=port)
    found = run(look.check(Subject(web(), PluginManager())))
    assert not found.passed
    assert "although 127.64.0.2:80 answers" in found.what
    assert "local network" in found.what


def test_one_that_should_not_run_is_asserted_so(machine: Machine, calls: AppleCalls) -> None:
    resource = web(start=False)
    assert [type(one) for one in container_assertions(resource)] == [StoppedAssert]
    assert not seen(resource)["not running"].passed
    state = run(calls.container().create(wish(start=False)))
    assert seen(resource)["not running"].passed
    run(calls.container().update(state, wish()))
    assert not seen(resource)["not running"].passed


def test_a_model_is_told_how_ports_and_mounts_are_written(tmp_path: Path) -> None:
    def answer(_request: Request) -> Any:
        whole = {"name": "orders-db", "image": "postgres:17-alpine", "env_vars": None}
        return {**whole, "ports": ["5432:5432"], "volumes": ["data:/var/lib/postgresql/data"]}

    with fake_endpoint(answer) as server:
        project = Completing(tmp_path, server.url)
        wanted = AppleContainerResource(description="a database whose data must last")
        (database,) = project.run(project.placed(db=wanted))
    schema = server.requests[0].schema["properties"]
    assert sorted(schema) == ["env_vars", "image", "name", "ports", "volumes"]
    patterns = {
        field: next(one for one in schema[field]["anyOf"] if one["type"] == "array")["items"]["pattern"]
        for field in ("ports", "volumes")
    }
    assert re.match(patterns["ports"], "127.0.0.1:5432:5432/tcp")
    assert not re.match(patterns["ports"], "5432")
    assert re.match(patterns["volumes"], "./site:/www:ro")
    assert not re.match(patterns["volumes"], "/www")
    assert (database.name, database.ports) == ("orders-db", ["5432:5432"])
    assert not database.needs_completion() or database.missing_fields() == ["env_vars"]


def test_a_model_that_publishes_no_port_of_the_machine_is_asked_again(tmp_path: Path) -> None:
    def answer(_request: Request) -> Any:
        ports = ["80"] if len(server.requests) == 1 else ["8099:80"]
        whole = {"name": "web", "image": "nginx:alpine", "env_vars": None, "volumes": None}
        return {**whole, "ports": ports}

    with fake_endpoint(answer) as server:
        project = Completing(tmp_path, server.url)
        (site,) = project.run(project.placed(web=AppleContainerResource(description="a site")))
    assert site.ports == ["8099:80"]
    assert "has no port of this machine" in str(server.requests[1].body)
