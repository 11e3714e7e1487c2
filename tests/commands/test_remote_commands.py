"""Commands on other machines, over SSH: the rules of those on this one."""

from __future__ import annotations

import json
import os
import signal
from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path
from typing import Any

import pytest

from support.deploying import Deployment, actions, resource
from support.killing import Held, is_running, kill, under_way, wait_until
from support.services import free_port
from support.ssh_host import SSHServer, make_key

pytestmark = pytest.mark.engine


@pytest.fixture
def server(tmp_path: Path) -> Iterator[SSHServer]:
    """A server whose login starts in its own folder."""
    with SSHServer.make(tmp_path / "ssh").running() as server:
        yield server


@pytest.fixture
def remote(deployment: Deployment, tmp_path: Path) -> Deployment:
    """A project of a person without SSH settings."""
    (tmp_path / "me").mkdir()
    deployment.head = "from clockwork import SSHHost\n" + deployment.head
    deployment.environment = {"HOME": str(tmp_path / "me"), "SSH_AUTH_SOCK": ""}
    return deployment


def command(on: str, create: str, name: str = "job", **fields: Any) -> str:
    """The statement that declares a command on a host."""
    told = "".join(f", {field}={value!r}" for field, value in fields.items())
    return f"{name} = CommandResource(on={on}, create={create!r}{told})"


def at(server: SSHServer, text: str) -> str:
    """A command that runs in the folder of the server."""
    return f"cd {server.home}; {text}"


def log(server: SSHServer) -> list[str]:
    return (server.home / "log").read_text(encoding="utf-8").splitlines()


def test_a_command_runs_there_once_and_is_undone(remote: Deployment, server: SSHServer) -> None:
    create = at(server, 'echo "run $A" >> log; echo hello; cat')
    delete = at(server, 'echo "undone $PULUMI_COMMAND_STDOUT" >> log')
    remote.declare(command(server.declared(), create, delete=delete, environment={"A": "b c"}, stdin="typed"))
    assert actions(remote.run("plan")) == {"job": "create"}
    assert [*server.home.iterdir()] == []
    assert actions(remote.run("apply")) == {"job": "create"}
    assert actions(remote.run("apply")) == {}
    assert remote.run("outputs")["outputs"]["job"]["stdout"] == "hello\ntyped"
    remote.run("destroy")
    assert log(server) == ["run b c", "undone hello", "typed"]


def test_changes_run_update_and_triggers_run_anew(remote: Deployment, server: SSHServer) -> None:
    def declare(**fields: Any) -> None:
        told = {"delete": at(server, "echo undone >> log"), **fields}
        remote.declare(command(server.declared(), at(server, "echo create >> log"), **told))

    declare(triggers=[1], environment={"A": "1"})
    remote.run("apply")
    declare(triggers=[1], environment={"A": "2"}, update=at(server, "echo update $A >> log"))
    assert actions(remote.run("apply")) == {"job": "update"}
    declare(triggers=[1], environment={"A": "2"})
    remote.run("apply")
    declare(triggers=[2], environment={"A": "2"})
    assert actions(remote.run("apply")) == {"job": "replace"}
    assert log(server) == ["create", "update 2", "create", "undone", "create"]


def test_a_check_is_asked_there(remote: Deployment, server: SSHServer) -> None:
    made = server.home / "made"
    made.touch()
    check = f"test -e {made}"
    remote.declare(command(server.declared(), at(server, "touch made; echo run >> log"), check=check))
    assert "so already" in str(remote.run("apply")["resources"][0]["notes"])
    made.unlink()
    assert actions(remote.run("plan")) == {"job": "update"}
    assert not {one["name"]: one["passed"] for one in remote.run("assert", code=1)["assertions"]}["check"]
    remote.run("apply")
    assert log(server) == ["run"]
    remote.run("assert")


def test_a_folder_there(remote: Deployment, server: SSHServer) -> None:
    remote.declare(command(server.declared(), "pwd", directory=str(server.home)))
    remote.run("apply")
    assert remote.run("outputs")["outputs"]["job"]["stdout"] == str(server.home)
    remote.declare(command(server.declared(), "pwd", directory="no/such"))
    assert "web1:no/such: it is not a folder" in remote.told("apply", code=1)


