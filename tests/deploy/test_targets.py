"""Planning, applying and destroying some resources alone."""

from __future__ import annotations

import pytest

from support.deploying import Deployment, actions, file

pytestmark = pytest.mark.engine

SHOP = (
    "from clockwork import Group, Secret",
    "key = Secret.generate()",
    file("base"),
    "shop = Group('shop').add(web=FileResource(description='w', path='web.txt', mode='644',"
    " content=f'{key}', depends_on=[base]), api=FileResource(description='a', path='api.txt', mode='644',"
    " content='a'))",
    file("other"),
    file("last", depends_on=[]),
    "last.connect(shop['api'])",
)


@pytest.fixture
def shop(deployment: Deployment) -> Deployment:
    deployment.declare(*SHOP)
    return deployment


def test_only_a_target_with_what_it_needs(shop: Deployment) -> None:
    wanted = {"base": "create", "shop": "create", "key": "create", "shop.web": "create"}
    assert actions(shop.run("plan", "shop.web")) == wanted
    document = shop.run("apply", "shop.web")
    assert {one["address"] for one in document["resources"]} == set(wanted)
    assert shop.names() == ["base.txt", "web.txt"]
    assert actions(shop.run("apply")) == {"shop.api": "create", "other": "create", "last": "create"}


def test_what_is_not_a_target_is_left_as_it_is(shop: Deployment) -> None:
    shop.run("apply")
    shop.declare(*(one.replace("'hello'", "'new'") for one in SHOP))
    assert actions(shop.run("apply", "base")) == {"base": "update"}
    assert (shop.read("base.txt"), shop.read("other.txt"), shop.read("api.txt")) == ("new", "hello", "a")


def test_a_group_is_a_target_with_all_that_is_in_it(shop: Deployment) -> None:
    assert "shop.api" in actions(shop.run("plan", "shop"))


def test_destroying_a_target_takes_what_depends_on_it(shop: Deployment) -> None:
    shop.run("apply")
    assert actions(shop.run("destroy", "shop.api")) == {"shop.api": "delete", "last": "delete"}
    assert shop.names() == ["base.txt", "other.txt", "web.txt"]
    shop.run("destroy")
    assert shop.names() == []
    assert not (shop.folder / ".clockwork").exists()


def test_destroying_a_group_takes_what_is_in_it(shop: Deployment) -> None:
    shop.run("apply")
    assert set(actions(shop.run("destroy", "shop"))) == {"shop", "shop.web", "shop.api", "last"}


@pytest.mark.parametrize("command", ["plan", "apply", "destroy"])
def test_an_address_that_does_not_exist(command: str, shop: Deployment) -> None:
    shop.run("apply")
    assert "there is no resource 'othre'" in shop.told(command, "othre", code=2)


def test_the_values_of_other_resources_stay_in_the_lock(shop: Deployment) -> None:
    lock = shop.folder / "clockwork.lock"
    lock.write_text(
        'format = 1\n\n[resources.other]\ntype = "FileResource"\nmodel = "m"\nquestion = "q"\n'
        '\n[resources.other.values]\nmode = "600"\n',
        encoding="utf-8",
    )
    before = lock.read_text(encoding="utf-8")
    shop.run("apply", "base")
    assert lock.read_text(encoding="utf-8") == before
