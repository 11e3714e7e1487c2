"""Tags are pinned to digests: what was reviewed is what runs, until a person moves it."""

from __future__ import annotations

import re
import shutil
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from clockwork.lock import Lock
from support.deploying import Deployment, actions, resource
from support.docker_images import WEB, WEB_2, make_image
from support.docker_things import Things
from support.registries import registry

pytestmark = [pytest.mark.engine, pytest.mark.docker]

KIND = "docker-image"


@pytest.fixture
def plain(tmp_path: Path) -> Iterator[str]:
    """A registry for everybody."""
    with registry(tmp_path / "registry") as address:
        yield address


@pytest.fixture
def push(things: Things) -> Iterator[Callable[[str, str], str]]:
    """Push an image under a name, forget it here, and give its digest; at the end nothing of it is left."""

    def push(image: str, name: str) -> str:
        repository, _, tag = name.rpartition(":")
        things.client.images.get(image).tag(repository, tag)
        things.client.images.push(repository, tag)
        known = things.client.images.get(name).attrs["RepoDigests"]
        things.client.images.remove(name)
        return next(str(one).rpartition("@")[2] for one in known if one.startswith(f"{repository}@"))

    yield push
    things.remove_all()
    for kind in ("RepoTags", "RepoDigests"):
        for image in things.client.images.list():
            for name in image.attrs[kind]:
                if f"/{things.prefix}/" in name:
                    things.client.images.remove(name)


def page(things: Things, word: str = "web") -> str:
    """What the container's image says of itself."""
    output: bytes = things.container(word).exec_run(["cat", "/www/index.html"]).output
    return output.decode()


def pins(deployment: Deployment) -> dict[tuple[str, str], str]:
    return Lock.read(deployment.folder / "clockwork.lock").pins


def test_a_tag_that_moved_after_the_plan_deploys_what_was_planned(
    deployment: Deployment, things: Things, plain: str, push: Callable[[str, str], str]
) -> None:
    name = f"{plain}/{things.prefix}/web:1"
    first = push(WEB, name)
    deployment.declare(things.declare("web", image=name))
    planned = deployment.run("plan")
    assert resource(planned, "web")["values"]["image"] == {"value": name, "source": "user", "pin": first}
    assert pins(deployment) == {(KIND, name): first}
    assert f"image {name}@{first[:19]} you" in deployment.told("plan")

    second = push(WEB_2, name)
    assert second != first
    before = deployment.read("clockwork.lock")
    done = deployment.run("apply")
    assert resource(done, "web")["notes"] == [f"pulled {name} ({first})"]
    assert page(things) == "hello from one\n"
    assert actions(deployment.run("plan", "--locked")) == {}
    assert deployment.read("clockwork.lock") == before

    moved = deployment.run("lock", "--upgrade-images")
    assert moved["pins"] == [
        {
            "kind": KIND,
            "name": name,
            "status": "moved",
            "value": second,
            "previous": first,
            "reason": None,
            "addresses": ["web"],
        }
    ]
    assert pins(deployment) == {(KIND, name): second}
    assert page(things) == "hello from one\n", "nothing but the lock changes"
    told = deployment.told("plan")
    assert f"{name}@{first[:19]} -> " in told
    assert f"{name}@{second[:19]}" in told
    assert actions(deployment.run("apply")) == {"web": "replace"}
    assert page(things) == "hello from two\n"
    assert "0 of 1 pin moved" in deployment.told("lock", "--upgrade-images")
    deployment.run("destroy")


def test_a_pin_alone_replaces_nothing(deployment: Deployment, things: Things, plain: str) -> None:
    name = f"{plain}/{things.prefix}/web:1"
    things.client.images.get(WEB).tag(*name.rsplit(":", 1))
    deployment.declare(things.declare("web", image=name), f"image = DockerImage(name={name!r})")
    deployment.run("apply")
    before = things.container("web").id
    assert not (deployment.folder / "clockwork.lock").exists()

    things.client.images.push(*name.rsplit(":", 1))
    assert actions(deployment.run("plan")) == {}
    assert list(pins(deployment)) == [(KIND, name)]
    assert actions(deployment.run("apply")) == {}
    assert things.container("web").id == before
    deployment.run("destroy")
    things.client.images.remove(name)


def test_images_that_were_made_here_are_not_pinned(deployment: Deployment, things: Things) -> None:
    deployment.declare(things.declare("web", image=WEB), things.declare("other", image=WEB))
    told = deployment.told("plan")
    assert told.count(f"{WEB} is not pinned: it was made on this machine") == 1
    assert not (deployment.folder / "clockwork.lock").exists()
    deployment.run("plan", "--locked")
    [pin] = deployment.run("lock")["pins"]
    assert (pin["status"], pin["addresses"]) == ("local", ["web", "other"])
    [pin] = deployment.run("lock", "--upgrade-images")["pins"]
    assert (pin["status"], pin["value"]) == ("local", None)


def test_an_image_that_the_project_builds_is_no_registrys(
    deployment: Deployment, things: Things, plain: str, push: Callable[[str, str], str]
) -> None:
    name = f"{plain}/{things.prefix}/web:1"
    push(WEB_2, name)
    (deployment.folder / "Dockerfile").write_text(f"FROM {WEB}\n")
    deployment.declare(
        f"image = DockerImage(name={name!r}, build='.')",
        things.declare("web", image=name) + "\nweb.connect(image)",
    )
    deployment.run("apply")
    assert page(things) == "hello from one\n"
    assert deployment.run("lock")["pins"] == []
    deployment.run("destroy")


