"""What is wrong around Clockwork is told as what it is; none of it looks like a fault of Clockwork."""

from __future__ import annotations

from pathlib import Path

import pytest

from clockwork.engine.locate import Engine, find_engine, places
from clockwork.errors import EngineError
from support.command import clockwork
from support.machines import Machine, install, script

TOO_LONG = "x" * 300


def refusal_of(origin: str, machine: Machine, cwd: Path, **more: str) -> str:
    """Fail to install, and give what is said about one way."""
    done = clockwork("engine", "install", cwd=cwd, **more)
    assert done.returncode == 1
    assert "fault in Clockwork" not in done.stderr
    [told] = [line.strip() for line in done.stderr.splitlines() if line.strip().startswith(f"{origin}: ")]
    return told


@pytest.mark.parametrize(
    "variables",
    [
        {"HTTP_PROXY": "gopher://127.0.0.1:1"},
        {"ALL_PROXY": "socks5://127.0.0.1:1"},
        {"SSL_CERT_FILE": "/nowhere/certificates.pem"},
    ],
    ids=["a proxy of no known kind", "a proxy that needs more", "no certificates"],
)
def test_wrong_network_settings_are_told_and_the_next_way_is_tried(
    machine: Machine, tmp_path: Path, variables: dict[str, str]
) -> None:
    told = refusal_of("release", machine, tmp_path, **variables)
    assert next(iter(variables)) in told
    assert refusal_of("source", machine, tmp_path, **variables).startswith("source: there is no go")


def test_a_go_that_cannot_be_run_is_told_as_that(machine: Machine, tmp_path: Path) -> None:
    go = script(machine.bin / "go", "")
    go.write_text("#!/nowhere/sh\n")
    assert refusal_of("source", machine, tmp_path).startswith(f"source: {go} does not run: ")


@pytest.mark.parametrize("variable", ["CW_PULUMI", "CW_CACHE_DIR"])
def test_a_home_that_nobody_has_is_told(
    machine: Machine, monkeypatch: pytest.MonkeyPatch, variable: str
) -> None:
    monkeypatch.setenv(variable, "~nobody-of-this-name/there")
    with pytest.raises(EngineError, match=f"{variable}: .*~nobody-of-this-name"):
        find_engine()


def test_a_home_folder_is_found(machine: Machine, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    chosen = machine.pulumi("3.260.0", tmp_path / "home" / "mine")
    monkeypatch.setenv("HOME", str(tmp_path / "home"))
    monkeypatch.setenv("CW_PULUMI", "~/mine")
    assert find_engine() == Engine(chosen, "3.260.0", "CW_PULUMI")


def test_a_path_that_the_system_refuses_is_told(machine: Machine, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("CW_PULUMI", f"/{TOO_LONG}/pulumi")
    with pytest.raises(EngineError, match=r"CW_PULUMI cannot be used: .*too long"):
        find_engine()


def test_a_cache_that_cannot_be_looked_into_is_told(
    machine: Machine, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("CW_CACHE_DIR", f"/{TOO_LONG}")
    [_path, cache] = places()
    assert "too long" in (cache.refusal or "")
    with pytest.raises(EngineError, match="too long") as caught:
        install(None)
    assert "CW_CACHE_DIR" in (caught.value.hint or "")


def test_a_memory_that_cannot_be_replaced_only_costs_the_memory(machine: Machine) -> None:
    program = machine.pulumi("3.260.0")
    memory = machine.cache / "engine" / "versions.json"
    memory.mkdir(parents=True)
    assert find_engine() == find_engine() == Engine(program, "3.260.0", "PATH")
    assert machine.runs(program) == 2
    assert list(memory.parent.iterdir()) == [memory]
