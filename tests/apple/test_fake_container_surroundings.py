"""The stand-in's volumes, networks, addresses and ports against what is known of the real program."""

from __future__ import annotations

import json
import socket
import urllib.error
import urllib.request
from pathlib import Path

import pytest

from support.fake_container.machine import FakeContainer
from support.services import free_port


def fetched(url: str) -> str:
    with urllib.request.urlopen(url, timeout=10) as answer:
        return str(answer.read().decode())


def test_a_named_volume_is_made_and_kept(fake: FakeContainer) -> None:
    done = fake.call("create", "--name", "db", "-v", "data:/data:ro", "nginx:alpine")
    assert "named volume was automatically created" in done.stderr
    mount = fake.inspect("db")["configuration"]["mounts"][0]
    assert mount["type"]["volume"]["name"] == "data"
    assert mount["source"].endswith("/volumes/data/volume.img")
    assert mount["options"] == ["ro"]
    assert fake.call("volume", "delete", "data").stderr.splitlines()[-1] == (
        'Error: delete failed for one or more volumes: ["data"]'
    )
    fake("delete", "db")
    assert fake("volume", "list", "-q") == "data\n"
    assert fake.error("volume", "create", "data") == "Error: volume 'data' already exists"
    assert fake.error("volume", "inspect", "a") == "Error: volume not found: a"
    assert fake.error("volume", "delete", "x") == 'Error: failed to delete one or more volumes: ["x"]'


def test_a_bound_path_must_exist(fake: FakeContainer, tmp_path: Path) -> None:
    missing = tmp_path / "missing"
    assert fake.call("create", "-v", f"{missing}:/www", "nginx:alpine").stderr.splitlines()[-1] == (
        f"Error: path '{missing}' does not exist"
    )
    fake("create", "--name", "web", "-v", f"{tmp_path}:/www", "nginx:alpine")
    mount = fake.inspect("web")["configuration"]["mounts"][0]
    assert (mount["type"], mount["source"]) == ({"virtiofs": {}}, str(tmp_path))


def test_the_default_network_is_always_there(fake: FakeContainer) -> None:
    labels = json.loads(fake("network", "inspect", "default"))[0]["configuration"]["labels"]
    assert labels == {"com.apple.container.resource.role": "builtin"}
    assert fake.error("network", "delete", "default") == "Error: cannot delete a builtin network: default"


def test_networks_refuse_what_the_program_refuses(fake: FakeContainer) -> None:
    assert fake("network", "create", "back", "--label", "a.b=c", "--subnet", "10.9.0.0/24") == "back\n"
    assert fake.error("network", "create", "back") == "Error: network back already exists"
    assert fake.error("network", "create", "Back") == "Error: invalid network name: Back"
    assert fake.error("network", "create", "none") == "Error: network none is not a valid name"
    assert fake.error("network", "create", "b2", "--subnet", "10.9.0.0/24") == (
        "Error: IPv4 subnet 10.9.0.0/24 overlaps an existing network with subnet 10.9.0.0/24"
    )
    assert fake.error("network", "inspect", "a") == "Error: network not found: a"
    assert fake.error("network", "delete", "back", "x") == (
        'Error: failed to delete one or more networks: ["x"]'
    )
    fake("create", "--name", "web", "--network", "back", "nginx:alpine")
    told = fake.error("network", "delete", "back")
    assert "cannot delete subnet back with referring containers: web" in told
    assert told.endswith('Error: delete failed for one or more networks: ["back"]')
    assert fake.error("create", "--network", "nope", "nginx:alpine") == "Error: network nope not found"


def test_before_macos_26_there_is_one_network(fake: FakeContainer) -> None:
    fake.turn(macos=15)
    assert fake.error("network", "list", code=64).startswith("Error: Plugin 'container-network' not found.")
    told = fake.call("run", "-d", "--network", "back", "nginx:alpine").stderr
    assert told.endswith("Error: non-default network configuration requires macOS 26 or newer\n")


