"""Whose a container is: killed runs find theirs again, and nobody else's is touched."""

from __future__ import annotations

import shutil
from pathlib import Path
from typing import Any

import pytest

from support.deploying import Deployment, actions, resource
from support.docker_images import STUBBORN
from support.docker_things import Things
from support.killing import kill, under_way, wait_until

pytestmark = [pytest.mark.engine, pytest.mark.docker]

NUMBER = 10


def test_somebody_elses_container_is_never_touched(deployment: Deployment, things: Things) -> None:
    foreign = things.client.containers.run(STUBBORN, name=things.name("web"), detach=True)
    deployment.declare(things.declare("web"))
    for command in ("plan", "apply"):
        told = deployment.told(command, code=1)
        assert "is already there, and is not this resource's" in told
        assert f"from the image {STUBBORN}" in told
    deployment.run("destroy")
    foreign.reload()
    assert foreign.status == "running"


def test_another_projects_container_is_named_as_such(
    deployment: Deployment, things: Things, tmp_path: Path
) -> None:
    deployment.declare(things.declare("web"))
    deployment.run("apply")
    other = Deployment(tmp_path / "other" / "project", deployment.head)
    other.folder.mkdir(parents=True)
    other.declare(things.declare("web"))
    assert "the resource 'web' of the Clockwork project 'project'" in other.told("apply", code=1)
    assert things.container("web").status == "running"


def with_network_and_volume(things: Things, **fields: Any) -> list[str]:
    return [
        f"net = DockerNetwork(name={things.name('net')!r}, description='a test')",
        f"data = DockerVolume(name={things.name('data')!r}, description='a test')",
        things.declare("web", **fields),
        "web.volumes, web.networks, web.depends_on = [f'{data.name}:/data'], [net.name], [net, data]",
    ]


def test_a_project_whose_folder_is_renamed_keeps_what_it_has(deployment: Deployment, things: Things) -> None:
    deployment.declare(*with_network_and_volume(things))
    deployment.run("apply")
    before = things.container("web").id
    moved = Deployment(deployment.folder.rename(deployment.folder.with_name("elsewhere")), deployment.head)
    assert actions(moved.run("plan")) == {}
    moved.declare(*with_network_and_volume(things, labels={"made": "anew"}))
    assert actions(moved.run("apply")) == {"web": "replace"}
    assert things.container("web").id != before
    renamed = "\n".join(with_network_and_volume(things, labels={"made": "anew"}))
    for old, new in (("net = ", "inner = "), ("[net, data]", "[inner, store]"), ("data = ", "store = ")):
        renamed = renamed.replace(old, new)
    network = things.client.networks.get(things.name("net")).id
    moved.declare(renamed.replace("{data.name}", "{store.name}").replace("[net.name]", "[inner.name]"))
    moved.run("apply")
    assert things.client.networks.get(things.name("net")).id == network
    moved.run("destroy")
    assert things.containers() == []
    assert things.client.networks.list(names=[things.name("net")]) == []


def test_a_copied_project_touches_nothing_of_the_original(
    deployment: Deployment, things: Things, tmp_path: Path
) -> None:
    deployment.declare(*with_network_and_volume(things))
    deployment.run("apply")
    copy = Deployment(tmp_path / "copy", deployment.head)
    shutil.copytree(deployment.folder, copy.folder)
    for command in ("plan", "apply"):
        assert f"in {deployment.folder} made it" in copy.told(command, code=1)
    kept = copy.run("destroy")
    for word in ("web", "data", "net"):
        (note,) = resource(kept, word)["notes"]
        assert f"{things.name(word)} is kept: {deployment.folder} has it" in note
    assert things.container("web").status == "running"
    assert actions(deployment.run("plan")) == {}


def test_two_containers_may_swap_their_names(deployment: Deployment, things: Things) -> None:
    deployment.declare(things.declare("a"), things.declare("b"))
    deployment.run("apply")
    first, second = things.container("a").id, things.container("b").id
    swapped = [things.declare("a", name=things.name("b")), things.declare("b", name=things.name("a"))]
    deployment.declare(*swapped)
    assert actions(deployment.run("apply")) == {"a": "update", "b": "update"}
    assert (things.container("a").id, things.container("b").id) == (second, first)
    assert actions(deployment.run("plan")) == {}
    assert things.containers() == ["a", "b"]


def test_a_name_that_a_container_gives_up_goes_to_a_new_one(deployment: Deployment, things: Things) -> None:
    deployment.declare(things.declare("a"))
    deployment.run("apply")
    first = things.container("a").id
    deployment.declare(
        things.declare("a", name=things.name("old")), things.declare("b", name=things.name("a"))
    )
    assert actions(deployment.run("apply")) == {"a": "update", "b": "create"}
    assert things.container("old").id == first
    assert actions(deployment.run("plan")) == {}
    assert things.containers() == ["a", "old"]