def test_one_that_fails_hangs_or_prints_what_is_no_text(remote: Deployment, server: SSHServer) -> None:
    remote.declare(command(server.declared(), r"printf 'why \377\033[31m\n' >&2; exit 3"))
    told = remote.told("apply", code=1)
    assert "ended with exit code 3" in told
    assert r"why \xff" in told
    assert "\x1b[31m" not in told
    hangs = at(server, "sleep 1000 & echo $! > pid; wait")
    remote.declare(command(server.declared(), hangs, timeout_seconds=0.5))
    assert "did not end within 0.5 seconds" in remote.told("apply", code=1)
    assert not is_running((server.home / "pid").read_text())
    remote.declare(command(server.declared(), r"printf '\377\000ok\n'"))
    assert json.dumps(remote.run("apply"))
    assert r"\xff" in remote.run("outputs")["outputs"]["job"]["stdout"]


def test_a_host_that_lets_nobody_in_is_found_in_plan(remote: Deployment, server: SSHServer) -> None:
    make_key(server.folder / "stranger")
    (server.folder / "nothing").touch()
    for fields, told in (
        ({"port": free_port()}, "nothing listens at 127.0.0.1"),
        ({"identity_file": server.folder / "stranger"}, "accepts no key"),
        ({"known_hosts": server.folder / "nothing"}, "the host's key is not known"),
    ):
        up = command(server.declared("web1"), "true", "up")
        remote.declare(up, command(server.declared("web2", **fields), at(server, "echo run >> log")))
        planned = remote.run("plan", code=1)
        assert told in resource(planned, "job")["error"]
        assert resource(planned, "up")["status"] == "planned"
        applied = remote.run("apply", code=1)
        assert resource(applied, "up")["status"] == "done"
        assert resource(applied, "job")["status"] == "failed"
        remote.run("destroy")
    assert [*server.home.iterdir()] == []


def test_a_connection_that_is_lost_fails_the_command(remote: Deployment, server: SSHServer) -> None:
    remote.declare(
        command(server.declared(), at(server, "echo run >> log; until test -e go; do sleep 0.1; done"))
    )
    with under_way("apply", cwd=remote.folder, **remote.environment) as process:
        wait_until(lambda: (server.home / "log").exists(), process)
        server.cut()
        _output, errors = process.communicate()
    assert process.returncode == 1
    assert "web1: the connection was lost in the middle" in errors
    (server.home / "go").touch()
    assert actions(remote.run("apply")) == {"job": "create"}
    assert log(server) == ["run", "run"]


def test_a_killed_run_leaves_no_command_running(remote: Deployment, server: SSHServer) -> None:
    held = Held(server.home / "held")
    hangs = at(server, "trap '' TERM; exec 9>held; sleep 1000 & echo >&9; wait")
    remote.declare(command(server.declared(), hangs))
    with under_way("apply", cwd=remote.folder, **remote.environment) as process:
        wait_until(held.is_held, process)
        kill(process, with_engine=True)
        held.wait_for_end()


def test_what_a_command_left_behind_outlives_the_connection(remote: Deployment, server: SSHServer) -> None:
    remote.declare(command(server.declared(), at(server, "sleep 1000 & echo $! > pid")))
    remote.run("apply")
    pid = (server.home / "pid").read_text()
    assert is_running(pid)
    os.kill(int(pid), signal.SIGKILL)


def test_a_killed_run_runs_it_again_and_says_so(remote: Deployment, server: SSHServer) -> None:
    remote.declare(
        command(server.declared(), at(server, "echo run >> log; until test -e go; do sleep 0.1; done"))
    )
    with under_way("apply", cwd=remote.folder, **remote.environment) as process:
        wait_until(lambda: (server.home / "log").exists(), process)
        kill(process, with_engine=True)
    (server.home / "go").touch()
    document = remote.run("apply")
    assert "was killed" in str(resource(document, "job")["notes"])
    assert log(server) == ["run", "run"]
    assert actions(remote.run("plan")) == {}