def test_addresses_rotate_and_start_at_2(fake: FakeContainer) -> None:
    fake("run", "-d", "--name", "web", "nginx:alpine")
    first = fake.inspect("web")["status"]["networks"][0]
    assert first["ipv4Address"] == "192.168.64.2/24"
    assert first["macAddress"][:2] in ("f2", "f6", "fa", "fe")
    fake("stop", "web")
    stopped = fake.inspect("web")["status"]
    assert (stopped["networks"], stopped["state"]) == ([], "stopped")
    assert stopped["startedDate"]
    fake("start", "web")
    assert fake.inspect("web")["status"]["networks"][0]["ipv4Address"] == "192.168.64.3/24"


def test_a_taken_port_is_found_when_the_container_boots(fake: FakeContainer) -> None:
    with socket.create_server(("0.0.0.0", 0)) as other:
        port = other.getsockname()[1]
        fake("create", "--name", "made", "-p", f"{port}:80", "nginx:alpine")
        busy = (
            'Error: failed to bootstrap container (cause: "internalError: "failed to bootstrap container'
            ' {} (cause: "unknown: "bind(descriptor:ptr:bytes:): Address already in use (errno: 48)"")"")'
        )
        assert fake.error("start", "made") == busy.format("made")
        assert fake.error("run", "-d", "--name", "ran", "-p", f"{port}:80", "nginx:alpine") == (
            busy.format("ran")
        )
    assert fake.names() == ["made"]
    assert fake.state_of("made") == "stopped"


def test_a_port_can_be_declared_taken(fake: FakeContainer) -> None:
    fake.turn(taken_ports=[8080])
    told = fake.call("run", "-d", "--name", "web", "-p", "8080:80", "nginx:alpine").stderr
    assert "Address already in use (errno: 48)" in told
    assert fake.names() == []


@pytest.mark.parametrize(
    ("port", "told"),
    [
        ("80", "invalid publish value: 80"),
        ("0:80", "invalid publish host port range: 0"),
        ("x:80", "invalid publish host port: x"),
        ("80:80/sctp", "invalid publish protocol: sctp"),
        ("1.2.3:80:80", "invalid publish IPv4 address: 1.2.3:80:80"),
        ("8000-8001:80", "publish host and container port counts are not equal: 8000-8001:80"),
    ],
)
def test_ports_that_are_none(fake: FakeContainer, port: str, told: str) -> None:
    assert fake.call("create", "-p", port, "nginx:alpine").stderr.splitlines()[-1] == f"Error: {told}"


def test_host_ports_may_not_overlap_even_on_two_addresses(fake: FakeContainer) -> None:
    ports = ("-p", "127.0.0.1:8080:80", "-p", "[::1]:8080:81")
    assert fake.call("create", *ports, "nginx:alpine").stderr.splitlines()[-1] == (
        "Error: host ports for different publish port specs may not overlap"
    )


def test_a_published_port_accepts_before_the_app_listens(fake: FakeContainer, tmp_path: Path) -> None:
    ready, port = tmp_path / "ready", free_port()
    fake.image("docker.io/library/slow:1", serves=80, ready_when=str(ready))
    fake("run", "-d", "--name", "slow", "-p", f"127.0.0.1:{port}:80", "slow:1")
    with socket.create_connection(("127.0.0.1", port)) as connection:
        assert connection.recv(1) == b""
    ready.touch()
    assert fetched(f"http://127.0.0.1:{port}/") == "It works."


def test_a_mounted_folder_is_served(fake: FakeContainer, tmp_path: Path) -> None:
    (tmp_path / "index.html").write_text("hello")
    port = free_port()
    volume = f"{tmp_path}:/usr/share/nginx/html:ro"
    fake("run", "-d", "--name", "web", "-p", f"{port}:80", "-v", volume, "nginx:alpine")
    assert fetched(f"http://127.0.0.1:{port}/") == "hello"
    with pytest.raises(urllib.error.HTTPError, match="404"):
        fetched(f"http://127.0.0.1:{port}/nothing")
