"""Which engine is found, and what that costs."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import pytest

from clockwork.engine.cache import ENGINE_VERSION
from clockwork.engine.locate import Engine, cached_engine, find_engine, places
from clockwork.engine.versions import is_new_enough
from clockwork.errors import EngineError
from support.machines import Machine, script


def test_nothing_is_found_where_nothing_is(machine: Machine) -> None:
    assert find_engine() is None
    assert [place.origin for place in places()] == ["PATH", "cache"]


def test_what_is_chosen_comes_before_path_and_path_before_the_cache(
    machine: Machine, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    cached = machine.pulumi(ENGINE_VERSION, cached_engine().path)
    assert find_engine() == Engine(cached, ENGINE_VERSION, "cache")
    on_path = machine.pulumi("3.260.0")
    assert find_engine() == Engine(on_path, "3.260.0", "PATH")
    chosen = machine.pulumi("3.261.0", tmp_path / "mine")
    monkeypatch.setenv("CW_PULUMI", str(chosen))
    assert find_engine() == Engine(chosen, "3.261.0", "CW_PULUMI")


@pytest.mark.parametrize(
    ("text", "words"),
    [
        (None, "does not exist"),
        ("exit 1", "does not run"),
        ("echo hello", "does not say its version"),
        ("echo v3.205.9", "is 3.205.9; Clockwork needs 3.206.0 or newer"),
    ],
)
def test_a_chosen_program_that_cannot_be_used_is_an_error(
    machine: Machine, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, text: str | None, words: str
) -> None:
    machine.pulumi("3.260.0")
    chosen = tmp_path / "mine"
    if text is not None:
        script(chosen, text)
    monkeypatch.setenv("CW_PULUMI", str(chosen))
    with pytest.raises(EngineError, match=words) as caught:
        find_engine()
    assert str(chosen) in caught.value.message
    assert "CW_PULUMI" in caught.value.message
    assert caught.value.hint


def test_a_folder_is_no_program(machine: Machine, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("CW_PULUMI", str(tmp_path))
    with pytest.raises(EngineError, match="is not a file"):
        find_engine()


def test_an_old_one_on_path_is_passed_over_with_a_note(
    machine: Machine, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("CW_LOG_LEVEL", "info")
    old = machine.pulumi("3.100.0")
    cached = machine.pulumi(ENGINE_VERSION, cached_engine().path)
    assert find_engine() == Engine(cached, ENGINE_VERSION, "cache")
    assert f"{old} is 3.100.0; Clockwork needs 3.206.0 or newer" in capsys.readouterr().err


@pytest.mark.parametrize(
    ("version", "enough"),
    [
        ("3.206.0", True),
        ("3.205.99", False),
        ("3.1000.0", True),
        ("4.0.0", True),
        ("3.260.0-alpha.1", True),
        ("3.206.1+dirty", True),
        ("2.999.0", False),
    ],
)
def test_versions_compare_as_numbers(version: str, enough: bool) -> None:
    assert is_new_enough(version) is enough


def test_a_program_is_asked_for_its_version_once(machine: Machine) -> None:
    program = machine.pulumi("3.260.0")
    for _time in range(3):
        assert find_engine() == Engine(program, "3.260.0", "PATH")
    assert machine.runs(program) == 1


def test_another_process_remembers(machine: Machine) -> None:
    program = machine.pulumi("3.260.0")
    find_engine()
    code = "from clockwork.engine.locate import find_engine; print(find_engine().version)"
    said = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert said.stdout == "3.260.0\n"
    assert machine.runs(program) == 1


def test_a_program_that_was_replaced_is_asked_again(machine: Machine) -> None:
    program = machine.pulumi("3.260.0")
    find_engine()
    machine.pulumi("3.261.0-beta.1")
    assert find_engine() == Engine(program, "3.261.0-beta.1", "PATH")
    assert machine.runs(program) == 2


def test_two_programs_are_remembered_beside_each_other(
    machine: Machine, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    on_path, mine = machine.pulumi("3.260.0"), machine.pulumi("3.261.0", tmp_path / "mine")
    for _time in range(2):
        monkeypatch.delenv("CW_PULUMI", raising=False)
        find_engine()
        monkeypatch.setenv("CW_PULUMI", str(mine))
        find_engine()
    assert (machine.runs(on_path), machine.runs(mine)) == (1, 1)


def test_the_cache_needs_no_question(machine: Machine) -> None:
    cached = machine.pulumi(ENGINE_VERSION, cached_engine().path)
    assert find_engine() == Engine(cached, ENGINE_VERSION, "cache")
    assert machine.runs(cached) == 0


@pytest.mark.parametrize(
    "memo", ["", "[]", "{", '{"PROGRAM": 7}', '{"PROGRAM": {"state": [1, 2], "version": 3}}']
)
def test_a_damaged_memory_is_forgotten(machine: Machine, memo: str) -> None:
    program = machine.pulumi("3.260.0")
    file = machine.cache / "engine" / "versions.json"
    file.parent.mkdir(parents=True)
    file.write_text(memo.replace("PROGRAM", str(program)))
    assert find_engine() == Engine(program, "3.260.0", "PATH")
    assert json.loads(file.read_text())[str(program)]["version"] == "3.260.0"


def test_a_cache_that_cannot_be_written_only_costs_the_memory(
    machine: Machine, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "file").touch()
    monkeypatch.setenv("CW_CACHE_DIR", str(tmp_path / "file" / "cache"))
    program = machine.pulumi("3.260.0")
    assert find_engine() == find_engine() == Engine(program, "3.260.0", "PATH")
    assert machine.runs(program) == 2
