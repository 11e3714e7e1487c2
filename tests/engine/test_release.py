"""The official release: what is downloaded, checked, refused and continued."""

from __future__ import annotations

import subprocess
from pathlib import Path

import pytest

from clockwork.engine.install import install_engine
from clockwork.engine.locate import cached_engine, find_engine
from clockwork.errors import EngineError
from support.machines import Machine, install
from support.releases import ARCHIVE, ReleaseServer, archive


def leftovers(machine: Machine) -> list[str]:
    """What lies in the cache beside the lock and the empty folder of downloads."""
    found = (machine.cache / "engine").rglob("*")
    return sorted(path.name for path in found if path.name not in ("install.lock", "downloads"))


def part(machine: Machine) -> Path:
    return machine.cache / "engine" / "downloads" / f"{ARCHIVE}.part"


def test_a_release_is_installed_and_found(machine: Machine, server: ReleaseServer) -> None:
    engine = install("release")
    assert find_engine() == engine == cached_engine()
    assert subprocess.check_output([engine.path, "version"], text=True) == f"v{engine.version}\n"
    assert leftovers(machine) == ["3.259.0", "bin", "pulumi", "pulumi-language-python"]


def test_a_mirrors_address_may_end_with_a_slash(
    server: ReleaseServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("CW_ENGINE_MIRROR", f"{server.url}/")
    assert install("release") == find_engine()


def test_progress_grows_to_the_whole(server: ReleaseServer) -> None:
    told: list[tuple[str, float | None]] = []
    install_engine("release", lambda text, part: told.append((text, part)))
    parts = [part for text, part in told if text == "downloading Pulumi"]
    assert parts == sorted(parts, key=lambda part: part or 0)
    assert parts[-1] == 1.0
    assert told[0][0] == "looking for the Pulumi release"


def test_a_broken_connection_is_taken_up_again_in_the_same_run(server: ReleaseServer) -> None:
    server.cuts = [100, 50]
    assert install("release") == find_engine()
    assert server.ranges == [None, "bytes=100-", "bytes=150-"]


def test_an_interrupted_download_is_continued_by_the_next_run(
    machine: Machine, server: ReleaseServer
) -> None:
    server.cuts = [100, 0]
    with pytest.raises(EngineError, match="cannot be reached"):
        install("release")
    assert part(machine).read_bytes() == server.content[:100]
    assert find_engine() is None
    assert install("release") == find_engine()
    assert server.ranges == [None, "bytes=100-", "bytes=100-"]
    assert not part(machine).exists()


def test_a_complete_download_is_not_fetched_again(machine: Machine, server: ReleaseServer) -> None:
    part(machine).parent.mkdir(parents=True)
    part(machine).write_bytes(server.content)
    assert install("release") == find_engine()
    assert server.ranges == [f"bytes={len(server.content)}-"]


def test_a_server_without_ranges_starts_over(machine: Machine, server: ReleaseServer) -> None:
    server.with_ranges = False
    part(machine).parent.mkdir(parents=True)
    part(machine).write_bytes(server.content[:100])
    server.halt_at = len(server.content) // 2
    server.go_on.clear()
    told: list[float | None] = []

    def progress(text: str, done: float | None) -> None:
        if text == "downloading Pulumi":
            told.append(done)
            server.go_on.set()

    install_engine("release", progress)
    assert find_engine() == cached_engine()
    assert server.ranges == ["bytes=100-"]
    assert told == [server.halt_at / len(server.content), 1.0]


def test_wrong_bytes_of_an_earlier_run_are_replaced(machine: Machine, server: ReleaseServer) -> None:
    part(machine).parent.mkdir(parents=True)
    part(machine).write_bytes(b"x" * 100)
    assert install("release") == find_engine()
    assert server.ranges == ["bytes=100-", None]


def test_a_wrong_checksum_is_refused_and_nothing_installed(machine: Machine, server: ReleaseServer) -> None:
    server.checksums = f"{'a' * 64}  {ARCHIVE}\n"
    with pytest.raises(EngineError, match="is not what its checksum says"):
        install("release")
    assert leftovers(machine) == []


@pytest.mark.parametrize("sums", ["", "abc  {name}\n", "{digest}  other.tar.gz\n", "<html>{name}</html>\n"])
def test_without_a_checksum_nothing_is_downloaded(server: ReleaseServer, sums: str) -> None:
    server.checksums = sums.format(name=ARCHIVE, digest="a" * 64)
    with pytest.raises(EngineError, match="has no checksum of"):
        install("release")
    assert server.ranges == []


@pytest.mark.parametrize(
    ("content", "words"),
    [
        (b"<html>welcome to the hotel</html>", "archive is refused"),
        (archive()[:100], "archive is refused"),
        (archive(name="pulumi/readme"), "holds no program named pulumi"),
        (archive(version="3.1.0"), "the program is 3.1.0, not 3.259.0"),
        (archive(version="?"), "does not run on this machine"),
    ],
    ids=["no archive", "cut off", "no program", "another version", "does not run"],
)
def test_what_is_no_engine_is_not_installed(
    machine: Machine, monkeypatch: pytest.MonkeyPatch, content: bytes, words: str
) -> None:
    with ReleaseServer(content) as server:
        monkeypatch.setenv("CW_ENGINE_MIRROR", server.url)
        with pytest.raises(EngineError, match=words):
            install("release")
    assert leftovers(machine) == []
    assert find_engine() is None


def test_what_the_server_says_is_told_without_its_password(
    server: ReleaseServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    with_password = server.url.replace("http://", "http://me:hush@").replace("/releases", "/elsewhere")
    monkeypatch.setenv("CW_ENGINE_MIRROR", with_password)
    with pytest.raises(EngineError, match="answered 404") as caught:
        install("release")
    assert "hush" not in str(caught.value)
    assert "/elsewhere/pulumi-3.259.0-checksums.txt" in str(caught.value)


@pytest.mark.parametrize(
    "mirror", ["nonsense", "http://127.0.0.1:port", "ftp://127.0.0.1", "http://127.0.0.1:1"]
)
def test_a_mirror_that_cannot_be_asked_is_told(
    machine: Machine, monkeypatch: pytest.MonkeyPatch, mirror: str
) -> None:
    monkeypatch.setenv("CW_ENGINE_MIRROR", mirror)
    with pytest.raises(EngineError, match="cannot be reached") as caught:
        install("release")
    assert mirror in str(caught.value)
