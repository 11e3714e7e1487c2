"""Volumes and networks: what a renamed variable keeps, and what belongs to somebody else."""

from __future__ import annotations

import pytest

from support.deploying import Deployment, actions, resource
from support.docker_images import STUBBORN, WEB, make_image
from support.docker_things import Things

pytestmark = [pytest.mark.engine, pytest.mark.docker]


def in_volume(things: Things, name: str, command: str) -> str:
    """Run a command of the shell in a container that mounts a volume at ``/d``."""
    mounted = {name: {"bind": "/d", "mode": "rw"}}
    told = things.client.containers.run(WEB, ["/bin/sh", "-c", command], volumes=mounted, remove=True)
    return str(told.decode())


def test_a_volume_whose_variable_is_renamed_keeps_what_is_in_it(
    deployment: Deployment, things: Things
) -> None:
    name = things.name("data")
    deployment.declare(f"data = DockerVolume(name={name!r})")
    deployment.run("apply")
    in_volume(things, name, "echo precious > /d/file")
    deployment.declare(f"store = DockerVolume(name={name!r})")
    planned, applied = deployment.run("plan"), deployment.run("apply")
    for seen in (planned, applied):
        assert "is there already, made for data" in resource(seen, "store")["notes"][0]
    assert applied["summary"]["kept"] == 1
    assert in_volume(things, name, "cat /d/file") == "precious\n"
    assert actions(deployment.run("plan", "--refresh")) == {}
    deployment.run("destroy")
    assert things.client.volumes.list(filters={"name": name}) == []


def test_a_volume_in_use_may_be_renamed_in_the_file(deployment: Deployment, things: Things) -> None:
    name = things.name("data")
    web = things.declare("web", volumes=[f"{name}:/d"])
    deployment.declare(f"data = DockerVolume(name={name!r})", web, "web.depends_on = [data]")
    deployment.run("apply")
    deployment.declare(f"store = DockerVolume(name={name!r})", web, "web.depends_on = [store]")
    deployment.run("apply")
    assert things.container("web").status == "running"
    assert actions(deployment.run("plan")) == {}
    deployment.run("destroy")


def test_a_volume_that_cannot_change_and_keep_its_content_is_refused_in_plan(
    deployment: Deployment, things: Things
) -> None:
    name = things.name("data")
    web = things.declare("web", volumes=[f"{name}:/d"])
    deployment.declare(f"data = DockerVolume(name={name!r})", web, "web.depends_on = [data]")
    deployment.run("apply")
    in_volume(things, name, "echo precious > /d/file")
    deployment.declare(
        f"data = DockerVolume(name={name!r}, labels={{'a': 'b'}})", web, "web.depends_on = [data]"
    )
    for command in ("plan", "apply"):
        assert "cannot change its labels and keep what is in it" in deployment.told(command, code=1)
    assert in_volume(things, name, "cat /d/file") == "precious\n"
    assert things.container("web").status == "running"
    deployment.run("destroy")


def test_a_volume_that_somebody_made_in_place_of_ours_is_never_touched(
    deployment: Deployment, things: Things
) -> None:
    name = things.name("data")
    deployment.declare(f"data = DockerVolume(name={name!r})")
    deployment.run("apply")
    things.client.volumes.get(name).remove()
    things.client.volumes.create(name, labels={"owner": "bob"})
    assert "is not this resource's" in deployment.told("plan", "--refresh", code=1)
    deployment.run("destroy")
    assert things.client.volumes.get(name).attrs["Labels"] == {"owner": "bob"}


def test_a_network_whose_variable_is_renamed_is_left_as_it_is(deployment: Deployment, things: Things) -> None:
    name = things.name("net")
    web = things.declare("web", networks=[name])
    deployment.declare(f"net = DockerNetwork(name={name!r})", web, "web.depends_on = [net]")
    deployment.run("apply")
    before = things.client.networks.get(name).id
    deployment.declare(f"inner = DockerNetwork(name={name!r})", web, "web.depends_on = [inner]")
    applied = deployment.run("apply")
    assert resource(applied, "web")["action"] == "same"
    network = things.client.networks.get(name)
    assert network.id == before
    assert [one.name for one in network.containers] == [things.name("web")]
    deployment.run("destroy")
    assert things.client.networks.list(filters={"name": name}) == []


