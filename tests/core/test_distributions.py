"""The built wheels in clean environments: what people really install."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from clockwork.engine.locate import Engine

ROOT = Path(__file__).parents[2]
MOTD = ROOT / "tests" / "fixtures" / "motd_plugin"


class Installation:
    """A virtual environment with some wheels in it, and a project folder to use it in."""

    def __init__(self, folder: Path, wheels: list[Path]) -> None:
        self.environment = folder / "environment"
        self.project = folder / "project"
        self.project.mkdir()
        self._create(wheels)

    def _create(self, wheels: list[Path]) -> None:
        python = str(self.environment / "bin" / "python")
        if uv := os.environ.get("HATCH_UV") or shutil.which("uv"):
            run(uv, "venv", "--quiet", "--python", sys.executable, self.environment)
            run(uv, "pip", "install", "--quiet", "--python", python, *wheels)
        else:
            run(sys.executable, "-m", "venv", self.environment)
            run(python, "-m", "pip", "install", "--quiet", *wheels)

    def python(self, program: str) -> subprocess.CompletedProcess[str]:
        """Run a program that sees nothing but the environment."""
        python = self.environment / "bin" / "python"
        return subprocess.run([python, "-I", "-c", program], capture_output=True, text=True)

    def clockwork(self, *arguments: str) -> str:
        """Run the installed command in the project folder."""
        return run(self.environment / "bin" / "clockwork", *arguments, cwd=self.project)

    def document(self, *arguments: str) -> dict[str, Any]:
        """Run the installed command and read its JSON document."""
        document: dict[str, Any] = json.loads(self.clockwork(*arguments, "--json"))
        return document

    def actions(self, *arguments: str) -> dict[str, str]:
        """Run the installed command and give the action of each address."""
        return {one["address"]: one["action"] for one in self.document(*arguments)["resources"]}


def run(*command: str | Path, cwd: Path | None = None) -> str:
    done = subprocess.run([str(part) for part in command], cwd=cwd, capture_output=True, text=True)
    assert done.returncode == 0, f"{command} ended with {done.returncode}\n{done.stdout}\n{done.stderr}"
    return done.stdout


@pytest.fixture(scope="module")
def wheels(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Path]:
    """The built wheels of core, file and a third party's plugin, by distribution."""
    folder = tmp_path_factory.mktemp("wheels")
    sources = {
        "clockwork-core": ROOT / "clockwork-core",
        "clockwork-file": ROOT / "clockwork-file",
        "clockwork-motd": MOTD,
    }
    for source in sources.values():
        run(sys.executable, "-m", "hatchling", "build", "-t", "wheel", "-d", folder, cwd=source)
    return {name: next(folder.glob(f"{name.replace('-', '_')}-*.whl")) for name in sources}


@pytest.fixture(scope="module")
def all_three(wheels: dict[str, Path], tmp_path_factory: pytest.TempPathFactory) -> Installation:
    return Installation(tmp_path_factory.mktemp("all"), list(wheels.values()))


@pytest.fixture(scope="module")
def core_alone(wheels: dict[str, Path], tmp_path_factory: pytest.TempPathFactory) -> Installation:
    return Installation(tmp_path_factory.mktemp("core"), [wheels["clockwork-core"]])


@pytest.fixture(autouse=True)
def _engine_at_hand(engine: Engine, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("CW_PULUMI", str(engine.path))


def plugins_of(installation: Installation) -> dict[str, dict[str, Any]]:
    return {one["name"]: one for one in installation.document("plugins")["plugins"]}


def test_a_third_party_s_wheel_is_found_with_no_other_step(all_three: Installation) -> None:
    assert "clockwork-motd" in all_three.clockwork("version")
    found = plugins_of(all_three)
    assert {name: one["status"] for name, one in found.items()} == dict.fromkeys(
        ("core", "file", "motd"), "active"
    )
    assert found["motd"]["version"] == "1.2.3"
    assert found["motd"]["resource_types"] == ["MotdResource"]
    assert not [warning for one in found.values() for warning in one["warnings"]]


@pytest.mark.engine
def test_a_third_party_s_resource_is_planned_built_checked_and_removed(all_three: Installation) -> None:
    (all_three.project / "main.py").write_text(
        "from clockwork.resources import FileResource, MotdResource\n"
        "greeting = MotdResource(text='Be kind.')\n"
        "note = FileResource(description='a note', path='note.txt', content='Drink water.', mode='644')\n"
    )
    message = all_three.project / "motd"
    assert all_three.actions("plan") == {"greeting": "create", "note": "create"}
    assert not message.exists()
    all_three.clockwork("apply", "--yes")
    assert message.read_text() == "Be kind."
    assert all_three.actions("apply", "--yes") == {"greeting": "same", "note": "same"}
    assertions = all_three.document("assert")["assertions"]
    assert {one["name"] for one in assertions if one["address"] == "greeting"} == {"complete", "shown"}
    assert all(one["passed"] for one in assertions)
    all_three.clockwork("destroy", "--yes")
    assert not message.exists()


def test_core_alone_has_no_plugin_and_works(core_alone: Installation) -> None:
    assert core_alone.python("import clockwork_file").returncode != 0
    assert core_alone.python("import clockwork, clockwork.resources; clockwork.Resource").returncode == 0
    assert "clockwork-core" in core_alone.clockwork("version")
    assert list(plugins_of(core_alone)) == ["core"]
    assert plugins_of(core_alone)["core"]["warnings"] == []


def test_core_alone_names_the_distribution_of_a_missing_type(core_alone: Installation) -> None:
    told = core_alone.python("from clockwork.resources import FileResource").stderr
    assert "pip install clockwork-file" in told


@pytest.mark.engine
def test_core_alone_plans_a_class_of_the_file_itself(core_alone: Installation) -> None:
    (core_alone.project / "main.py").write_text(
        "from clockwork import Resource\n\n"
        "class Box(Resource):\n"
        "    def to_pulumi(self):\n"
        "        import pulumi\n"
        "        return pulumi.ComponentResource('demo:box:Box', self.address)\n\n"
        "boxes = [Box(name='a'), Box(name='b')]\n"
    )
    assert core_alone.actions("plan") == {"boxes[0]": "create", "boxes[1]": "create"}
