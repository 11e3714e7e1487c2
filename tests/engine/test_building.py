"""What Go is asked for, what of its words reaches the person, and what the wheel brings for it."""

from __future__ import annotations

import os
import subprocess
import sys
import zipfile
from pathlib import Path

import pytest

from clockwork.engine.cache import ENGINE_VERSION
from clockwork.engine.install import install_engine
from clockwork.errors import EngineError
from support.command import PROGRAM, environment
from support.machines import Machine, install, script

ROOT = Path(__file__).parents[2]
NOTES = 'printf "%s\\n" "$@" > "$0.arguments"; echo "$CGO_ENABLED $GOFLAGS $GOWORK" > "$0.settings"\n'
LISTS = '[ "$1" = list ] && exit 0\n'


def test_go_is_asked_for_the_pinned_program_with_its_version(
    machine: Machine, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("GOFLAGS", "-mod=mod")
    monkeypatch.setenv("CGO_ENABLED", "1")
    monkeypatch.setenv("GOWORK", "/elsewhere/go.work")
    go = script(machine.bin / "go", f"{LISTS}{NOTES}exit 1")
    with pytest.raises(EngineError):
        install("source")
    asked = Path(f"{go}.arguments").read_text().splitlines()
    version = "github.com/pulumi/pulumi/sdk/v3/go/common/version.Version"
    assert asked[0] == "build"
    assert f"-X {version}=v{ENGINE_VERSION}" in asked[asked.index("-ldflags") + 1]
    assert asked[-1] == "github.com/pulumi/pulumi/pkg/v3/cmd/pulumi"
    assert Path(f"{go}.settings").read_text() == "0 -mod=readonly off\n"


def test_progress_is_a_share_that_never_claims_the_whole(machine: Machine) -> None:
    many = 'for i in $(/usr/bin/seq 2000); do echo "go: downloading m$i"; echo "p$i"; done >&2\n'
    script(machine.bin / "go", f"{LISTS}{many}exit 1")
    told: list[tuple[str, float | None]] = []
    with pytest.raises(EngineError):
        install_engine("source", lambda text, part: told.append((text, part)))
    for words in ("fetching Pulumi's modules", "building Pulumi from source"):
        parts = [part for text, part in told if text == words and part is not None]
        assert len(parts) == 2000
        assert parts == sorted(parts)
        assert 0 < parts[0] < parts[-1] < 1


def test_of_a_failed_build_the_last_lines_are_told(machine: Machine) -> None:
    many = 'for i in $(/usr/bin/seq 100); do echo "line $i."; done >&2\n'
    script(machine.bin / "go", f"{LISTS}{many}exit 1")
    with pytest.raises(EngineError) as caught:
        install("source")
    assert "line 100." in caught.value.message
    assert "line 93." in caught.value.message
    assert "line 50." not in caught.value.message


def test_a_go_that_is_too_old_says_so_and_builds_nothing(machine: Machine) -> None:
    refuses = 'echo "go: go.mod requires go >= 1.25.11 (running go 1.19)" >&2; exit 1'
    go = script(machine.bin / "go", f"{NOTES}{refuses}")
    with pytest.raises(EngineError, match=r"Go 1\.25\.11 or newer is needed.*running go 1\.19"):
        install("source")
    assert Path(f"{go}.arguments").read_text().split() == ["list", "-m"]


def test_the_wheel_holds_the_pinned_modules(tmp_path: Path) -> None:
    command = [sys.executable, "-m", "hatchling", "build", "-t", "wheel", "-d", str(tmp_path)]
    subprocess.run(command, cwd=ROOT / "clockwork-core", check=True, capture_output=True)
    source = ROOT / "clockwork-core" / "src"
    [wheel] = tmp_path.glob("*.whl")
    with zipfile.ZipFile(wheel) as packed:
        for name in ("go.mod", "go.sum", "tools.go"):
            held = packed.read(f"clockwork/engine/gomod/{name}")
            assert held == (source / "clockwork" / "engine" / "gomod" / name).read_bytes()


ORPHAN = f"""#!{sys.executable}
import pathlib, signal, sys
signal.alarm(60)  # nothing waits for ever, whatever goes wrong
if sys.argv[1] == "list":
    sys.exit()
here = pathlib.Path(__file__).parent
go_on, written = here / "go-on", here / "written"
program = pathlib.Path(sys.argv[sys.argv.index("-o") + 1])
first = not (here / "first").exists()
if first:
    (here / "first").touch()
    print("package", file=sys.stderr, flush=True)
    go_on.read_text()
else:
    go_on.write_text("go on")
    written.read_text()
program.parent.mkdir(parents=True)
program.write_text("#!/bin/sh\\necho v{ENGINE_VERSION}\\n")
program.chmod(0o755)
if first:
    written.write_text("written")
"""


def test_what_an_orphaned_build_writes_late_is_removed(machine: Machine) -> None:
    """A killed run's Go may live on, and write while the next run builds."""
    for fifo in ("go-on", "written"):
        os.mkfifo(machine.bin / fifo)
    script(machine.bin / "go", "").write_text(ORPHAN)
    command = [PROGRAM, "engine", "install", "--from", "source"]
    with subprocess.Popen(command, env=environment(), stderr=subprocess.PIPE, text=True) as killed:
        assert killed.stderr is not None
        assert "building Pulumi from source\n" in iter(killed.stderr.readline, "")
        killed.kill()
    install("source")
    kept = sorted(path.name for path in (machine.cache / "engine").iterdir())
    assert kept == [ENGINE_VERSION, "install.lock"]
