"""Images from a real registry and from a Dockerfile."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from docker.errors import ImageNotFound

from support.deploying import Deployment, actions, resource
from support.docker_images import WEB, WEB_2
from support.docker_things import Things
from support.registries import PASSWORD, USER, docker_config, registry

pytestmark = [pytest.mark.engine, pytest.mark.docker]


@pytest.fixture
def plain(tmp_path: Path) -> Iterator[str]:
    """A registry for everybody."""
    with registry(tmp_path / "registry") as address:
        yield address


@pytest.fixture
def closed(tmp_path: Path) -> Iterator[str]:
    """A registry that wants a login."""
    with registry(tmp_path / "registry", login=True) as address:
        yield address


def push(things: Things, image: str, name: str) -> str:
    """Push an image under a name, and forget it here; give its digest."""
    repository, _, tag = name.rpartition(":")
    things.client.images.get(image).tag(repository, tag)
    login = {"username": USER, "password": PASSWORD}
    things.client.images.push(repository, tag, auth_config=login)
    digest = things.client.images.get(name).attrs["RepoDigests"][0]
    things.client.images.remove(name)
    return str(digest).rpartition("@")[2]


def built_from(deployment: Deployment) -> Path:
    """A folder that an image with a page of its own is built from."""
    folder = deployment.folder / "app"
    folder.mkdir()
    (folder / "Dockerfile").write_text(f"FROM {WEB}\nCOPY page.html /www/index.html\n")
    (folder / "page.html").write_text("one\n")
    return folder


def is_here(things: Things, name: str) -> bool:
    try:
        things.client.images.get(name)
    except ImageNotFound:
        return False
    return True


def test_a_missing_image_is_pulled_and_its_digest_told(
    deployment: Deployment, things: Things, plain: str
) -> None:
    name = f"{plain}/{things.prefix}/web:1"
    digest = push(things, WEB, name)
    deployment.declare(things.declare("web", image=name))
    done = deployment.run("apply")
    assert resource(done, "web")["notes"] == [f"pulled {name} ({digest})"]
    assert actions(deployment.run("plan")) == {}
    deployment.run("destroy")
    things.client.images.remove(name)


def test_a_missing_tag_is_told(deployment: Deployment, things: Things, plain: str) -> None:
    push(things, WEB, f"{plain}/{things.prefix}/web:1")
    deployment.declare(things.declare("web", image=f"{plain}/{things.prefix}/web:2"))
    (note,) = resource(deployment.run("plan"), "web")["notes"]
    assert f"the engine does not have {plain}/{things.prefix}/web:2" in note
    told = deployment.told("apply", code=1)
    assert f"the image '{plain}/{things.prefix}/web:2' does not exist at {plain}" in told


def test_a_login_that_is_needed_is_told_and_used(
    deployment: Deployment, things: Things, closed: str, tmp_path: Path
) -> None:
    name = f"{closed}/{things.prefix}/web:1"
    push(things, WEB, name)
    deployment.environment["DOCKER_CONFIG"] = str(tmp_path / "nothing")
    deployment.declare(things.declare("web", image=name))
    told = deployment.told("apply", code=1)
    assert f"the registry {closed} does not give" in told
    assert f"docker login {closed}" in told
    deployment.environment["DOCKER_CONFIG"] = str(docker_config(tmp_path / "config", closed))
    deployment.run("apply")
    deployment.run("destroy")
    things.client.images.remove(name)


def test_an_image_is_pulled_and_removed(deployment: Deployment, things: Things, plain: str) -> None:
    name = f"{plain}/{things.prefix}/web:1"
    push(things, WEB, name)
    deployment.declare(f"image = DockerImage(name={name!r})")
    deployment.run("apply")
    assert is_here(things, name)
    assert actions(deployment.run("plan")) == {}
    deployment.run("destroy")
    assert not is_here(things, name)


def test_an_image_that_was_there_before_is_kept(deployment: Deployment, things: Things) -> None:
    deployment.declare(f"image = DockerImage(name={WEB_2!r})")
    deployment.run("apply")
    deployment.run("destroy")
    assert is_here(things, WEB_2)


def test_a_container_is_built_from_a_folder_and_again_when_that_changes(
    deployment: Deployment, things: Things
) -> None:
    folder = built_from(deployment)
    name = f"{things.prefix}:built"
    deployment.declare(things.declare("web", image=name, build="app"))
    assert actions(deployment.run("apply")) == {"web": "create"}
    assert actions(deployment.run("plan")) == {}
    before = things.container("web").attrs["Image"]
    (folder / "page.html").write_text("two\n")
    deployment.run("apply")
    made = things.container("web")
    assert made.attrs["Image"] != before
    assert made.exec_run(["cat", "/www/index.html"]).output == b"two\n"
    deployment.run("destroy")
    assert not is_here(things, name)
    assert things.containers() == []


@pytest.mark.parametrize("is_referred_to", [True, False])
def test_a_plan_shows_the_container_whose_image_is_built_again(
    is_referred_to: bool, deployment: Deployment, things: Things
) -> None:
    folder = built_from(deployment)
    name = f"{things.prefix}:built"
    web = things.declare("web", image=name)
    if is_referred_to:
        web = web.replace(f"image={name!r}", "image=image.ref('name')")
    order = "" if is_referred_to else "\nweb.connect(image)"
    deployment.declare(f"image = DockerImage(name={name!r}, build='app')\n{web}{order}")
    deployment.run("apply")
    (folder / "page.html").write_text("two\n")
    planned = deployment.run("plan")
    assert actions(planned) == {"image": "replace", "web": "replace"}
    assert resource(planned, "image")["notes"] == ["what is in the folder app changed; it is built again"]
    assert resource(planned, "web")["notes"] == []
    assert actions(deployment.run("apply")) == {"image": "replace", "web": "replace"}
    assert things.container("web").exec_run(["cat", "/www/index.html"]).output == b"two\n"
    assert actions(deployment.run("plan")) == {}
    deployment.run("destroy")


def test_what_clockwork_keeps_is_not_built_into_an_image(deployment: Deployment, things: Things) -> None:
    (deployment.folder / "Dockerfile").write_text(f"FROM {WEB}\nCOPY . /app\n")
    (deployment.folder / ".dockerignore").write_text("*.py\n!.clockwork\n!**/.clockwork\n")
    (deployment.folder / "page.html").write_text("one\n")
    deployment.declare(things.declare("web", image=f"{things.prefix}:built", build="."))
    deployment.run("apply")
    (deployment.folder / "page.html").write_text("two\n")
    deployment.run("apply")
    assert (deployment.folder / ".clockwork" / "passphrase").exists()
    built = things.container("web").exec_run(["/bin/busybox", "find", "/app"]).output.decode()
    assert "/app/page.html" in built
    assert ".clockwork" not in built
    assert "main.py" not in built
    deployment.run("destroy")


@pytest.mark.parametrize("kind", ["image", "container"])
def test_a_build_that_fails_shows_why(kind: str, deployment: Deployment, things: Things) -> None:
    (deployment.folder / "Dockerfile").write_text(f"FROM {WEB}\nRUN echo no such thing; exit 7\n")
    name = f"{things.prefix}:built"
    image = f"image = DockerImage(name={name!r}, build='.')"
    deployment.declare(image if kind == "image" else things.declare("web", image=name, build="."))
    told = deployment.told("apply", code=1)
    assert "it is required" not in told
    assert "x1b" not in told
    assert "cannot be built" in told
    assert "no such thing" in told
