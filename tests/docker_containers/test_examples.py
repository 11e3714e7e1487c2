"""The examples with Docker: planned, built, checked, spoiled by hand, restored and removed."""

from __future__ import annotations

import json
import shutil
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from docker import DockerClient
from docker.models.containers import Container

from support.deploying import Deployment, actions, resource
from support.example_images import PREFIX, make_shop_images, nginx
from support.pages import page
from support.repositories import Remote, git_daemon

pytestmark = [pytest.mark.engine, pytest.mark.docker]
EXAMPLES = Path(__file__).parents[2] / "examples"
SCHEMA = "database.shop.db.shop.schema"
SHOP = {
    *("shop", "shop.page", "shop.data", "shop.db", "shop.server", "shop.cache", "password"),
    *("network.shop-back", "network.shop-front", SCHEMA),
}
SITE = {"style", "home", "web"}
FIRST, SECOND = "<title>first</title>", "<title>second</title>"


@pytest.fixture
def shop(project: Path, docker: DockerClient, request: pytest.FixtureRequest) -> Deployment:
    """A copy of ``web_application``, with the images of the tests."""
    make_shop_images(docker)
    deployment = copy_of("web_application", project, request.node.name)
    deployment.environment["SHOP_IMAGES"] = PREFIX
    return deployment


@pytest.fixture
def site(project: Path, docker: DockerClient, request: pytest.FixtureRequest) -> Iterator[Deployment]:
    """A copy of ``static_site``, whose image is there."""
    deployment = copy_of("static_site", project, request.node.name)
    with nginx(docker, "nginx:1.27-alpine"):
        yield deployment


@pytest.fixture
def checkout(
    project: Path, docker: DockerClient, request: pytest.FixtureRequest, tmp_path: Path
) -> Iterator[tuple[Deployment, Remote]]:
    """A copy of ``git_checkout``, whose image is there, and the repository that it follows."""
    remote = Remote(tmp_path / "remotes", "site")
    remote.commit("dist/index.html", FIRST)
    deployment = copy_of("git_checkout", project, request.node.name)
    with git_daemon(remote.bare.parent) as address, nginx(docker, "nginx:1.27-alpine"):
        deployment.environment["SITE_REPOSITORY"] = f"{address}/site.git"
        yield deployment, remote


@pytest.fixture
def left(docker: DockerClient, request: pytest.FixtureRequest) -> Iterator[Callable[[], list[str]]]:
    """Name what the engine still has of the example; what a failed test leaves is removed."""

    def things() -> list[Any]:
        kinds = (docker.containers, docker.networks, docker.volumes)
        of_it = {"label": f"clockwork.project={request.node.name}"}
        found = [
            kind.list(filters=of_it, **more)
            for kind, more in zip(kinds, ({"all": True}, {}, {}), strict=True)
        ]
        return [one for some in found for one in some]

    yield lambda: [one.name for one in things()]
    for one in things():
        one.remove(**({"force": True} if isinstance(one, Container) else {}))


def copy_of(example: str, project: Path, name: str) -> Deployment:
    """Copy an example as it is committed, as a project of its own name; no model can be asked."""
    ignored = shutil.ignore_patterns(".clockwork", "__pycache__")
    shutil.copytree(EXAMPLES / example, project, dirs_exist_ok=True, ignore=ignored)
    deployment = Deployment(project)
    deployment.environment |= {"CW_BASE_URL": "http://127.0.0.1:9/v1", "CW_PROJECT_NAME": name}
    return deployment


def passed(document: dict[str, Any]) -> bool:
    assertions = document["assertions"]
    return bool(assertions) and all(one["passed"] for one in assertions)


def test_the_shop_does_what_it_says(
    shop: Deployment, docker: DockerClient, left: Callable[[], list[str]]
) -> None:
    files = shop.names()
    lock = shop.read("clockwork.lock")
    assert actions(shop.run("plan", "--locked")) == dict.fromkeys(SHOP, "create")
    applied = shop.run("apply", "--locked", "--assert")
    assert actions(applied) == dict.fromkeys(SHOP, "create")
    assert left()
    assert passed(applied)
    again = shop.run("apply")
    assert actions(again) == {}
    assert again["completion"]["calls"] == 0
    checked = shop.run("assert", "--locked")
    assert passed(checked)
    assert {"the front page", "the goods"} < {one["name"] for one in checked["assertions"]}
    goods = json.loads(page("http://127.0.0.1:8474/goods"))
    assert {one["name"] for one in goods} == {"Darjeeling", "Earl Grey", "Sencha"}

    docker.containers.get("shop-server").kill()
    docker.containers.get("shop-cache").remove(force=True)
    seen = shop.run("plan", "--locked", "--refresh")
    assert set(actions(seen)) == {"shop.server", "shop.cache"}
    assert "it does not run" in resource(seen, "shop.server")["notes"][0]
    assert "it is gone" in resource(seen, "shop.cache")["notes"][0]
    assert passed(shop.run("apply", "--locked", "--assert"))

    assert actions(shop.run("destroy")) == dict.fromkeys(SHOP, "delete")
    assert left() == []
    assert shop.names() == files
    assert shop.read("clockwork.lock") == lock


def test_the_site_does_what_it_says(
    site: Deployment, docker: DockerClient, left: Callable[[], list[str]]
) -> None:
    files = site.names()
    planned = site.run("plan")
    assert actions(planned) == dict.fromkeys(SITE, "create")
    assert planned["completion"]["calls"] == 0
    applied = site.run("apply", "--locked", "--assert")
    assert actions(applied) == dict.fromkeys(SITE, "create")
    assert passed(applied)
    assert actions(site.run("apply", "--locked")) == {}
    assert passed(site.run("assert", "--locked"))
    written = site.read("site/index.html")
    assert page("http://127.0.0.1:8476/") == written

    (site.folder / "site" / "index.html").write_text("edited", encoding="utf-8")
    docker.containers.get(resource(planned, "web")["values"]["name"]["value"]).stop(timeout=0)
    seen = site.run("plan", "--locked", "--refresh")
    assert actions(seen) == {"home": "update", "web": "update"}
    site.run("apply", "--locked", "--assert")
    assert page("http://127.0.0.1:8476/") == written

    assert actions(site.run("destroy")) == dict.fromkeys(SITE, "delete")
    assert left() == []
    assert site.names() == files


def test_the_checkout_is_served_and_follows_its_branch(
    checkout: tuple[Deployment, Remote], left: Callable[[], list[str]]
) -> None:
    pages, remote = checkout
    files = pages.names()
    assert actions(pages.run("plan")) == {"pages": "create", "web": "create"}
    applied = pages.run("apply", "--assert")
    assert applied["completion"]["calls"] == 0
    assert passed(applied)
    assert page("http://127.0.0.1:8478/") == FIRST
    assert actions(pages.run("apply")) == {}
    assert passed(pages.run("assert"))

    remote.commit("dist/index.html", SECOND)
    assert actions(pages.run("plan")) == {"pages": "update"}
    pages.run("apply")
    assert page("http://127.0.0.1:8478/") == SECOND

    assert actions(pages.run("destroy")) == {"pages": "delete", "web": "delete"}
    assert left() == []
    assert pages.names() == files
