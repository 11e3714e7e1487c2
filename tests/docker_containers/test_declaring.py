"""What can be declared, what cannot, and what the model is asked for."""

from __future__ import annotations

from typing import Any

import pytest
from pydantic import ValidationError

from clockwork.resources.fields import Completion, completion_of
from clockwork_docker.resource import Build, DockerImage, DockerNetwork, DockerResource, DockerVolume
from clockwork_docker.resource.values import megabytes


def container(**fields: Any) -> DockerResource:
    return DockerResource(description="a web server", **fields)


def test_the_model_chooses_five_fields_and_no_others() -> None:
    asked = [
        name
        for name in DockerResource.model_fields
        if completion_of(DockerResource, name) is not Completion.NEVER
    ]
    assert asked == ["name", "image", "ports", "volumes", "env_vars"]
    assert container().missing_fields() == asked


def test_what_is_built_or_absent_needs_less() -> None:
    assert "image" not in container(build="app").missing_fields()
    assert not container(present=False).needs_completion()
    assert not DockerNetwork(present=False).needs_completion()
    assert not DockerVolume(present=False).needs_completion()
    assert not DockerImage(present=False).needs_completion()


@pytest.mark.parametrize(
    ("fields", "told"),
    [
        ({"name": "-web"}, "String should match pattern"),
        ({"image": "Nginx:1"}, "String should match pattern"),
        ({"ports": ["80:"]}, "a port is missing"),
        ({"ports": ["99999:80"]}, "not between 1 and 65535"),
        ({"volumes": ["data"]}, "does not say what is mounted"),
        ({"volumes": ["one:/x", "two:/x"]}, "/x is mounted twice"),
        ({"env_vars": {"A B": "1"}}, "is no variable's name"),
        ({"memory": "lots"}, "write it like 512m or 2g"),
        ({"memory": "1m"}, "less than the 6m"),
        ({"cpus": 0}, "number of processors above 0"),
        ({"restart": "sometimes"}, "String should match pattern"),
        ({"labels": {"clockwork.stack": "x"}}, "Clockwork's own"),
        ({"healthcheck": {"command": "x", "interval": "soon"}}, "String should match pattern"),
        ({"build": "https://example.com/app.git"}, "name a folder of this machine"),
        ({"prots": []}, "Extra inputs"),
    ],
)
def test_a_wrong_value_is_an_error_at_once(fields: dict[str, Any], told: str) -> None:
    with pytest.raises(ValidationError, match=told):
        container(**fields)


def test_claims_are_the_name_and_the_ports_of_the_host() -> None:
    declared = container(name="web", ports=["80", "8080:80", "0.0.0.0:81:81", "127.0.0.1:53:53/udp"])
    assert declared.claims() == [
        "container web",
        "host port 8080/tcp",
        "host port 81/tcp",
        "host port 127.0.0.1:53/udp",
    ]
    assert container(name="web", present=False, ports=["8080:80"]).claims() == []


def test_amounts_of_memory() -> None:
    assert [megabytes(text) for text in ("512m", "2g", "1048576k", "67108864", "64MB")] == [
        512,
        2048,
        1024,
        64,
        64,
    ]


def test_a_build_changes_with_what_it_sends(tmp_path: Any) -> None:
    build = Build(context="app")
    folder = tmp_path / "app"
    folder.mkdir()
    (folder / "Dockerfile").write_text("FROM scratch\n")
    (folder / ".dockerignore").write_text("# notes\nnotes\n")
    first = build.digest(tmp_path)
    (folder / "notes").write_text("not sent")
    assert build.digest(tmp_path) == first
    (folder / "page").write_text("sent")
    assert build.digest(tmp_path) != first
