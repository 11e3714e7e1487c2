"""The same work on this machine and on one behind SSH."""

from __future__ import annotations

import asyncio
import os
import stat
from pathlib import Path

import pytest

from clockwork.errors import ProviderError
from clockwork.hosts import Kind, Machine, machine
from support.ssh_host import SSHServer


@pytest.fixture(params=["here", "there"])
def there(request: pytest.FixtureRequest, tmp_path: Path) -> Machine:
    """This machine, and one behind SSH."""
    if request.param == "here":
        return machine(None, tmp_path)
    server: SSHServer = request.getfixturevalue("server")
    return machine(server.host(), tmp_path)


def sh(text: str) -> list[str]:
    """The words that have a shell run a text."""
    return ["/bin/sh", "-c", text]


def test_a_command_gives_its_code_and_what_it_printed(there: Machine) -> None:
    done = asyncio.run(there.run(sh("printf '\\377\\000out'; printf err >&2; exit 7")))
    assert (done.code, done.stdout, done.stderr) == (7, b"\xff\x00out", b"err")


def test_a_list_of_words_is_not_read_by_a_shell(there: Machine) -> None:
    done = asyncio.run(there.run(["printf", "%s|", "$HOME", "a b", "'"]))
    assert done.stdout == b"$HOME|a b|'|"


def test_a_command_reads_its_input_from_the_first_byte_on(there: Machine) -> None:
    content = bytes(range(256)) * 300
    assert asyncio.run(there.run(sh("cat"), stdin=content)).stdout == content
    assert asyncio.run(there.run(sh("cat"))).stdout == b""


def test_variables_are_set_and_stand_in_no_process_list(there: Machine) -> None:
    value = "it's $HOME\n; `x`"
    done = asyncio.run(there.run(sh('printf %s "$TOKEN"; ps -A -o args'), environment={"TOKEN": value}))
    assert done.stdout.startswith(value.encode())
    assert b"`x`" not in done.stdout.removeprefix(value.encode())


def test_a_command_runs_in_its_folder(there: Machine, tmp_path: Path) -> None:
    folder = tmp_path / "it's here"
    folder.mkdir()
    assert asyncio.run(there.run(sh("pwd"), directory=str(folder))).stdout.decode().strip() == str(folder)
    with pytest.raises(ProviderError, match="nowhere"):
        asyncio.run(there.run(sh("pwd"), directory=str(tmp_path / "nowhere")))


def test_a_signal_is_told_by_its_number(there: Machine) -> None:
    assert asyncio.run(there.run(sh("kill -TERM $$"))).code == -15


def test_a_command_that_takes_too_long_is_stopped(there: Machine, tmp_path: Path) -> None:
    pid = tmp_path / "pid"
    command = f"trap '' TERM; echo $$ > {pid}; while :; do sleep 1; done"
    with pytest.raises(TimeoutError):
        asyncio.run(there.run(sh(command), timeout_seconds=1))
    assert not _runs(int(pid.read_text()))


def test_what_a_command_leaves_running_does_not_hold_it_up(there: Machine) -> None:
    done = asyncio.run(there.run(sh("sleep 60 & echo $!"), timeout_seconds=30))
    os.kill(int(done.stdout), 9)
    assert done.code == 0


def test_a_command_ends_with_the_wait_for_it(there: Machine, tmp_path: Path) -> None:
    pid = tmp_path / "pid"

    async def cancelled() -> None:
        task = asyncio.create_task(there.run(sh(f"echo $$ > {pid}.new; mv {pid}.new {pid}; sleep 600")))
        while not pid.exists():
            await asyncio.sleep(0.01)
        task.cancel()
        with pytest.raises(asyncio.CancelledError):
            await task
        while _runs(int(pid.read_text())):
            await asyncio.sleep(0.01)

    asyncio.run(asyncio.wait_for(cancelled(), 30))


def test_files_are_looked_at(there: Machine, tmp_path: Path) -> None:
    (tmp_path / "file").write_bytes(b"\xffabc")
    (tmp_path / "file").chmod(0o640)
    (tmp_path / "folder").mkdir()
    (tmp_path / "link").symlink_to("file")
    os.mkfifo(tmp_path / "pipe")

    async def look(name: str) -> tuple[Kind, int] | None:
        found = await there.look(str(tmp_path / name))
        return None if found is None else (found.kind, found.size)

    async def all_of_them() -> None:
        assert await look("file") == (Kind.FILE, 4)
        assert (await look("folder") or [None])[0] is Kind.FOLDER
        assert (await look("link") or [None])[0] is Kind.LINK
        assert (await look("pipe") or [None])[0] is Kind.OTHER
        assert await look("nothing") is None
        assert await look("file/below") is None
        assert await there.read(str(tmp_path / "file")) == b"\xffabc"
        assert await there.read(str(tmp_path / "link")) == b"\xffabc"
        assert await there.read(str(tmp_path / "nothing")) is None
        assert await there.read(str(tmp_path / "folder")) is None
        assert await there.read_link(str(tmp_path / "link")) == "file"
        assert await there.is_folder(str(tmp_path / "folder"))
        assert not await there.is_folder(str(tmp_path / "file"))

    asyncio.run(all_of_them())


@pytest.mark.parametrize("size", [0, 1, 1 << 20])
def test_a_file_is_written_in_one_step(there: Machine, tmp_path: Path, size: int) -> None:
    file, content = tmp_path / "file", os.urandom(size)
    file.write_text("old")
    held = file.open()
    (tmp_path / ".new").write_text("left behind")
    asyncio.run(there.write(str(file), content, 0o4750, through=str(tmp_path / ".new")))
    assert file.read_bytes() == content
    assert stat.S_IMODE(file.stat().st_mode) == 0o4750
    assert held.read() == "old"
    assert [path.name for path in tmp_path.iterdir() if path.name != "home"] == ["file"]
    assert asyncio.run(there.read(str(file))) == content


def test_folders_are_made_and_removed_when_they_are_empty(there: Machine, tmp_path: Path) -> None:
    folder = tmp_path / "folder"

    async def course() -> None:
        await there.make_folder(str(folder))
        await there.make_folder(str(folder))
        (folder / "file").write_text("x")
        assert not await there.remove_folder(str(folder))
        await there.remove(str(folder / "file"))
        await there.remove(str(folder / "file"))
        assert await there.remove_folder(str(folder))
        assert not await there.remove_folder(str(folder))

    asyncio.run(course())
    assert not folder.exists()


def test_what_the_system_refuses_names_the_path(there: Machine, tmp_path: Path) -> None:
    file = tmp_path / "no" / "file"
    with pytest.raises(FileNotFoundError) as refused:
        asyncio.run(there.write(str(file), b"x", 0o644, through=str(tmp_path / "no" / ".new")))
    assert str(tmp_path / "no") in str(refused.value.filename)


def _runs(pid: int) -> bool:
    try:
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] != "Z"
    except OSError:
        return False
