"""Files on other machines: the rules of local files, over SFTP, through the command line."""

from __future__ import annotations

import os
import signal
import stat
from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path
from typing import Any

import pytest

from support.deploying import Deployment, actions, resource
from support.killing import kill, under_way, wait_until
from support.services import free_port
from support.ssh_host import SSHServer

HEAD = "from clockwork import SSHHost\nfrom clockwork.resources import FileResource\n"


@pytest.fixture(scope="module")
def keys(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Where the servers of a module keep what they need."""
    return tmp_path_factory.mktemp("ssh")


@pytest.fixture(scope="module")
def running(keys: Path) -> Iterator[SSHServer]:
    """A server that runs for all tests of the module."""
    with SSHServer.make(keys / "web1").running() as server:
        yield server


@pytest.fixture
def server(running: SSHServer) -> SSHServer:
    """The server, with an empty folder of the login."""
    os.system(f"rm -rf {running.home}/* {running.home}/.[a-z]*")
    return running


@pytest.fixture
def deployment(project: Path, tmp_path: Path) -> Deployment:
    """An empty project of a person without SSH settings."""
    deployment = Deployment(project, HEAD)
    (tmp_path / "me").mkdir()
    deployment.environment = {"HOME": str(tmp_path / "me"), "SSH_AUTH_SOCK": ""}
    return deployment


def file(on: str, path: str = "etc/shop.conf", content: str = "hello\n", **fields: Any) -> str:
    """The statement that declares a file on a host."""
    given = {"path": path, "content": content, "mode": "644", **fields}
    told = ", ".join(f"{name}={value!r}" for name, value in given.items())
    return f"conf = FileResource(description='a file', on={on}, {told})"


def test_a_file_is_made_changed_and_removed(server: SSHServer, deployment: Deployment) -> None:
    there = server.home / "etc/shop.conf"
    deployment.declare(file(server.declared(), content="ä\r\n", mode="600"))
    deployment.run("apply", "-y")
    assert there.read_bytes() == "ä\r\n".encode()
    assert stat.S_IMODE(there.stat().st_mode) == 0o600
    assert [path.name for path in there.parent.iterdir()] == ["shop.conf"]
    assert actions(deployment.run("plan")) == {}
    deployment.run("assert")

    deployment.declare(file(server.declared(), content="new\n", mode="644"))
    assert actions(deployment.run("apply", "-y")) == {"conf": "update"}
    assert there.read_text() == "new\n"

    (deployment.folder / "main.py").unlink()
    assert actions(deployment.run("destroy", "-y")) == {"conf": "delete"}
    assert list(server.home.iterdir()) == []


def test_paths_are_relative_to_the_folder_of_the_login(server: SSHServer, deployment: Deployment) -> None:
    host = server.declared()
    elsewhere = server.folder / "elsewhere.txt"
    deployment.declare(
        file(host, path="~/a.txt"),
        file(host, path="b/../b.txt").replace("conf", "other"),
        file(host, path=str(elsewhere)).replace("conf", "third"),
        "fourth = FileResource(description='', on=third.on, directory='.', name='c', content='', mode='644')",
    )
    deployment.run("apply", "-y")
    assert sorted(path.name for path in server.home.iterdir()) == ["a.txt", "b.txt", "c"]
    assert elsewhere.is_file()
    deployment.run("destroy", "-y")
    assert not elsewhere.exists()


def test_a_change_by_hand_is_seen_restored_and_kept(server: SSHServer, deployment: Deployment) -> None:
    there = server.home / "etc/shop.conf"
    deployment.declare(file(server.declared()))
    deployment.run("apply", "-y")
    there.write_text("edited")
    there.chmod(0o600)
    planned = resource(deployment.run("plan"), "conf")
    assert planned["notes"] == ["the content was changed by hand"]
    assert sorted(planned["changed"]) == ["content", "mode"]
    deployment.run("apply", "-y")
    assert there.read_text() == "hello\n"
    there.write_text("edited again")
    assert "web1:" in deployment.told("destroy", "-y")
    assert there.read_text() == "edited again"


def test_force_deletes_what_was_edited(server: SSHServer, deployment: Deployment) -> None:
    deployment.declare(file(server.declared()))
    deployment.run("apply", "-y")
    (server.home / "etc/shop.conf").write_text("edited")
    deployment.run("destroy", "-y", "--force")
    assert list(server.home.iterdir()) == []


def test_somebody_elses_file_is_refused_before_anything_changes(
    server: SSHServer, deployment: Deployment
) -> None:
    (server.home / "theirs.txt").write_text("theirs")
    host = server.declared()
    deployment.declare(file(host), file(host, path="theirs.txt").replace("conf", "other"))
    told = deployment.told("apply", "-y", code=1)
    assert f"web1:{server.home}/theirs.txt is already there, with another content or mode" in told
    assert [path.name for path in server.home.iterdir()] == ["theirs.txt"]

    deployment.declare(file(host, path="theirs.txt", adopt=True))
    assert "replaces the content of web1:" in deployment.told("plan")
    deployment.run("apply", "-y")
    assert (server.home / "theirs.txt").read_text() == "hello\n"


def test_an_identical_file_is_adopted_and_stays(server: SSHServer, deployment: Deployment) -> None:
    (server.home / "same.txt").write_text("hello\n")
    (server.home / "same.txt").chmod(0o644)
    deployment.declare(file(server.declared(), path="same.txt"))
    deployment.run("apply", "-y")
    deployment.run("destroy", "-y")
    assert (server.home / "same.txt").read_text() == "hello\n"


def test_folders_stay_where_something_else_is_in_them(server: SSHServer, deployment: Deployment) -> None:
    (server.home / "mine").mkdir()
    deployment.declare(file(server.declared(), path="mine/a/b/c.txt"))
    deployment.run("apply", "-y")
    (server.home / "mine/a/yours.txt").write_text("yours")
    deployment.run("destroy", "-y")
    assert [path.name for path in (server.home / "mine/a").iterdir()] == ["yours.txt"]


@pytest.mark.parametrize(
    ("path", "told"),
    [
        ("link", "link is a symbolic link to folder"),
        ("folder", "folder is a folder"),
        ("text/below.txt", "text is not a folder"),
    ],
)
def test_what_is_in_the_way_is_told(server: SSHServer, deployment: Deployment, path: str, told: str) -> None:
    (server.home / "folder").mkdir()
    (server.home / "link").symlink_to("folder")
    (server.home / "text").write_text("x")
    deployment.declare(file(server.declared(), path=path))
    assert f"web1:{server.home}/{told}" in deployment.told("plan", code=1)


def test_a_link_that_took_the_files_place_is_not_followed(server: SSHServer, deployment: Deployment) -> None:
    deployment.declare(file(server.declared(), path="a.txt"))
    deployment.run("apply", "-y")
    (server.home / "precious.txt").write_text("hello\n")
    (server.home / "a.txt").unlink()
    (server.home / "a.txt").symlink_to("precious.txt")
    deployment.run("destroy", "-y", "--force")
    assert (server.home / "precious.txt").read_text() == "hello\n"
    assert (server.home / "a.txt").is_symlink()


def test_what_the_account_may_not_write_is_found_in_plan(keys: Path, deployment: Deployment) -> None:
    with SSHServer.make(keys / "closed", "ForceCommand internal-sftp -R").running() as server:
        deployment.declare(file(server.declared()))
        deployment.run("plan")
        assert "web1:" in deployment.told("apply", "-y", code=1)


def test_a_host_that_is_down_fails_its_own_files_alone(server: SSHServer, deployment: Deployment) -> None:
    port = free_port()
    up, down = server.declared(), server.declared("web2", port=port)
    deployment.declare(file(up), file(down).replace("conf", "other"))
    planned = deployment.run("plan", code=1)
    assert resource(planned, "other")["error"].startswith(f"web2: nothing listens at 127.0.0.1 port {port}")
    assert resource(planned, "conf")["status"] == "planned"

    applied = deployment.run("apply", "-y", code=1)
    assert (server.home / "etc/shop.conf").is_file()
    assert resource(applied, "conf")["status"] == "done"
    assert resource(applied, "other")["status"] == "failed"
    assert [one["urn"].rpartition("::")[2] for one in deployment.state()] == ["conf"]


def test_a_host_that_went_down_keeps_its_files_in_the_state(
    server: SSHServer, deployment: Deployment, keys: Path
) -> None:
    other = SSHServer.make(keys / "goes-down")
    deployment.declare(file(server.declared()), file(other.declared("web2")).replace("conf", "other"))
    with other.running():
        deployment.run("apply", "-y")
    applied = deployment.run("apply", "-y", code=1)
    assert resource(applied, "conf")["action"] == "same"
    assert resource(applied, "other")["status"] == "failed"
    destroyed = deployment.run("destroy", "-y", code=1)
    assert resource(destroyed, "conf")["status"] == "done"
    assert not (server.home / "etc").exists()
    with other.running():
        deployment.run("destroy", "-y")
    assert list(other.home.iterdir()) == []


def test_a_host_at_another_address_is_the_same_and_another_name_is_not(
    server: SSHServer, deployment: Deployment, keys: Path
) -> None:
    deployment.declare(file(server.declared()))
    deployment.run("apply", "-y")
    with SSHServer.make(keys / "moved").running() as moved:
        deployment.declare(file(moved.declared()))
        assert actions(deployment.run("apply", "-y")) == {"conf": "update"}
        assert (moved.home / "etc/shop.conf").is_file()
        assert actions(deployment.run("plan")) == {}
        deployment.declare(file(server.declared("web2")))
        (server.home / "etc/shop.conf").unlink()
        assert actions(deployment.run("apply", "-y")) == {"conf": "replace"}
        assert (server.home / "etc/shop.conf").is_file()
        assert list(moved.home.iterdir()) == []


def test_nothing_of_a_key_is_kept(server: SSHServer, deployment: Deployment) -> None:
    deployment.declare(file(server.declared()))
    deployment.run("apply", "-y")
    secret = "".join(server.key.read_text().splitlines()[1:3])[:60]
    kept = [path for path in (deployment.folder / ".clockwork").rglob("*") if path.is_file()]
    assert kept
    assert not [path for path in kept if secret in path.read_text(errors="replace").replace("\n", "")]


def test_forty_files_on_four_hosts_need_four_connections(keys: Path, deployment: Deployment) -> None:
    with ExitStack() as stack:
        servers = [stack.enter_context(SSHServer.make(keys / f"many{n}").running()) for n in range(4)]
        hosts = ", ".join(server.declared(f"web{n}", at_once=2) for n, server in enumerate(servers))
        deployment.declare(
            f"hosts = [{hosts}]",
            "files = [FileResource(description='d', on=host, path=f'f/{n}', content=str(n), mode='644')",
            "         for host in hosts for n in range(10)]",
        )
        deployment.run("apply", "-y")
        assert [server.logins() for server in servers] == [1, 1, 1, 1]
        assert [len([*(server.home / "f").iterdir()]) for server in servers] == [10] * 4
        deployment.run("destroy", "-y")
        assert [[*server.home.iterdir()] for server in servers] == [[]] * 4


MANY = (
    "files = [FileResource(description='d', on={host}, path=f'f/{{n}}', content=str(n), mode='644')"
    " for n in range(300)]"
)


def test_a_killed_run_is_finished_by_the_next(server: SSHServer, deployment: Deployment) -> None:
    deployment.declare(MANY.format(host=server.declared(at_once=1)))
    with under_way("apply", "-y", cwd=deployment.folder, **deployment.environment) as process:
        wait_until(lambda: len([*server.home.glob("f/*")]) > 5, process)
        kill(process, with_engine=True)
    assert 0 < len([*server.home.glob("f/*")]) < 300
    deployment.run("apply", "-y")
    assert sorted(path.name for path in server.home.glob("f/*")) == sorted(map(str, range(300)))
    deployment.run("destroy", "-y")
    assert list(server.home.iterdir()) == []


def test_what_a_killed_run_made_and_nobody_wants_is_removed(
    server: SSHServer, deployment: Deployment
) -> None:
    deployment.declare(MANY.format(host=server.declared(at_once=1)))
    with under_way("apply", "-y", cwd=deployment.folder, **deployment.environment) as process:
        wait_until(lambda: len([*server.home.glob("f/*")]) > 5, process)
        kill(process, with_engine=True)
    deployment.run("destroy", "-y")
    assert list(server.home.iterdir()) == []


def test_a_run_that_is_stopped_ends_soon_and_in_good_order(server: SSHServer, deployment: Deployment) -> None:
    """The file that was under way may be there, with nobody who heard of it but the journal."""
    deployment.declare(MANY.format(host=server.declared(at_once=1)))
    with under_way("apply", "-y", cwd=deployment.folder, **deployment.environment) as process:
        wait_until(lambda: len([*server.home.glob("f/*")]) > 5, process)
        process.send_signal(signal.SIGINT)
        assert process.wait(timeout=60) == 130
    made = {path.name for path in server.home.glob("f/*")}
    assert len(deployment.state()) <= len(made) <= len(deployment.state()) + 1 < 300
    deployment.run("destroy", "-y")
    assert list(server.home.iterdir()) == []


def test_a_connection_that_is_cut_fails_what_was_under_way_and_no_more(
    server: SSHServer, deployment: Deployment
) -> None:
    deployment.declare(MANY.format(host=server.declared(at_once=4)))
    with under_way("apply", "-y", cwd=deployment.folder, **deployment.environment) as process:
        wait_until(lambda: len([*server.home.glob("f/*")]) > 5, process)
        server.freeze()
        wait_until(server.is_asked, process)
        assert server.cut()
        _output, errors = process.communicate()
    assert process.returncode == 1
    assert "web1: the connection was lost in the middle" in errors
    assert 250 < len([*server.home.glob("f/*")]) < 300
    deployment.run("apply", "-y")
    assert sorted(path.name for path in server.home.glob("f/*")) == sorted(map(str, range(300)))
    deployment.run("destroy", "-y")


def test_a_command_on_the_address_of_another_resource(server: SSHServer, deployment: Deployment) -> None:
    host = server.declared().replace("address='127.0.0.1'", "address=where.ref('content')")
    deployment.declare(
        "where = FileResource(description='an address', path='where', content='127.0.0.1', mode='644')",
        file(host),
    )
    deployment.run("apply", "-y")
    assert (server.home / "etc/shop.conf").is_file()
    deployment.run("destroy", "-y")
