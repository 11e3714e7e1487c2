"""Repositories behind SSH: a real server, a key that opens it, and what is told when one does not."""

from __future__ import annotations

import getpass
from collections.abc import Iterator
from pathlib import Path

import pytest

from support.deploying import Deployment
from support.repositories import Remote
from support.ssh_host import SSHServer, make_key

pytestmark = pytest.mark.engine


@pytest.fixture
def server(tmp_path: Path) -> Iterator[SSHServer]:
    """A host that one key opens."""
    with SSHServer.make(tmp_path / "ssh").running() as running:
        yield running


@pytest.fixture
def cloning(deployment: Deployment, server: SSHServer, remote: Remote) -> Deployment:
    """A project that clones over SSH, with the key that opens the host."""
    address = f"ssh://{getpass.getuser()}@127.0.0.1:{server.port}{remote.bare}"
    deployment.declare(f"site = GitRepoResource(repo_url={address!r}, dest='site')")
    log_in(deployment, server.key, server.known_hosts)
    return deployment


def log_in(deployment: Deployment, key: Path, known_hosts: Path) -> None:
    """Let git log in with a key alone, and trust the hosts of a file."""
    options = ("IdentitiesOnly=yes", f"UserKnownHostsFile={known_hosts}", "BatchMode=yes")
    told = " ".join(f"-o {option}" for option in options)
    deployment.environment = {"GIT_SSH_COMMAND": f"ssh -F /dev/null -i {key} {told}"}


def test_it_is_cloned_followed_and_removed(cloning: Deployment, remote: Remote) -> None:
    cloning.run("apply")
    assert cloning.read("site/README.md") == "hello\n"
    remote.commit("two", "2")
    assert cloning.run("plan")["summary"]["update"] == 1
    cloning.run("apply")
    assert cloning.read("site/two") == "2"
    cloning.run("destroy")
    assert cloning.names() == []


def test_a_key_that_does_not_open_the_host(cloning: Deployment, server: SSHServer, tmp_path: Path) -> None:
    make_key(tmp_path / "another")
    log_in(cloning, tmp_path / "another", server.known_hosts)
    told = cloning.told("plan", code=1)
    assert f"127.0.0.1:{server.port}" in told
    assert "needs a login that works" in told
    assert "Permission denied (publickey" in told
    assert "SSH key that the agent holds" in told
    assert cloning.names() == []


@pytest.mark.parametrize("known", ["nothing", "another key"])
def test_a_host_whose_key_nobody_vouches_for(
    known: str, cloning: Deployment, server: SSHServer, tmp_path: Path
) -> None:
    if known == "nothing":
        server.known_hosts.write_text("")
    else:
        make_key(tmp_path / "another")
        server.write_known_hosts(" ".join((tmp_path / "another.pub").read_text().split()[:2]))
    told = cloning.told("plan", code=1)
    assert f"the SSH host key of ssh://***@127.0.0.1:{server.port}" in told
    assert "is not known, or is another one" in told
    assert "compare the fingerprint it shows" in told
    assert server.logins() == 0
    assert cloning.names() == []


def test_a_repository_that_is_not_there(cloning: Deployment, remote: Remote) -> None:
    remote.bare.rename(remote.bare.with_name("elsewhere.git"))
    assert "there is no repository at ssh://" in cloning.told("plan", code=1)
