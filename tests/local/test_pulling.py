"""Downloading models: resumed, checked, in one step, and told when it does not work."""

from __future__ import annotations

import hashlib
import threading
from pathlib import Path

import pytest

from clockwork.errors import ModelError
from clockwork_local.catalogue import CATALOGUE, listed_models
from clockwork_local.pulling import pull
from support.downloads import DownloadServer

CONTENT = b"GGUF" + bytes(range(256)) * 1000
DIGEST = hashlib.sha256(CONTENT).hexdigest()


@pytest.fixture
def target(tmp_path: Path) -> Path:
    return tmp_path / "cache" / "models" / "tiny.gguf"


def pulled(server: DownloadServer, target: Path, digest: str = DIGEST) -> list[tuple[str, float | None]]:
    """Download, and give what was told meanwhile."""
    told: list[tuple[str, float | None]] = []
    assert pull(f"{server.root}{server.path}", digest, target, lambda *news: told.append(news)) == target
    return told


def serving() -> DownloadServer:
    return DownloadServer(CONTENT, "/tiny.gguf")


def test_a_model_is_downloaded_with_progress(target: Path) -> None:
    with serving() as server:
        told = pulled(server, target)
    assert target.read_bytes() == CONTENT
    parts = [part for text, part in told if text == "downloading the model"]
    assert parts == sorted(parts, key=lambda part: part or 0)
    assert parts[-1] == 1.0


def test_a_model_that_is_there_is_not_asked_for(target: Path) -> None:
    target.parent.mkdir(parents=True)
    target.write_bytes(b"GGUF of my own")
    with serving() as server:
        pulled(server, target)
    assert (server.ranges, target.read_bytes()) == ([], b"GGUF of my own")


def test_a_broken_connection_is_taken_up_again_where_it_broke(target: Path) -> None:
    with serving() as server:
        server.cuts = [1000, 500]
        pulled(server, target)
    assert server.ranges == [None, "bytes=1000-", "bytes=1500-"]
    assert target.read_bytes() == CONTENT


def test_the_next_run_continues_what_an_earlier_one_began(target: Path) -> None:
    with serving() as server:
        server.cuts = [1000, 0]
        with pytest.raises(ModelError, match="cannot be reached"):
            pulled(server, target)
        assert not target.exists()
        pulled(server, target)
    assert server.ranges == [None, "bytes=1000-", "bytes=1000-"]
    assert target.read_bytes() == CONTENT


def test_a_server_that_knows_no_parts_sends_the_whole(target: Path) -> None:
    with serving() as server:
        server.with_ranges = False
        server.cuts = [1000]
        pulled(server, target)
    assert target.read_bytes() == CONTENT


def test_what_has_another_digest_is_removed_and_never_used(target: Path) -> None:
    with serving() as server, pytest.raises(ModelError, match="not what was expected") as told:
        pulled(server, target, "0" * 64)
    assert DIGEST in str(told.value)
    assert [path.name for path in target.parent.iterdir() if path.suffix != ".lock"] == []


def test_without_a_connection_the_way_out_is_named(target: Path) -> None:
    with serving() as server:
        address = f"{server.root}{server.path}"
    with pytest.raises(ModelError, match="cannot be reached") as told:
        pull(address, DIGEST, target, lambda *_news: None)
    assert "continues where it broke off" in str(told.value)
    assert str(target) in str(told.value)


def test_a_file_that_is_not_there_is_told_with_the_answer(target: Path) -> None:
    with serving() as server, pytest.raises(ModelError, match="answered 404 Not Found"):
        pull(f"{server.root}/other.gguf", DIGEST, target, lambda *_news: None)


def test_two_at_once_download_once(target: Path) -> None:
    with serving() as server:
        server.go_on.clear()
        server.halt_at = 10
        runs = [threading.Thread(target=pulled, args=(server, target)) for _ in range(2)]
        for run in runs:
            run.start()
        assert server.asked.wait(60)
        server.go_on.set()
        for run in runs:
            run.join()
    assert server.ranges == [None]


def test_the_catalogue_is_sound(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("CW_CACHE_DIR", str(tmp_path))
    assert all(len(bytes.fromhex(one.sha256)) == 32 for one in CATALOGUE)
    assert all(one.url.startswith("https://") and one.url.endswith(".gguf") for one in CATALOGUE)
    assert len({one.path for one in CATALOGUE}) == len({one.short_name for one in CATALOGUE})
    assert not any(one.is_here for one in listed_models())
    CATALOGUE[0].path.parent.mkdir()
    CATALOGUE[0].path.write_bytes(b"GGUF")
    assert [one.is_here for one in listed_models()] == [True, False]