def many(things: Things) -> str:
    names = [things.name(f"c{n}") for n in range(NUMBER)]
    fields = "description='one of many', image='clockwork-test/web:1', ports=[], volumes=[], env_vars={}"
    return f"many = [DockerResource(name=name, {fields}) for name in {names!r}]"


@pytest.mark.parametrize("with_engine", [False, True], ids=["engine-lives-on", "engine-too"])
def test_a_killed_run_is_finished_by_the_next(
    deployment: Deployment, things: Things, with_engine: bool
) -> None:
    deployment.declare(many(things))
    with under_way("apply", "--parallel", "2", cwd=deployment.folder) as process:
        wait_until(lambda: len(things.containers()) >= 3, process)
        kill(process, with_engine=with_engine)
    assert len(things.containers()) < NUMBER
    deployment.run("apply")
    assert things.containers() == [f"c{n}" for n in range(NUMBER)]
    assert actions(deployment.run("plan")) == {}
    deployment.run("destroy")
    assert things.containers() == []


def test_what_left_the_file_after_a_killed_run_goes_too(deployment: Deployment, things: Things) -> None:
    deployment.declare(many(things))
    with under_way("apply", "--parallel", "2", cwd=deployment.folder) as process:
        wait_until(lambda: len(things.containers()) >= 3, process)
        kill(process, with_engine=True)
    left = {f"many[{name.removeprefix('c')}]": "delete" for name in things.containers()}
    assert actions(deployment.run("destroy", "--dry-run")) == left
    deployment.declare(things.declare("web"))
    assert actions(deployment.run("plan")) == {**left, "web": "create"}
    assert actions(deployment.run("apply")) == {**left, "web": "create"}
    assert things.containers() == ["web"]


@pytest.mark.parametrize("killed_wish_again", [True, False])
def test_a_killed_replacement_is_ended_or_taken_back(
    killed_wish_again: bool, deployment: Deployment, things: Things
) -> None:
    first = things.declare("web")
    other = things.declare("web", image=STUBBORN, name=things.name("other"))
    deployment.declare(first)
    deployment.run("apply")
    before = things.container("web").id
    deployment.declare(other)
    with under_way("apply", cwd=deployment.folder) as process:
        wait_until(lambda: things.has("other"), process)
        kill(process, with_engine=True)
    deployment.declare(other if killed_wish_again else first)
    deployment.run("apply")
    if killed_wish_again:
        assert things.containers() == ["other"]
    else:
        assert things.containers() == ["web"]
        assert (things.container("web").id, things.container("web").status) == (before, "running")
    assert actions(deployment.run("plan")) == {}
    deployment.run("destroy")
    assert things.containers() == []


def test_a_destroy_after_a_killed_replacement_leaves_nothing(deployment: Deployment, things: Things) -> None:
    deployment.declare(things.declare("web"))
    deployment.run("apply")
    deployment.declare(things.declare("web", image=STUBBORN, name=things.name("other")))
    with under_way("apply", cwd=deployment.folder) as process:
        wait_until(lambda: things.has("other"), process)
        kill(process, with_engine=True)
    deployment.run("destroy")
    assert things.containers() == []


@pytest.mark.parametrize("undeclared", [False, True], ids=["destroy", "apply"])
def test_what_a_killed_run_left_does_not_hold_on_to_what_is_removed(
    undeclared: bool, deployment: Deployment, things: Things
) -> None:
    name = things.name("data")
    volume = f"data = DockerVolume(name={name!r})"
    web = things.declare("web", volumes=[f"{name}:/d"])
    deployment.declare(volume, web, "web.depends_on = [data]")
    with under_way("apply", cwd=deployment.folder) as process:
        wait_until(lambda: things.has("web"), process)
        kill(process, with_engine=True)
    if undeclared:
        deployment.declare(things.declare("other"))
    deployment.run("apply" if undeclared else "destroy")
    assert things.containers() == (["other"] if undeclared else [])
    assert things.client.volumes.list(filters={"name": name}) == []


def test_a_container_may_change_its_variable(deployment: Deployment, things: Things) -> None:
    deployment.declare(things.declare("web"))
    deployment.run("apply")
    deployment.declare(things.declare("site", name=things.name("web")))
    deployment.run("apply")
    assert things.containers() == ["web"]
    assert things.container("web").labels["clockwork.address"] == "site"
    assert actions(deployment.run("plan")) == {}
