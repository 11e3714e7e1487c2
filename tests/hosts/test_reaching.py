"""What a person reads when a host cannot be reached, is not who it should be, or lets nobody in."""

from __future__ import annotations

import asyncio
import getpass
import socket
from pathlib import Path
from typing import Any

import pytest
from pydantic import ValidationError

from clockwork import SSHHost
from clockwork.hosts import HostError, machine
from support.killing import is_running
from support.services import free_port
from support.ssh_host import SSHServer, agent, make_key


def home_of(host: SSHHost) -> str:
    return asyncio.run(machine(host, Path()).home())


def refusal(host: SSHHost) -> HostError:
    with pytest.raises(HostError) as refused:
        home_of(host)
    return refused.value


def test_a_host_with_a_key_and_a_known_key_is_reached(server: SSHServer) -> None:
    assert home_of(server.host()) == str(server.home)


def test_the_hosts_key_may_stand_in_the_file(server: SSHServer) -> None:
    assert home_of(server.host(host_key=server.public_key, known_hosts=None)) == str(server.home)


def test_a_name_that_does_not_exist(server: SSHServer) -> None:
    error = refusal(server.host(address="no-such-host.invalid"))
    assert "web1: there is no host 'no-such-host.invalid'" in error.message
    assert "address=" in (error.hint or "")


def test_a_port_where_nothing_listens(server: SSHServer) -> None:
    port = free_port()
    assert refusal(server.host(port=port)).message == f"web1: nothing listens at 127.0.0.1 port {port}"


def test_a_host_that_does_not_answer(server: SSHServer) -> None:
    with socket.create_server(("127.0.0.1", 0)) as silent:
        port = silent.getsockname()[1]
        error = refusal(server.host(port=port, connect_timeout_seconds=0.2))
    assert error.message == f"web1: no answer from 127.0.0.1 port {port} within 0.2 seconds"


def test_a_server_that_is_none(server: SSHServer) -> None:
    with socket.create_server(("127.0.0.1", 0)) as other:
        host = server.host(port=other.getsockname()[1])

        async def hang_up() -> str:
            async def close() -> None:
                client, _ = await asyncio.to_thread(other.accept)
                client.close()

            closing = asyncio.create_task(close())
            try:
                return await machine(host, Path()).home()
            finally:
                await closing

        with pytest.raises(HostError, match=r"web1: 127.0.0.1 port \d+ ended the connection"):
            asyncio.run(hang_up())


def test_a_host_whose_key_is_not_known_says_how_to_accept_it(server: SSHServer, tmp_path: Path) -> None:
    (tmp_path / "known").touch()
    error = refusal(server.host(known_hosts=tmp_path / "known"))
    assert "web1: the host's key is not known: it shows ssh-ed25519 SHA256:" in error.message
    assert server.public_key in (error.hint or "")
    assert f"ssh -p {server.port}" in (error.hint or "")


def test_without_any_file_of_known_hosts_no_host_is_trusted(server: SSHServer) -> None:
    assert "is not known" in refusal(server.host(known_hosts=None)).message


def test_settings_that_switch_the_check_off_do_not(server: SSHServer, home: Path) -> None:
    (home / ".ssh").mkdir()
    (home / ".ssh/config").write_text("Host *\n  UserKnownHostsFile none\n  StrictHostKeyChecking no\n")
    assert "is not known" in refusal(server.host(known_hosts=None)).message


def test_a_host_whose_key_has_changed(server: SSHServer, tmp_path: Path) -> None:
    make_key(tmp_path / "other")
    other = " ".join((tmp_path / "other.pub").read_text().split()[:2])
    known = tmp_path / "known"
    known.write_text(f"[127.0.0.1]:{server.port} {other}\n")
    error = refusal(server.host(known_hosts=known))
    assert "web1: the host's key has changed" in error.message
    assert f"ssh-keygen -R '[127.0.0.1]:{server.port}'" in (error.hint or "")
    assert "is not its host_key" in refusal(server.host(host_key=other)).message


def test_a_key_that_is_not_accepted_is_named(server: SSHServer, tmp_path: Path) -> None:
    make_key(tmp_path / "stranger")
    error = refusal(server.host(identity_file=tmp_path / "stranger"))
    assert f"accepts no key of the user {getpass.getuser()}; tried: ssh-ed25519 SHA256:" in error.message
    assert "authorized_keys" in (error.hint or "")


def test_without_any_key_that_is_told(server: SSHServer) -> None:
    assert "there is none: no agent" in refusal(server.host(identity_file=None)).message


def test_a_key_file_that_is_missing_or_none(server: SSHServer, tmp_path: Path) -> None:
    assert (
        "nothing.key cannot be read" in refusal(server.host(identity_file=tmp_path / "nothing.key")).message
    )
    (tmp_path / "text").write_text("not a key")
    assert "cannot be read" in refusal(server.host(identity_file=tmp_path / "text")).message


