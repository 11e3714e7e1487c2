"""Which stack is meant, whose it is, and what it shares with others."""

from __future__ import annotations

import signal
from pathlib import Path

import pytest

from clockwork import ClockworkCore
from clockwork.engine.locate import Engine
from clockwork.errors import Cancelled
from clockwork.results import RunResult
from support.command import clockwork
from support.deploying import Deployment, actions, file
from support.killing import under_way, wait_until

pytestmark = pytest.mark.engine

WAITS_IN_A_PLAN = """
import time
from clockwork import Resource

class Slow(Resource):
    name: str = "slow"

    def to_pulumi(self):
        import pulumi
        (self.project / "waits").touch()
        while not (self.project / "go").exists():
            time.sleep(0.01)
        return pulumi.ComponentResource("test:slow:Slow", self.address)

slow = Slow()
"""


@pytest.fixture
def shared(tmp_path: Path) -> dict[str, str]:
    """The settings of a state that several folders share."""
    (tmp_path / "shared").mkdir()
    return {"CW_BACKEND_URL": f"file://{tmp_path / 'shared'}", "PULUMI_CONFIG_PASSPHRASE": "shared"}


@pytest.fixture
def namesake(deployment: Deployment, shared: dict[str, str], tmp_path: Path) -> Deployment:
    """Another project whose folder has the same name, and whose state is kept in the same place."""
    deployment.environment = shared
    deployment.declare(file("note"))
    other = Deployment(tmp_path / "elsewhere" / deployment.folder.name)
    other.folder.mkdir(parents=True)
    other.environment = shared
    other.declare(file("letter"))
    return other


@pytest.mark.parametrize("command", [["plan"], ["apply"], ["destroy"]])
def test_a_stack_of_a_namesake_is_left_alone(
    command: list[str], deployment: Deployment, namesake: Deployment
) -> None:
    deployment.run("apply")
    told = namesake.told(*command, code=1)
    assert "not deployed from this folder" in told
    assert "project-name" in told
    assert deployment.names() == ["note.txt"]
    assert actions(deployment.run("plan")) == {}


def test_a_named_project_joins_its_stack_from_another_folder(
    deployment: Deployment, namesake: Deployment
) -> None:
    deployment.run("apply")
    namesake.declare(file("note"))
    (namesake.folder / "pyproject.toml").write_text(
        f'[tool.clockwork]\nproject-name = "{deployment.folder.name}"\n', encoding="utf-8"
    )
    assert namesake.run("plan")["summary"]["create"] == 0


def test_a_stack_that_holds_nothing_is_anybodys(deployment: Deployment, namesake: Deployment) -> None:
    deployment.run("apply")
    deployment.run("destroy")
    namesake.run("apply")
    assert namesake.names() == ["letter.txt"]


def test_a_stack_is_ours_again_after_a_failed_apply(deployment: Deployment, shared: dict[str, str]) -> None:
    deployment.environment = shared
    inside = file("letter", path="note.txt/letter.txt").replace("path=", "depends_on=[note], path=")
    deployment.declare(file("note"), inside)
    deployment.run("apply", code=1)
    deployment.declare(file("note"))
    deployment.run("apply")
    deployment.run("destroy")
    assert deployment.names() == []


def test_two_stacks_of_a_folder_do_not_share_a_file(deployment: Deployment) -> None:
    deployment.declare(file("note"))
    deployment.run("apply", "--stack", "dev")
    for command in ("plan", "apply"):
        told = deployment.told(command, "--stack", "prod", code=1)
        assert "the stack 'dev'" in told
        assert "note.txt" in told
    deployment.declare(file("note", path="other.txt"))
    deployment.run("apply", "--stack", "prod")
    deployment.run("destroy", "--stack", "prod")
    assert deployment.names() == ["note.txt"]


