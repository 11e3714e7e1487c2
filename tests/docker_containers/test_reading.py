"""The provider on real containers, outside the engine: what it reads of them."""

from __future__ import annotations

import asyncio
from collections.abc import Coroutine
from pathlib import Path
from typing import Any, TypeVar

import pytest
from docker import APIClient
from docker.errors import APIError
from requests import Response

from clockwork.providers.embedded import Call
from clockwork_docker.provider import Container, Network, Volume
from clockwork_docker.provider.models import (
    ContainerInputs,
    NetworkAttachment,
    NetworkInputs,
    VolumeInputs,
)
from clockwork_docker.provider.states import ContainerState
from support.docker_images import WEB
from support.docker_things import Things

pytestmark = pytest.mark.docker
T = TypeVar("T")


def run(work: Coroutine[Any, Any, T]) -> T:
    return asyncio.run(work)


def call(kind: type, project: Path, name: str = "web") -> Any:
    token = kind.type_token  # type: ignore[attr-defined]
    return kind.for_call(Call(f"urn:pulumi:dev::tests::{token}::{name}", name, project))  # type: ignore[attr-defined]


@pytest.fixture
def made(things: Things, tmp_path: Path) -> ContainerState:
    """A container with limits."""
    wish = ContainerInputs(image=WEB, name=things.name("web"), memory=64, cpus="0.5", labels=[])
    return run(call(Container, tmp_path).create(wish))  # type: ignore[no-any-return]


def read(made: ContainerState, project: Path) -> ContainerState | None:
    return run(call(Container, project).read(made))  # type: ignore[no-any-return]


def test_one_that_is_as_it_was_reads_the_same(made: ContainerState, tmp_path: Path) -> None:
    assert read(made, tmp_path) == made


def test_a_stopped_one_reads_as_stopped(made: ContainerState, things: Things, tmp_path: Path) -> None:
    things.container("web").kill()
    found = read(made, tmp_path)
    assert found is not None
    assert (found.start, found.exit_code, found.memory) == (False, 137, 64)


def test_edits_are_read(made: ContainerState, things: Things, tmp_path: Path) -> None:
    container = things.container("web")
    container.update(mem_limit="128m", memswap_limit="256m", restart_policy={"Name": "always"})
    container.rename(things.name("other"))
    network = things.client.networks.create(things.name("net"))
    network.connect(container)
    found = read(made, tmp_path)
    assert found is not None
    assert (found.memory, found.cpus, found.restart) == (128, "0.5", "always")
    assert found.name == things.name("other")
    assert {one.name for one in found.networks_advanced or []} == {"bridge", things.name("net")}


def test_what_is_gone_reads_as_nothing(made: ContainerState, things: Things, tmp_path: Path) -> None:
    things.container("web").remove(force=True)
    assert read(made, tmp_path) is None


def test_outputs_tell_how_it_is_reached(made: ContainerState) -> None:
    (network,) = made.network_datas or []
    assert network.network_name == "bridge"
    assert network.ip_address
    assert call(Container, Path()).identify(made) == made.id


def test_aliases_and_addresses_are_given(things: Things, tmp_path: Path) -> None:
    name = things.name("net")
    network = run(call(Network, tmp_path, "net").create(NetworkInputs(name=name)))
    attached = NetworkAttachment(name=name, aliases=["shop"])
    wish = ContainerInputs(image=WEB, name=things.name("web"), networks_advanced=[attached])
    made = run(call(Container, tmp_path).create(wish))
    found = things.container("web").attrs["NetworkSettings"]["Networks"][name]
    assert "shop" in found["Aliases"]
    renamed = wish.model_copy(update={"networks_advanced": [NetworkAttachment(name=name, aliases=["store"])]})
    run(call(Container, tmp_path).update(made, renamed))
    assert "store" in things.container("web").attrs["NetworkSettings"]["Networks"][name]["Aliases"]
    run(call(Network, tmp_path, "net").delete(network))
    assert things.client.networks.list(names=[name]) == []


def test_a_volume_in_use_is_not_removed(things: Things, tmp_path: Path) -> None:
    name = things.name("data")
    volume = run(call(Volume, tmp_path, "data").create(VolumeInputs(name=name)))
    things.client.containers.create(WEB, name=things.name("user"), volumes=[f"{name}:/data"])
    with pytest.raises(Exception, match=f"still used by {things.name('user')}"):
        run(call(Volume, tmp_path, "data").delete(volume))
    things.container("user").remove()
    run(call(Volume, tmp_path, "data").delete(volume))
    assert run(call(Volume, tmp_path, "data").read(volume)) is None


def test_calls_on_what_is_gone_are_no_failure(made: ContainerState, things: Things, tmp_path: Path) -> None:
    things.container("web").remove(force=True)
    run(call(Container, tmp_path).delete(made))


def test_a_network_that_the_engine_lets_go_of_late_is_removed(
    things: Things, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """What the engine answers for a moment after the removal of many containers cannot be had at will."""
    made = run(call(Network, tmp_path, "net").create(NetworkInputs(name=things.name("net"))))
    refusals, remove = [1, 2], APIClient.remove_network

    def remove_late(api: APIClient, network: str) -> None:
        if refusals:
            refusals.pop()
            response = Response()
            response.status_code = 403
            raise APIError("Forbidden", response=response, explanation="it has active endpoints")
        remove(api, network)

    monkeypatch.setattr(APIClient, "remove_network", remove_late)
    run(call(Network, tmp_path, "net").delete(made))
    assert refusals == []
    assert things.client.networks.list(names=[things.name("net")]) == []
