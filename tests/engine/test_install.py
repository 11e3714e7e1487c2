"""Obtaining an engine: the ways, their order, two runs at once, and what is said when nothing works."""

from __future__ import annotations

import importlib.resources
import os
import re
import shutil
import subprocess
from pathlib import Path

import pytest

from clockwork.engine.cache import ENGINE_VERSION
from clockwork.engine.install import ensure_engine
from clockwork.engine.locate import Engine, cached_engine, find_engine
from clockwork.engine.source import OLDEST_GO
from clockwork.errors import EngineError
from support.command import PROGRAM, environment
from support.machines import CLOSED, Machine, install, script, unwatched
from support.releases import ReleaseServer

GO = shutil.which("go")
BUILDS = f"""
[ "$1" = list ] && exit 0
echo "go: downloading example.org/part v1.0.0" >&2
echo "example.org/part" >&2
while [ "$1" != -o ]; do shift; done
/bin/mkdir -p "${{2%/*}}"
printf '#!/bin/sh\\necho v{ENGINE_VERSION}\\n' > "$2"
/bin/chmod +x "$2"
"""


def test_an_engine_that_is_found_is_not_obtained(machine: Machine, server: ReleaseServer) -> None:
    program = machine.pulumi("3.260.0")
    assert ensure_engine(unwatched) == Engine(program, "3.260.0", "PATH")
    assert server.ranges == []


def test_the_release_is_obtained_once(machine: Machine, server: ReleaseServer) -> None:
    assert ensure_engine(unwatched) == ensure_engine(unwatched) == cached_engine()
    assert server.ranges == [None]


def test_the_source_is_built_where_the_release_cannot_be_reached(machine: Machine) -> None:
    script(machine.bin / "go", BUILDS)
    told: list[str] = []
    assert ensure_engine(lambda text, _part: told.append(text)) == find_engine() == cached_engine()
    assert told[-2:] == ["fetching Pulumi's modules", "building Pulumi from source"]


def test_what_is_installed_is_kept_unless_a_way_is_named(machine: Machine, server: ReleaseServer) -> None:
    script(machine.bin / "go", BUILDS)
    install("source")
    built = cached_engine().path.stat().st_ino
    install(None)
    assert server.ranges == []
    assert cached_engine().path.stat().st_ino == built
    install("release")
    assert server.ranges == [None]
    assert (cached_engine().path.parent / "pulumi-language-python").exists()


def test_a_failed_replacement_keeps_the_engine(machine: Machine) -> None:
    machine.pulumi(ENGINE_VERSION, cached_engine().path)
    with pytest.raises(EngineError):
        install("release")
    assert find_engine() == cached_engine()


def test_leftovers_of_a_killed_run_are_removed(machine: Machine, server: ReleaseServer) -> None:
    leftover = machine.cache / "engine" / ".new-killed" / "fresh"
    leftover.mkdir(parents=True)
    install(None)
    assert not leftover.parent.exists()


@pytest.mark.parametrize("wish", [[], ["--from", "release"]], ids=["any way", "a named way"])
def test_of_two_runs_at_once_one_downloads_and_the_other_waits(
    machine: Machine, server: ReleaseServer, tmp_path: Path, wish: list[str]
) -> None:
    server.go_on.clear()
    with run_install(tmp_path, *wish) as first:
        assert server.asked.wait(60)
        with run_install(tmp_path, *wish) as second:
            assert second.stderr is not None
            assert second.stderr.readline() == "waiting for another run that is installing Pulumi\n"
            server.go_on.set()
            done = [process.communicate(timeout=60)[0] for process in (first, second)]
    assert (first.returncode, second.returncode) == (0, 0)
    assert done[0] == done[1] == f"Pulumi {ENGINE_VERSION}: {cached_engine().path}\n"
    assert server.ranges == [None]


def test_a_run_that_is_killed_blocks_nobody(machine: Machine, server: ReleaseServer, tmp_path: Path) -> None:
    server.go_on.clear()
    with run_install(tmp_path) as killed:
        assert server.asked.wait(60)
        killed.kill()
    server.go_on.set()
    assert install(None) == find_engine()