def test_what_a_stack_gave_up_another_may_have(deployment: Deployment) -> None:
    deployment.declare(file("note"))
    deployment.run("apply", "--stack", "dev")
    deployment.declare(file("letter"))
    deployment.run("apply", "--stack", "dev")
    deployment.declare(file("note"))
    deployment.run("apply", "--stack", "prod")
    deployment.declare(file("letter"))
    deployment.run("destroy", "--stack", "dev")
    assert deployment.names() == ["note.txt"]


def named_after(stack: str, folder: Path) -> list[Path]:
    return [path for path in folder.rglob("*") if stack in path.name]


@pytest.mark.parametrize("code", [0, 1])
def test_a_plan_makes_no_stack(code: int, deployment: Deployment) -> None:
    deployment.declare(file("note"))
    deployment.run("apply")
    deployment.declare(file("letter", path="letter.txt" if code == 0 else "note.txt/letter.txt"))
    deployment.run("plan", "--stack", "prdo", code=code)
    assert named_after("prdo", deployment.folder) == []
    deployment.run("destroy")
    assert not (deployment.folder / ".clockwork").exists()


def test_a_plan_makes_no_stack_in_a_shared_state(
    deployment: Deployment, shared: dict[str, str], tmp_path: Path
) -> None:
    deployment.environment = shared
    deployment.declare(file("note"))
    deployment.run("plan", "--stack", "prdo")
    stacks = tmp_path / "shared" / ".pulumi" / "stacks" / deployment.folder.name
    assert not (stacks / "prdo.json").exists()
    assert not (deployment.folder / ".clockwork").exists()
    deployment.run("apply", "--stack", "prod")
    deployment.run("plan", "--stack", "prod")
    assert deployment.run("apply", "--stack", "prod")["summary"]["same"] == 1


@pytest.mark.parametrize("declared", [file("note"), file("note", path="main.py/note.txt")])
@pytest.mark.parametrize("command", [["plan"], ["plan", "--refresh"], ["destroy", "--dry-run"], ["refresh"]])
def test_a_command_that_only_looks_leaves_a_fresh_folder_as_it_was(
    command: list[str], declared: str, deployment: Deployment
) -> None:
    deployment.declare(declared)
    clockwork(*command, cwd=deployment.folder)
    assert not (deployment.folder / ".clockwork").exists()


def test_an_interrupted_plan_leaves_a_fresh_folder_as_it_was(deployment: Deployment) -> None:
    deployment.declare(WAITS_IN_A_PLAN)
    with under_way("plan", cwd=deployment.folder) as process:
        wait_until((deployment.folder / "waits").exists, process)
        process.send_signal(signal.SIGINT)
        (deployment.folder / "go").touch()
        process.communicate()
    assert process.returncode == 130
    assert not (deployment.folder / ".clockwork").exists()


@pytest.mark.parametrize("is_shared", [False, True])
def test_an_apply_keeps_the_stack_of_its_own_plan_until_it_is_refused(
    is_shared: bool,
    deployment: Deployment,
    shared: dict[str, str],
    monkeypatch: pytest.MonkeyPatch,
    tmp_path: Path,
) -> None:
    for name, value in shared.items() if is_shared else ():
        monkeypatch.setenv(name, value)
    state = tmp_path / "shared" if is_shared else deployment.folder / ".clockwork" / "state"
    stack = state / ".pulumi" / "stacks" / deployment.folder.name / "dev.json"
    was_there = []

    def refuse(_plan: RunResult) -> bool:
        was_there.append(stack.exists())
        return False

    deployment.declare(file("note"))
    with pytest.raises(Cancelled):
        ClockworkCore(confirm=refuse).apply(deployment.folder / "main.py")
    assert was_there == [True]
    assert not stack.exists()
    assert not (deployment.folder / ".clockwork").exists()


def test_a_plan_keeps_what_another_stack_has(deployment: Deployment) -> None:
    deployment.declare(file("note"))
    deployment.run("apply")
    kept = deployment.state()
    deployment.declare(file("letter"))
    deployment.run("plan", "--stack", "prdo")
    assert deployment.state() == kept
    assert (deployment.folder / ".clockwork" / "passphrase").exists()