def test_a_registry_that_is_not_there_leaves_the_tag(deployment: Deployment, things: Things) -> None:
    name = f"127.0.0.1:9/{things.prefix}/web:1"
    deployment.declare(things.declare("web", image=name))
    told = deployment.told("plan")
    assert f"{name} is not pinned: 127.0.0.1:9: " in told
    failed = deployment.run("lock", "--upgrade-images", code=1)
    assert [one["status"] for one in failed["pins"]] == ["failed"]
    assert not (deployment.folder / "clockwork.lock").exists()


def test_an_upgrade_that_fails_for_one_moves_the_others_and_keeps_its_pin(
    deployment: Deployment, things: Things, plain: str, push: Callable[[str, str], str], tmp_path: Path
) -> None:
    stays, moves = f"{plain}/{things.prefix}/a:1", f"{plain}/{things.prefix}/b:1"
    first = push(WEB, stays)
    push(WEB, moves)
    deployment.declare(things.declare("a", image=stays), things.declare("b", image=moves))
    deployment.run("plan")
    second = push(WEB_2, moves)
    [data] = (tmp_path / "registry").rglob(f"{things.prefix}/a")
    shutil.rmtree(data / "_manifests")
    told = deployment.told("lock", "--upgrade-images", code=1)
    assert f"was not looked up: its registry does not have it; it stays {first[:19]}" in told
    assert "1 of 2 pins moved, 1 not looked up" in told
    assert pins(deployment) == {(KIND, stays): first, (KIND, moves): second}
    told = deployment.told("apply", "a", code=1)
    assert "Its registry dropped it: `clockwork lock --upgrade-images` pins what the tag means now." in told


def test_addresses_choose_whose_pins_move(
    deployment: Deployment, things: Things, plain: str, push: Callable[[str, str], str]
) -> None:
    a, b = f"{plain}/{things.prefix}/a:1", f"{plain}/{things.prefix}/b:1"
    first = push(WEB, a)
    push(WEB, b)
    deployment.declare(things.declare("a", image=a), things.declare("b", image=b))
    deployment.run("plan")
    push(WEB_2, a)
    second = push(WEB_2, b)
    deployment.run("lock", "--upgrade-images", "b")
    assert pins(deployment) == {(KIND, a): first, (KIND, b): second}
    deployment.run("lock", "--upgrade-images", "c", code=2)


def test_locked_refuses_what_is_not_pinned(
    deployment: Deployment, things: Things, plain: str, push: Callable[[str, str], str]
) -> None:
    name = f"{plain}/{things.prefix}/web:1"
    digest = push(WEB, name)
    deployment.declare(things.declare("web", image=name))
    failed = deployment.run("plan", "--locked", code=1)
    assert failed["error"]["code"] == "lock"
    assert f"web: image {name} (not in the lock)" in failed["error"]["message"]
    assert not (deployment.folder / "clockwork.lock").exists()
    deployment.declare(things.declare("web", image=f"{name}@{digest}"))
    deployment.run("apply", "--locked")
    assert deployment.run("lock")["pins"] == []


def test_pins_that_nothing_uses_are_dropped(
    deployment: Deployment, things: Things, plain: str, push: Callable[[str, str], str]
) -> None:
    one, two = f"{plain}/{things.prefix}/web:1", f"{plain}/{things.prefix}/web:2"
    push(WEB, one)
    digest = push(WEB_2, two)
    deployment.declare(things.declare("web", image=one), things.declare("other", image=two))
    deployment.run("plan")
    deployment.declare(things.declare("web", image=two), things.declare("other", image=two))
    statuses = {pin["name"]: pin["status"] for pin in deployment.run("lock")["pins"]}
    assert statuses == {two: "same", one: "unused"}
    deployment.run("apply", "web")
    assert len(pins(deployment)) == 2, "a part of the project drops nothing"
    deployment.run("plan")
    assert len(pins(deployment)) == 2, "a plan drops nothing"
    deployment.run("apply")
    assert pins(deployment) == {(KIND, two): digest}
    assert "0 values and 1 pin, up to date" in deployment.told("lock")


@pytest.mark.parametrize("value", ["sha256:zz", "latest"])
def test_a_wrong_pin_is_an_error_and_untouched(deployment: Deployment, things: Things, value: str) -> None:
    deployment.declare(things.declare("web", image="nginx:1.27"))
    text = f'format = 1\n\n[pins.docker-image]\n"nginx:1.27" = "{value}"\n'
    (deployment.folder / "clockwork.lock").write_text(text)
    for command in ("plan", "lock"):
        failed = deployment.run(command, code=1)
        assert failed["error"]["code"] == "lock"
        assert re.search("nginx:1.27.*pinned to what it cannot mean", failed["error"]["message"])
    assert deployment.read("clockwork.lock") == text


def test_an_image_that_is_pulled_is_pinned_and_removed_with_its_tag(
    deployment: Deployment, things: Things, plain: str, push: Callable[[str, str], str]
) -> None:
    name = f"{plain}/{things.prefix}/web:1"
    make_image(things.client, f"{things.prefix}:unique", {"www/index.html": things.prefix}, [])
    first = push(f"{things.prefix}:unique", name)
    things.client.images.remove(f"{things.prefix}:unique")
    deployment.declare(f"image = DockerImage(name={name!r})")
    deployment.run("plan")
    push(WEB_2, name)
    deployment.run("apply")
    image = things.client.images.get(name)
    assert f"{name.rpartition(':')[0]}@{first}" in image.attrs["RepoDigests"]
    assert actions(deployment.run("plan")) == {}
    deployment.run("lock", "--upgrade-images")
    assert actions(deployment.run("apply")) == {"image": "replace"}
    assert things.client.images.get(name).id != image.id
    deployment.run("destroy")
    assert not things.client.images.list(name.rpartition(":")[0])