def run_install(folder: Path, *wish: str) -> subprocess.Popen[str]:
    return subprocess.Popen(
        [PROGRAM, "engine", "install", *wish],
        cwd=folder,
        env=environment(),
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )


def test_when_nothing_works_everything_that_was_tried_is_listed(machine: Machine) -> None:
    old = machine.pulumi("3.100.0")
    with pytest.raises(EngineError) as caught:
        ensure_engine(unwatched)
    tried = caught.value.message.splitlines()[1:]
    assert tried[0] == f"  PATH: {old} is 3.100.0; Clockwork needs 3.206.0 or newer"
    assert tried[1] == f"  cache: {cached_engine().path} does not exist"
    assert tried[2].startswith(f"  release: {CLOSED} cannot be reached: ")
    assert tried[3] == f"  source: there is no go on PATH to build it with (Go {OLDEST_GO} or newer)"
    for way in ("PATH", "CW_PULUMI", "CW_ENGINE_MIRROR", "--from source"):
        assert way in (caught.value.hint or "")


def test_a_way_that_was_named_is_the_only_one_tried(machine: Machine, server: ReleaseServer) -> None:
    with pytest.raises(EngineError) as caught:
        install("source")
    assert [line.split(":")[0] for line in caught.value.message.splitlines()[1:]] == ["  source"]
    assert server.ranges == []


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ('[ "$1" = list ] && exit 0; echo "part: undefined: thing" >&2; exit 1', "undefined: thing"),
        ('[ "$1" = list ] && exit 0; exit 0', "the program does not run on this machine"),
    ],
    ids=["does not build", "builds nothing"],
)
def test_what_go_says_is_told(machine: Machine, text: str, words: str) -> None:
    script(machine.bin / "go", text)
    with pytest.raises(EngineError, match=words):
        install("source")
    assert find_engine() is None
    assert not list(machine.cache.rglob("module"))


def test_a_cache_that_cannot_be_written_is_told(
    machine: Machine, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "file").touch()
    monkeypatch.setenv("CW_CACHE_DIR", str(tmp_path / "file" / "cache"))
    with pytest.raises(EngineError, match=r"file/cache cannot be used: Not a directory") as caught:
        ensure_engine(unwatched)
    assert "CW_CACHE_DIR" in (caught.value.hint or "")


def test_the_pinned_modules_are_those_of_the_version() -> None:
    modules = importlib.resources.files("clockwork.engine").joinpath("gomod")
    wanted = modules.joinpath("go.mod").read_text()
    pinned = modules.joinpath("go.sum").read_text()
    assert re.search(rf"github.com/pulumi/pulumi/pkg/v3 v{re.escape(ENGINE_VERSION)}$", wanted, re.M)
    assert f"github.com/pulumi/pulumi/pkg/v3 v{ENGINE_VERSION} h1:" in pinned
    assert re.search(rf"^go {re.escape(OLDEST_GO)}$", wanted, re.M)


@pytest.mark.skipif(GO is None, reason="there is no Go here")
def test_go_refuses_a_module_that_is_not_pinned(tmp_path: Path) -> None:
    assert GO is not None
    modules = importlib.resources.files("clockwork.engine").joinpath("gomod")
    for file in modules.iterdir():
        (tmp_path / file.name).write_bytes(file.read_bytes())
    sums = (tmp_path / "go.sum").read_text().splitlines(keepends=True)
    (tmp_path / "go.sum").write_text("".join(line for line in sums if "/pulumi/pkg/v3 " not in line))
    done = subprocess.run(
        [GO, "list", "-deps", "github.com/pulumi/pulumi/pkg/v3/cmd/pulumi"],
        cwd=tmp_path,
        env={**os.environ, "GOFLAGS": "-mod=readonly", "GOPROXY": "off"},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode != 0
    assert "missing go.sum entry" in done.stderr
