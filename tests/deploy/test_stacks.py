"""Which stack is meant, whose it is, and what it shares with others."""

from __future__ import annotations

from pathlib import Path

import pytest

from support.deploying import Deployment, actions, file

pytestmark = pytest.mark.engine


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
    deployment.run("plan")
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


def test_a_mistyped_stack_of_a_plan_leaves_nothing_behind(deployment: Deployment) -> None:
    deployment.declare(file("note"))
    deployment.run("apply")
    deployment.declare(file("letter"))
    deployment.run("plan", "--stack", "prdo")
    deployment.run("destroy")
    assert not (deployment.folder / ".clockwork").exists()


def test_the_settings_of_a_stack_that_is_not_deployed_yet_are_kept(deployment: Deployment) -> None:
    deployment.declare(file("note"))
    deployment.run("apply")
    deployment.declare(file("letter"))
    deployment.run("plan", "--stack", "prod")
    settings = deployment.folder / ".clockwork" / "state" / "Pulumi.prod.yaml"
    settings.write_text(
        settings.read_text(encoding="utf-8") + "config:\n  project:size: 3\n", encoding="utf-8"
    )
    deployment.run("destroy")
    assert settings.exists()


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