def test_an_agent_opens_the_door(server: SSHServer, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    with agent(tmp_path, server.key) as at:
        monkeypatch.setenv("SSH_AUTH_SOCK", at)
        assert home_of(server.host(identity_file=None)) == str(server.home)


def test_the_agents_keys_are_named_when_none_is_accepted(
    server: SSHServer, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    make_key(tmp_path / "stranger")
    with agent(tmp_path, tmp_path / "stranger") as at:
        monkeypatch.setenv("SSH_AUTH_SOCK", at)
        assert "(stranger) of the agent" in refusal(server.host(identity_file=None)).message


def test_an_encrypted_key_is_used_by_way_of_the_agent(
    server: SSHServer, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    locked = tmp_path / "locked"
    for ending in ("", ".pub"):
        Path(f"{locked}{ending}").write_bytes(Path(f"{server.key}{ending}").read_bytes())
    locked.chmod(0o600)
    with agent(tmp_path, locked) as at:
        _encrypt(locked)
        assert f"`ssh-add {locked}`" in (refusal(server.host(identity_file=locked)).hint or "")
        monkeypatch.setenv("SSH_AUTH_SOCK", at)
        assert home_of(server.host("again", identity_file=locked)) == str(server.home)


def test_a_name_may_be_an_alias_of_the_persons_settings(server: SSHServer, home: Path) -> None:
    (home / ".ssh").mkdir()
    (home / ".ssh/config").write_text(
        f"Host shop\n  HostName 127.0.0.1\n  Port {server.port}\n  IdentityFile {server.key}\n"
        f"  UserKnownHostsFile {server.known_hosts}\n"
    )
    assert home_of(SSHHost("shop")) == str(server.home)


@pytest.fixture
def inner(tmp_path_factory: pytest.TempPathFactory) -> Any:
    """A second server, reached through the first."""
    with SSHServer.make(tmp_path_factory.mktemp("ssh") / "inner").running() as inner:
        yield inner


def test_the_way_may_lead_through_another_host(server: SSHServer, inner: SSHServer) -> None:
    before = server.logins()
    jump = server.host("bastion")
    hosts = [inner.host(f"web{n}", jump=jump) for n in range(3)]

    async def reach() -> list[str]:
        return await asyncio.gather(*(machine(host, Path()).home() for host in hosts))

    assert asyncio.run(reach()) == [str(inner.home)] * 3
    assert server.logins() == before + 1


@pytest.mark.parametrize("is_known", [True, False])
def test_a_jump_of_the_persons_settings_is_checked_too(
    server: SSHServer, inner: SSHServer, home: Path, is_known: bool
) -> None:
    known = server.known_hosts if is_known else "/dev/null"
    (home / ".ssh").mkdir()
    (home / ".ssh/config").write_text(
        f"Host inner\n  ProxyJump bastion\n  HostName 127.0.0.1\n  Port {inner.port}\n"
        f"Host bastion\n  HostName 127.0.0.1\n  Port {server.port}\n"
        f"  IdentityFile {server.key}\n  UserKnownHostsFile {known}\n"
    )
    host = SSHHost("inner", identity_file=inner.key, known_hosts=inner.known_hosts)
    if is_known:
        assert home_of(host) == str(inner.home)
    else:
        assert "through bastion, and bastion: the host's key is not known" in refusal(host).message


def test_a_jump_that_is_down_is_named(server: SSHServer) -> None:
    jump = server.host("bastion", port=free_port())
    assert (
        "web1: the way leads through bastion, and bastion: nothing" in refusal(server.host(jump=jump)).message
    )


def test_a_host_behind_a_jump_that_is_down_is_named(server: SSHServer) -> None:
    host = server.host(port=free_port(), jump=server.host("bastion"))
    assert "web1: the way through bastion ends there" in refusal(host).message


def test_a_host_without_sftp_still_runs_commands(tmp_path: Path) -> None:
    server = SSHServer.make(tmp_path / "ssh")
    settings = server.folder / "sshd_config"
    settings.write_text("".join(s for s in settings.read_text().splitlines(True) if "Subsystem" not in s))
    with server.running():
        there = machine(server.host(), tmp_path)
        assert asyncio.run(there.run(["echo", "x"])).stdout == b"x\n"
        with pytest.raises(HostError, match="web1: it offers no SFTP") as refused:
            asyncio.run(there.home())
    assert "Subsystem sftp" in (refused.value.hint or "")


def test_a_host_without_commands_still_has_files(tmp_path: Path) -> None:
    with SSHServer.make(tmp_path / "ssh", "ForceCommand internal-sftp").running() as server:
        there = machine(server.host(), tmp_path)
        assert asyncio.run(there.may_write(str(server.home)))
        asyncio.run(there.make_folder(str(server.home / "folder")))
    assert (server.home / "folder").is_dir()


def test_forty_at_once_share_one_connection(tmp_path: Path) -> None:
    with SSHServer.make(tmp_path / "ssh").running() as server:
        there = machine(server.host(), tmp_path)

        async def all_of_them() -> None:
            running = [there.run(["true"]) for _ in range(20)]
            await asyncio.gather(*running, *(there.look(str(tmp_path)) for _ in range(20)))

        asyncio.run(all_of_them())
        assert server.logins() == 1


def test_no_more_commands_run_at_once_than_the_host_takes(server: SSHServer, tmp_path: Path) -> None:
    there = machine(server.host(at_once=3), tmp_path)
    mark = f"touch {tmp_path}/mark.$$; ls {tmp_path} | grep -c mark; sleep 0.1; rm {tmp_path}/mark.$$"

    async def all_of_them() -> list[int]:
        done = await asyncio.gather(*(there.run(["/bin/sh", "-c", mark]) for _ in range(9)))
        return [int(one.stdout) for one in done]

    counted = asyncio.run(all_of_them())
    assert 2 <= max(counted) <= 3


def test_sessions_that_follow_each_other_closely_find_room(server: SSHServer, tmp_path: Path) -> None:
    there = machine(server.host(at_once=9), tmp_path)

    async def all_of_them() -> None:
        await there.home()
        await asyncio.gather(*(there.run(["true"]) for _ in range(100)))

    asyncio.run(all_of_them())


def test_many_commands_are_stopped_at_once(server: SSHServer, tmp_path: Path) -> None:
    there = machine(server.host(), tmp_path)

    async def hang(number: int) -> None:
        hangs = (
            f"echo $$ > {tmp_path}/{number}.new; mv {tmp_path}/{number}.new {tmp_path}/{number}; sleep 600"
        )
        await there.run(["/bin/sh", "-c", hangs])

    async def all_of_them() -> None:
        await there.home()
        running = [asyncio.create_task(hang(number)) for number in range(8)]
        while len(started := [*tmp_path.glob("[0-9]")]) < 8:
            await asyncio.sleep(0.01)
        for one in running:
            one.cancel()
        ended = await asyncio.gather(*running, return_exceptions=True)
        assert {type(one) for one in ended} == {asyncio.CancelledError}
        while any(is_running(one.read_text()) for one in started):
            await asyncio.sleep(0.01)

    asyncio.run(asyncio.wait_for(all_of_them(), 30))


def test_a_host_that_is_down_is_tried_once(server: SSHServer, tmp_path: Path) -> None:
    with socket.create_server(("127.0.0.1", 0)) as other:
        host = server.host(port=other.getsockname()[1], connect_timeout_seconds=0.2)

        async def all_of_them() -> list[Any]:
            tries = (machine(host, tmp_path).home() for _ in range(20))
            return await asyncio.gather(*tries, return_exceptions=True)

        assert {str(error) for error in asyncio.run(all_of_them())} == {str(refusal(host))}
        other.setblocking(False)
        other.accept()
        with pytest.raises(BlockingIOError):
            other.accept()


def test_a_connection_that_is_cut_is_told_and_made_anew(tmp_path: Path) -> None:
    with SSHServer.make(tmp_path / "ssh").running() as server:
        there = machine(server.host(), tmp_path)
        mark = tmp_path / "mark"

        async def cut() -> None:
            running = asyncio.create_task(there.run(["/bin/sh", "-c", f"touch {mark}; sleep 600"]))
            while not mark.exists():
                await asyncio.sleep(0.01)
            assert server.cut()
            with pytest.raises(HostError, match="web1: the connection was lost in the middle"):
                await running
            assert await there.home() == str(server.home)

        asyncio.run(asyncio.wait_for(cut(), 30))
        assert server.logins() == 2


@pytest.mark.parametrize(
    ("fields", "message"),
    [
        ({"name": "a b"}, "name"),
        ({"port": 0}, "greater than or equal to 1"),
        ({"identity_file": "keys/id"}, "whole path"),
        ({"host_key": "-----BEGIN OPENSSH PRIVATE KEY-----"}, "private key"),
        ({"host_key": "SHA256:abc"}, "not a public key"),
        ({"adress": "x"}, "adress"),
        ({"address": "-oProxyCommand=x"}, "address"),
    ],
)
def test_wrong_data_is_refused(fields: dict[str, Any], message: str) -> None:
    with pytest.raises(ValidationError, match=message):
        SSHHost(**{"name": "web1", **fields})


def test_a_host_is_data() -> None:
    host = SSHHost("web1", address="10.0.0.5", jump=SSHHost("bastion"))
    assert SSHHost.model_validate_json(host.model_dump_json(exclude_none=True)) == host
    assert str(host) == "web1"
    assert len({host, SSHHost("web1", address="10.0.0.5", jump=SSHHost("bastion"))}) == 1


def _encrypt(key: Path) -> None:
    import subprocess

    subprocess.run(["ssh-keygen", "-q", "-p", "-P", "", "-N", "secret", "-f", key], check=True)