def test_the_settings_of_a_stack_that_is_not_deployed_yet_are_kept(deployment: Deployment) -> None:
    deployment.declare(file("note"))
    deployment.run("apply")
    deployment.declare(file("letter"))
    settings = deployment.folder / ".clockwork" / "state" / "Pulumi.prod.yaml"
    settings.write_text("config:\n  project:size: 3\n", encoding="utf-8")
    deployment.run("plan", "--stack", "prod")
    assert "project:size" in settings.read_text(encoding="utf-8")
    deployment.run("destroy")
    assert settings.exists()


def test_a_name_that_is_too_long_is_told_as_that(deployment: Deployment) -> None:
    deployment.declare(file("note"))
    told = deployment.told("plan", "--stack", "s" * 101, code=2)
    assert "101 characters" in told
    assert "at most 100" in told
    assert "--stack" in told


def test_a_folder_with_a_long_name_is_told_how_to_name_the_project(engine: Engine, project: Path) -> None:
    deployment = Deployment(project.rename(project.with_name("p" * 101)))
    deployment.declare(file("note"))
    told = deployment.told("plan", code=2)
    assert "the project's name has 101 characters" in told
    assert "CW_PROJECT_NAME" in told
    deployment.environment = {"CW_PROJECT_NAME": "short"}
    deployment.run("plan")


@pytest.mark.parametrize("stack", ["acme/dev", "acme/project/dev"])
def test_only_pulumi_cloud_has_organisations(stack: str, deployment: Deployment) -> None:
    deployment.declare(file("note"))
    told = deployment.told("plan", "--stack", stack, code=2)
    assert "organisation" in told
    assert "'dev'" in told


def test_another_passphrase_is_told_as_that(deployment: Deployment, shared: dict[str, str]) -> None:
    deployment.environment = shared
    deployment.declare(file("note"))
    deployment.run("apply")
    deployment.environment = {**shared, "PULUMI_CONFIG_PASSPHRASE": "another"}
    told = deployment.told("plan", code=1)
    assert "another passphrase" in told
    assert "PULUMI_CONFIG_PASSPHRASE" in told
    assert "pulumi:pulumi" not in told


def test_a_password_of_the_backend_is_neither_shown_nor_kept(deployment: Deployment) -> None:
    deployment.declare(file("note"))
    deployment.environment = {
        "CW_BACKEND_URL": "postgres://me:hunter2@127.0.0.1:1/state?sslmode=disable",
        "CW_LOG_LEVEL": "debug",
    }
    for command in (["plan", "--debug"], ["apply", "--debug"], ["plan", "--json"]):
        assert "hunter2" not in deployment.told(*command, code=1)
    assert holding("hunter2", deployment.folder) == []


def test_a_password_of_a_backend_in_use_is_kept_nowhere(
    deployment: Deployment, shared: dict[str, str], tmp_path: Path
) -> None:
    (tmp_path / "key").write_text("key", encoding="utf-8")
    signing = f"base_url=http://me:hunter2@localhost/&secret_key_path={tmp_path / 'key'}"
    deployment.environment = {
        **shared,
        "CW_BACKEND_URL": f"{shared['CW_BACKEND_URL']}?{signing}",
        "PULUMI_HOME": str(tmp_path / "home"),
    }
    deployment.declare(file("note"))
    deployment.run("plan", "--stack", "prod")
    deployment.run("apply")
    assert actions(deployment.run("plan")) == {}
    described = (deployment.folder / ".clockwork" / "state" / "Pulumi.yaml").read_text(encoding="utf-8")
    assert "url:" not in described
    assert "PULUMI_BACKEND_URL" in described
    assert holding("hunter2", tmp_path) == []


def holding(text: str, folder: Path) -> list[Path]:
    return [path for path in folder.rglob("*") if path.is_file() and text.encode() in path.read_bytes()]
