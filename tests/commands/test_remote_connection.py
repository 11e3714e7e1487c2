"""What the published type is told of a host, and what Pulumi's own program would understand."""

from __future__ import annotations

import getpass
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from clockwork import SSHHost
from clockwork_command.connection import connection_of, host_of, is_all_said
from support.deploying import Deployment, actions
from support.ssh_host import SSHServer, agent

KEY = "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIA"
OWN_CLASS = """
from typing import Any
from clockwork import Resource

class Job(Resource):
    name: str
    secret: str = ""

    def to_pulumi(self) -> Any:
        from pulumi_command import remote

        connection = remote.ConnectionArgs(
            host="127.0.0.1", port={port}, user="{user}", host_key="{key}", per_dial_timeout=10,
            private_key=self.secret or None,
        )
        return remote.Command(self.name, connection=connection, create="echo there")

job = Job(name="job"{more})
"""


def whole(name: str = "10.0.0.5", **fields: Any) -> SSHHost:
    """A host of which the published type says all."""
    return SSHHost(name, **{"user": "deploy", "port": 22, "host_key": KEY, **fields})


def test_a_host_in_the_words_of_the_published_type() -> None:
    assert connection_of(whole(jump=whole("bastion", port=2222))) == {
        "host": "10.0.0.5",
        "port": 22.0,
        "user": "deploy",
        "host_key": KEY,
        "per_dial_timeout": 10,
        "dial_error_limit": 10,
        "proxy": {
            "host": "bastion",
            "port": 2222.0,
            "user": "deploy",
            "host_key": KEY,
            "per_dial_timeout": 10,
            "dial_error_limit": 10,
        },
    }


@pytest.mark.parametrize("jump", [None, whole("bastion")])
def test_what_is_all_said_comes_back(jump: SSHHost | None) -> None:
    host = whole(jump=jump, connect_timeout_seconds=3)
    assert is_all_said(host)
    assert host_of(connection_of(host)) == host


@pytest.mark.parametrize(
    "host",
    [
        whole("web1", address="10.0.0.5"),
        whole(user=None),
        whole(port=None),
        whole(host_key=None),
        whole(identity_file="~/.ssh/deploy"),
        whole(known_hosts="~/.ssh/known"),
        whole(at_once=2),
        whole(connect_timeout_seconds=0.5),
        whole(jump=whole("bastion", host_key=None)),
        whole(jump=whole("bastion", jump=whole("gate"))),
    ],
)
def test_what_the_type_has_no_words_for(host: SSHHost) -> None:
    assert not is_all_said(host)


@pytest.fixture
def server(tmp_path: Path) -> Iterator[SSHServer]:
    """A server."""
    with SSHServer.make(tmp_path / "ssh").running() as server:
        yield server


@pytest.fixture
def remote(deployment: Deployment, server: SSHServer, tmp_path: Path) -> Iterator[Deployment]:
    """A project of a person with an agent that has the key."""
    (tmp_path / "me").mkdir()
    deployment.head = "from clockwork import SSHHost\n" + deployment.head
    with agent(tmp_path, server.key) as socket:
        deployment.environment = {"HOME": str(tmp_path / "me"), "SSH_AUTH_SOCK": socket}
        yield deployment


@pytest.mark.engine
@pytest.mark.parametrize(
    ("fields", "told"),
    [
        ("", "what this SSHHost says"),
        (", check='true'", "a check"),
        (", directory='/tmp'", "a directory"),
    ],
)
def test_pulumis_own_program_is_not_given_what_it_does_not_know(
    remote: Deployment, server: SSHServer, fields: str, told: str
) -> None:
    host = server.declared() if not fields else repr(_all_said(server)).replace("name=", "", 1)
    remote.declare(f"job = CommandResource(on={host}, create='true'{fields})")
    document = remote.run("plan", "--providers", "official", code=1)
    assert document["error"]["address"] == "job"
    assert f"Pulumi's own program does not know {told}" in document["error"]["message"]


@pytest.mark.engine
def test_a_class_of_ones_own_that_returns_a_published_command(remote: Deployment, server: SSHServer) -> None:
    words = {"port": server.port, "user": getpass.getuser(), "key": server.public_key}
    main = remote.folder / "main.py"
    main.write_text(OWN_CLASS.format(**words, more=""))
    assert actions(remote.run("apply")) == {"job": "create"}
    assert remote.run("outputs")["outputs"]["job"]["stdout"] == "there"
    assert actions(remote.run("apply")) == {}
    declared = repr(_all_said(server)).replace("name=", "", 1)
    remote.declare(f"job = CommandResource(on={declared}, create='echo there')")
    assert actions(remote.run("plan")) == {}
    main.write_text(OWN_CLASS.format(**words, more=", secret='a key'"))
    assert "privateKey: Clockwork's own provider does not serve this" in remote.told("plan", code=1)


def _all_said(server: SSHServer) -> SSHHost:
    return SSHHost("127.0.0.1", port=server.port, user=getpass.getuser(), host_key=server.public_key)