def test_a_run_that_is_stopped_stops_the_command_there(remote: Deployment, server: SSHServer) -> None:
    hangs = at(server, "sleep 1000 & echo $! > pid.new; mv pid.new pid; wait")
    remote.declare(command(server.declared(), hangs))
    with under_way("apply", cwd=remote.folder, **remote.environment) as process:
        wait_until(lambda: (server.home / "pid").exists(), process)
        process.send_signal(signal.SIGINT)
        assert process.wait(timeout=60) == 130
    assert not is_running((server.home / "pid").read_text())


def test_forty_commands_on_four_hosts_keep_to_what_each_takes(remote: Deployment, tmp_path: Path) -> None:
    with ExitStack() as stack:
        servers = [stack.enter_context(SSHServer.make(tmp_path / f"many{n}").running()) for n in range(4)]
        hosts = ", ".join(server.declared(f"web{n}", at_once=2) for n, server in enumerate(servers))
        counted = "mkdir here.$$; ls -d here.* | wc -l >> log; sleep 0.05; rmdir here.$$"
        remote.declare(
            f"hosts = [{hosts}]",
            f"folders = {[str(server.home) for server in servers]!r}",
            f"jobs = [CommandResource(on=host, directory=folder, create={counted!r})",
            "        for host, folder in zip(hosts, folders) for n in range(10)]",
        )
        remote.run("apply")
        assert [server.logins() for server in servers] == [1] * 4
        for server in servers:
            assert len(log(server)) == 10
            assert max(map(int, log(server))) <= 2


def test_a_secret_reaches_the_command_and_nobody_else(remote: Deployment, server: SSHServer) -> None:
    remote.environment |= {"GIVEN": "hunter2hunter2", "CW_LOG_LEVEL": "debug"}
    remote.declare(
        "from clockwork import Secret",
        "given = Secret.from_env('GIVEN')",
        f"job = CommandResource(on={server.declared()}, environment={{'TOKEN': given}},"
        f" create='printf %s \"$TOKEN\" > {server.home}/token; echo $TOKEN; cat /proc/*/cmdline')",
    )
    seen = [remote.told(*words) for words in (["plan"], ["apply"], ["apply", "--json"], ["outputs"])]
    assert (server.home / "token").read_text() == "hunter2hunter2"
    kept = [path for path in remote.folder.rglob("*") if path.is_file()]
    texts = [*seen, *(path.read_text(encoding="utf-8", errors="replace") for path in kept)]
    assert not [text for text in texts if "hunter2hunter2" in text]


def test_a_host_elsewhere_is_the_same_and_another_name_is_not(
    remote: Deployment, server: SSHServer, tmp_path: Path
) -> None:
    def declare(host: str) -> None:
        told = {"check": f"test -e {server.home}/there", "delete": at(server, "echo undone >> log")}
        remote.declare(command(host, at(server, "echo run >> log; touch there"), **told))

    declare(server.declared())
    remote.run("apply")
    declare(server.declared(at_once=3))
    assert actions(remote.run("apply")) == {"job": "update"}
    assert log(server) == ["run"]
    (server.home / "there").unlink()
    declare(server.declared(at_once=4))
    remote.run("apply")
    assert log(server) == ["run", "run"]
    (server.home / "there").unlink()
    declare(server.declared("web2"))
    assert actions(remote.run("apply")) == {"job": "replace"}
    assert log(server) == ["run", "run", "undone", "run"]


def test_an_address_that_another_resource_gives(remote: Deployment, server: SSHServer) -> None:
    host = server.declared().replace("address='127.0.0.1'", "address=where.ref('stdout')")
    remote.declare("where = CommandResource(create='echo 127.0.0.1')", command(host, "echo there"))
    remote.run("apply")
    assert remote.run("outputs")["outputs"]["job"]["stdout"] == "there"
    assert actions(remote.run("plan")) == {}


def test_a_command_and_a_file_share_the_connection(remote: Deployment, server: SSHServer) -> None:
    remote.declare(
        f"host = {server.declared()}",
        "conf = FileResource(description='d', on=host, path='conf', content='x', mode='644')",
        f"job = CommandResource(on=host, create='cat {server.home}/conf')",
        "job.connect(conf)",
    )
    remote.run("apply")
    assert remote.run("outputs")["outputs"]["job"]["stdout"] == "x"
    before = server.logins()
    remote.run("plan")
    assert server.logins() == before + 1
