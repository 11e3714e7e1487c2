"""Containers through the command line and the real engine: made, left alone, changed, removed."""

from __future__ import annotations

import pytest

from support.deploying import Deployment, actions, resource
from support.docker_images import WEB_2
from support.docker_things import Things
from support.pages import page
from support.services import free_port

pytestmark = [pytest.mark.engine, pytest.mark.docker]


def test_a_container_is_made_answers_and_goes(deployment: Deployment, things: Things) -> None:
    port = free_port()
    deployment.declare(things.declare("web", ports=[f"{port}:80"], env_vars={"A": "1"}))
    assert actions(deployment.run("plan")) == {"web": "create"}
    assert actions(deployment.run("apply")) == {"web": "create"}
    assert page(f"http://127.0.0.1:{port}/") == "hello from one\n"
    made = things.container("web")
    assert "A=1" in made.attrs["Config"]["Env"]
    assert made.labels["clockwork.address"] == "web"
    assert actions(deployment.run("apply")) == {}
    assert things.container("web").id == made.id
    deployment.run("destroy")
    assert things.containers() == []


def test_the_order_of_ports_and_variables_is_no_change(deployment: Deployment, things: Things) -> None:
    one, two = free_port(), free_port()
    deployment.declare(things.declare("web", ports=[f"{one}:80", f"{two}:81"], env_vars={"A": "1", "B": "2"}))
    deployment.run("apply")
    deployment.declare(
        things.declare("web", ports=[f"{two}:81/tcp", f"0.0.0.0:{one}:80"], env_vars={"B": "2", "A": "1"})
    )
    assert actions(deployment.run("plan")) == {}


def test_limits_restart_and_name_change_in_place(deployment: Deployment, things: Things) -> None:
    deployment.declare(things.declare("web", memory="64m", cpus=0.5))
    deployment.run("apply")
    before = things.container("web").id
    deployment.declare(
        things.declare("web", name=things.name("site"), memory="128m", cpus=0.25, restart="on-failure:3")
    )
    changed = resource(deployment.run("apply"), "web")
    assert changed["action"] == "update"
    now = things.container("site")
    host = now.attrs["HostConfig"]
    assert now.id == before
    assert (host["Memory"], host["NanoCpus"]) == (128 << 20, 250_000_000)
    assert host["RestartPolicy"] == {"Name": "on-failure", "MaximumRetryCount": 3}
    assert things.containers() == ["site"]
    assert actions(deployment.run("plan")) == {}


def test_a_limit_that_is_lifted_needs_a_new_container(deployment: Deployment, things: Things) -> None:
    deployment.declare(things.declare("web", memory="64m"))
    deployment.run("apply")
    deployment.declare(things.declare("web"))
    assert actions(deployment.run("apply")) == {"web": "replace"}
    assert things.container("web").attrs["HostConfig"]["Memory"] == 0


def test_another_image_replaces_the_container(deployment: Deployment, things: Things) -> None:
    port = free_port()
    deployment.declare(things.declare("web", ports=[f"{port}:80"]))
    deployment.run("apply")
    deployment.declare(things.declare("web", ports=[f"{port}:80"], image=WEB_2))
    assert actions(deployment.run("apply")) == {"web": "replace"}
    assert page(f"http://127.0.0.1:{port}/") == "hello from two\n"
    assert things.containers() == ["web"]
    assert actions(deployment.run("plan")) == {}


def test_networks_are_joined_and_left_in_place(deployment: Deployment, things: Things) -> None:
    names = [things.name("one"), things.name("two")]
    networks = [f"net{n} = DockerNetwork(name={name!r})" for n, name in enumerate(names)]

    def web(*joined: str) -> str:
        declared = things.declare("web", networks=list(joined))
        return declared[:-1] + ", depends_on=[net0, net1])"

    deployment.declare(*networks, web(*names))
    deployment.run("apply")
    made = things.container("web")
    assert set(made.attrs["NetworkSettings"]["Networks"]) == set(names)
    deployment.declare(*networks, web(names[1]))
    assert actions(deployment.run("apply")) == {"web": "update"}
    now = things.container("web")
    assert (now.id, set(now.attrs["NetworkSettings"]["Networks"])) == (made.id, {names[1]})
    assert actions(deployment.run("plan")) == {}
    deployment.run("destroy")
    assert things.client.networks.list(names=names) == []


