"""``clockwork engine``."""

from __future__ import annotations

import json
from pathlib import Path

from clockwork.engine.cache import ENGINE_VERSION
from clockwork.engine.locate import cached_engine
from support.command import clockwork
from support.machines import CLOSED, Machine, script
from support.releases import ReleaseServer
from support.terminal import Terminal


def test_status_shows_what_is_used_and_what_was_passed_over(machine: Machine, tmp_path: Path) -> None:
    old = machine.pulumi("3.100.0")
    cached = machine.pulumi(ENGINE_VERSION, cached_engine().path)
    shown = clockwork("engine", "status", cwd=tmp_path)
    assert shown.returncode == 0
    assert shown.stdout.startswith(f"Pulumi {ENGINE_VERSION}, from cache: {cached}\n")
    assert f"PATH       {old} is 3.100.0; Clockwork needs 3.206.0 or newer\n" in shown.stdout
    assert f"release    from {CLOSED}\n" in shown.stdout
    assert "source     needs Go, which is not on PATH\n" in shown.stdout


def test_status_is_one_document(machine: Machine, tmp_path: Path) -> None:
    program, go = machine.pulumi("3.260.0"), script(machine.bin / "go", "exit 1")
    shown = clockwork("engine", "status", "--json", cwd=tmp_path)
    assert (shown.returncode, shown.stderr) == (0, "")
    assert json.loads(shown.stdout) == {
        "format": 1,
        "command": "engine",
        "path": str(program),
        "version": "3.260.0",
        "origin": "PATH",
        "cache": str(machine.cache),
        "looked": [
            {"origin": "PATH", "path": str(program), "version": "3.260.0", "refusal": None},
            {
                "origin": "cache",
                "path": None,
                "version": None,
                "refusal": f"{cached_engine().path} does not exist",
            },
        ],
        "installs": {"version": ENGINE_VERSION, "release": CLOSED, "source": str(go)},
        "error": None,
    }


def test_status_without_an_engine_fails(machine: Machine, tmp_path: Path) -> None:
    shown = clockwork("engine", "status", cwd=tmp_path)
    assert shown.returncode == 1
    assert shown.stdout.startswith("There is no Pulumi engine.\n")
    document = json.loads(clockwork("engine", "status", "--json", cwd=tmp_path).stdout)
    assert (document["path"], document["version"], document["origin"]) == (None, None, None)


def test_status_of_a_wrong_choice_is_an_error(machine: Machine, tmp_path: Path) -> None:
    shown = clockwork("engine", "status", "--json", cwd=tmp_path, CW_PULUMI="/nowhere/pulumi")
    assert shown.returncode == 1
    assert json.loads(shown.stdout)["error"]["code"] == "engine"
    assert "/nowhere/pulumi does not exist" in shown.stderr


def test_install_says_each_step_once_where_no_terminal_is(machine: Machine, tmp_path: Path) -> None:
    with ReleaseServer() as server:
        done = clockwork("engine", "install", cwd=tmp_path, CW_ENGINE_MIRROR=server.url)
    assert done.returncode == 0
    assert done.stdout == f"Pulumi {ENGINE_VERSION}: {cached_engine().path}\n"
    assert done.stderr == "looking for the Pulumi release\ndownloading Pulumi\nunpacking Pulumi\n"


def test_install_is_one_document(machine: Machine, tmp_path: Path) -> None:
    with ReleaseServer() as server:
        done = clockwork("engine", "install", "--json", cwd=tmp_path, CW_ENGINE_MIRROR=server.url)
    installed = {"path": str(cached_engine().path), "version": ENGINE_VERSION, "origin": "cache"}
    document = {"format": 1, "command": "engine", **installed, "used": installed, "error": None}
    assert (done.returncode, json.loads(done.stdout)) == (0, document)
    assert "downloading Pulumi" in done.stderr
    program = machine.pulumi("3.260.0")
    again = json.loads(clockwork("engine", "install", "--json", cwd=tmp_path).stdout)
    assert again == {**document, "used": {"path": str(program), "version": "3.260.0", "origin": "PATH"}}


def test_a_failed_install_is_one_document(machine: Machine, tmp_path: Path) -> None:
    done = clockwork("engine", "install", "--json", cwd=tmp_path)
    document = json.loads(done.stdout)
    assert (done.returncode, document["command"], document["error"]["code"]) == (1, "engine", "engine")


def test_install_at_a_terminal_shows_how_much_is_done(machine: Machine, tmp_path: Path) -> None:
    with ReleaseServer() as server:
        server.halt_at = len(server.content) // 2
        server.go_on.clear()
        with Terminal("engine", "install", cwd=tmp_path, CW_ENGINE_MIRROR=server.url) as terminal:
            terminal.await_words(f"downloading Pulumi {server.halt_at / len(server.content):.0%}")
            server.go_on.set()
            assert terminal.end() == 0
    assert f"Pulumi {ENGINE_VERSION}: " in terminal.text


def test_install_says_that_another_engine_is_used_all_the_same(machine: Machine, tmp_path: Path) -> None:
    program = machine.pulumi("3.260.0")
    with ReleaseServer() as server:
        done = clockwork("engine", "install", cwd=tmp_path, CW_ENGINE_MIRROR=server.url)
    assert done.stdout.splitlines()[1] == f"used is Pulumi 3.260.0, from PATH: {program}"


def test_a_failed_install_says_what_to_do(machine: Machine, tmp_path: Path) -> None:
    done = clockwork("engine", "install", cwd=tmp_path)
    assert (done.returncode, done.stdout) == (1, "")
    assert f"release: {CLOSED} cannot be reached" in done.stderr
    assert "Install Pulumi (https://www.pulumi.com/docs/install/)" in done.stderr