@pytest.mark.parametrize("command", ["destroy", "apply"])
def test_a_network_with_somebody_elses_container_in_it_stays(
    command: str, deployment: Deployment, things: Things
) -> None:
    name = things.name("net")
    web = [things.declare("web", networks=[name]), "web.depends_on = [net]"]
    deployment.declare(f"net = DockerNetwork(name={name!r})", *web)
    deployment.run("apply")
    foreign = things.client.containers.run(STUBBORN, name=things.name("foreign"), network=name, detach=True)
    deployment.declare(f"net = DockerNetwork(name={name!r}, internal=True)", *web)
    told = deployment.told(command, code=1)
    assert f"is still used by {things.name('foreign')}" in told
    foreign.reload()
    assert list(foreign.attrs["NetworkSettings"]["Networks"]) == [name]
    foreign.remove(force=True)
    deployment.run("destroy")


def test_a_container_that_joins_its_network_made_anew_was_not_changed_by_hand(
    deployment: Deployment, things: Things
) -> None:
    name = things.name("net")
    web = [things.declare("web", networks=[name]), "web.depends_on = [net]"]
    deployment.declare(f"net = DockerNetwork(name={name!r})", *web)
    deployment.run("apply")
    deployment.declare(f"net = DockerNetwork(name={name!r}, internal=True)", *web)
    told = deployment.told("apply")
    assert "by hand" not in told
    assert list(things.container("web").attrs["NetworkSettings"]["Networks"]) == [name]
    deployment.run("destroy")


def test_what_a_volume_without_a_name_holds_goes_on_to_the_next_container(
    deployment: Deployment, things: Things
) -> None:
    image = f"{things.prefix}:volume"
    command = 'CMD ["/bin/sh","-c","while true; do sleep 1; done"]'
    make_image(things.client, image, {"data/first": "from the image"}, ["VOLUME /data", command])
    deployment.declare(things.declare("web", image=image))
    deployment.run("apply")
    (mounted,) = things.container("web").attrs["Mounts"]
    things.container("web").exec_run(["/bin/sh", "-c", "echo precious > /data/file"])
    first = things.container("web").id
    for number in ("1", "2"):
        deployment.declare(things.declare("web", image=image, env_vars={"N": number}))
        assert actions(deployment.run("apply")) == {"web": "replace"}
        told = things.container("web").exec_run(["cat", "/data/file"])
        assert (told.exit_code, told.output) == (0, b"precious\n")
    assert things.container("web").id != first
    assert actions(deployment.run("plan", "--refresh")) == {}
    assert [one["Name"] for one in things.container("web").attrs["Mounts"]] == [mounted["Name"]]
    deployment.run("destroy")
    assert things.client.volumes.list(filters={"name": mounted["Name"]}) == []
    things.client.images.remove(image, force=True)


def test_a_volume_in_use_may_get_another_name(deployment: Deployment, things: Things) -> None:
    old, new = things.name("old"), things.name("new")
    for name in (old, new):
        web = things.declare("web", volumes=[f"{name}:/d"])
        deployment.declare(f"data = DockerVolume(name={name!r})", web, "web.depends_on = [data]")
        deployment.run("apply")
        assert things.container("web").attrs["Mounts"][0]["Name"] == name
    assert {volume.name for volume in things.client.volumes.list(filters={"name": things.prefix})} == {new}
    assert actions(deployment.run("plan")) == {}
    deployment.run("destroy")


def test_a_mounted_file_with_other_content_is_seen_in_the_container(
    deployment: Deployment, things: Things
) -> None:
    for content in ("one", "two"):
        deployment.declare(
            "from clockwork.resources import FileResource",
            f"page = FileResource(description='p', path='page.html', content={content!r}, mode='644')",
            things.declare("web"),
            "from clockwork.connections import File",
            "web.connect(File(to=page, at='/www/index.html'))",
        )
        planned = deployment.run("plan")
        deployment.run("apply")
        assert things.container("web").exec_run(["cat", "/www/index.html"]).output == content.encode()
    assert actions(planned) == {"page": "update", "web": "replace"}
    assert actions(deployment.run("plan")) == {}
    deployment.run("destroy")