def test_one_that_should_not_run_is_made_and_left_stopped(deployment: Deployment, things: Things) -> None:
    deployment.declare(things.declare("web", start=False))
    deployment.run("apply")
    assert things.container("web").status == "created"
    assert actions(deployment.run("plan")) == {}
    deployment.declare(things.declare("web", start=True))
    assert actions(deployment.run("apply")) == {"web": "update"}
    assert things.container("web").status == "running"
    deployment.declare(things.declare("web", start=False))
    assert actions(deployment.run("apply")) == {"web": "update"}
    assert things.container("web").status == "exited"


def test_one_that_should_not_be_present_is_removed(deployment: Deployment, things: Things) -> None:
    deployment.declare(things.declare("web"))
    deployment.run("apply")
    deployment.declare(things.declare("web", present=False))
    assert actions(deployment.run("apply")) == {"web": "delete"}
    assert things.containers() == []
    assert actions(deployment.run("apply")) == {}


def test_volumes_and_folders_are_mounted(deployment: Deployment, things: Things) -> None:
    site = deployment.folder / "site"
    site.mkdir()
    (site / "index.html").write_text("from the project\n")
    port, data = free_port(), things.name("data")
    deployment.declare(
        f"data = DockerVolume(name={data!r})",
        things.declare("web", ports=[f"{port}:80"], volumes=["./site:/www:ro", f"{data}:/data"])[:-1]
        + ", depends_on=[data])",
    )
    deployment.run("apply")
    assert page(f"http://127.0.0.1:{port}/") == "from the project\n"
    mounts = {mount["Destination"]: mount for mount in things.container("web").attrs["Mounts"]}
    assert (mounts["/data"]["Name"], mounts["/www"]["RW"]) == (data, False)
    assert actions(deployment.run("plan")) == {}
    deployment.run("destroy")
    assert things.client.volumes.list(filters={"name": data}) == []


def test_a_mounted_path_that_is_missing_is_told_and_not_made(deployment: Deployment, things: Things) -> None:
    deployment.declare(things.declare("web", volumes=["./site:/www:ro"]))
    site = deployment.folder / "site"
    (note,) = resource(deployment.run("plan"), "web")["notes"]
    assert note.startswith(f"{site} does not exist")
    told = deployment.told("apply", code=1)
    assert f"the path {site} that it mounts does not exist" in told
    assert not site.exists()
    assert things.containers() == []
    site.mkdir()
    deployment.run("apply")
    assert things.containers() == ["web"]


def test_a_mounted_path_that_another_resource_makes_is_there_in_time(
    deployment: Deployment, things: Things
) -> None:
    fields = {"description": "", "path": "site/index.html", "content": "hello", "mode": "644"}
    site = f"from clockwork.resources import FileResource\npage = FileResource(**{fields})"
    web = things.declare("web", volumes=["./site:/www:ro"])[:-1] + ", depends_on=[page])"
    deployment.declare(site, web)
    assert resource(deployment.run("plan"), "web")["notes"] == []
    assert resource(deployment.run("apply"), "web")["notes"] == []


def test_writing_down_what_the_image_brings_changes_nothing(deployment: Deployment, things: Things) -> None:
    deployment.declare(things.declare("web", env_vars={"A": "1"}))
    deployment.run("apply")
    before = things.container("web").id
    command = ["/bin/httpd", "-f", "-p", "80", "-h", "/www"]
    written = {"command": command, "env_vars": {"GREETING": "hello", "A": "1"}}
    deployment.declare(things.declare("web", **written))
    assert actions(deployment.run("plan")) == {}
    deployment.run("apply")
    deployment.declare(things.declare("web", env_vars={"A": "1"}))
    assert actions(deployment.run("apply")) == {}
    assert things.container("web").id == before
    deployment.declare(things.declare("web", env_vars={}))
    assert actions(deployment.run("plan")) == {"web": "replace"}


def test_what_a_container_names_is_made_before_it_and_goes_after_it(
    deployment: Deployment, things: Things
) -> None:
    net, data = things.name("net"), things.name("data")
    web = things.declare("web", networks=[net], volumes=[f"{data}:/data"])
    deployment.declare(web, f"net = DockerNetwork(name={net!r})", f"data = DockerVolume(name={data!r})")
    deployment.run("apply")
    assert actions(deployment.run("destroy")) == {"web": "delete", "net": "delete", "data": "delete"}
    assert things.containers() == []
    assert things.client.networks.list(names=[net]) == []
