"""Destroying: what it needs, what it removes, what it leaves."""

from __future__ import annotations

import pytest

from support.deploying import Deployment, actions, file

pytestmark = pytest.mark.engine


@pytest.fixture
def deployed(deployment: Deployment) -> Deployment:
    deployment.declare(file("note", "made/note.txt"))
    deployment.run("apply")
    return deployment


def is_clean(deployment: Deployment) -> bool:
    return deployment.names() == [] and not (deployment.folder / ".clockwork").exists()


def test_it_needs_no_file(deployed: Deployment) -> None:
    (deployed.folder / "main.py").unlink()
    assert actions(deployed.run("destroy")) == {"note": "delete"}
    assert is_clean(deployed)


def test_it_needs_no_working_file_and_no_model(deployed: Deployment) -> None:
    deployed.declare("letter = FileResource(description='incomplete')", "1 / 0")
    assert actions(deployed.run("destroy")) == {"note": "delete"}
    assert is_clean(deployed)


def test_nothing_deployed_is_nothing_to_do(deployment: Deployment) -> None:
    assert actions(deployment.run("destroy")) == {}
    assert is_clean(deployment)


def test_it_never_touches_what_others_put_there(deployed: Deployment) -> None:
    (deployed.folder / "made" / "yours.txt").write_text("yours")
    deployed.run("destroy")
    assert [path.name for path in (deployed.folder / "made").iterdir()] == ["yours.txt"]


def test_keep_files_keeps_the_folder(deployed: Deployment) -> None:
    deployed.run("destroy", "--keep-files")
    assert deployed.names() == []
    assert deployed.state() == []
    assert actions(deployed.run("apply")) == {"note": "create"}


def test_the_folder_stays_as_long_as_another_stack_lives_there(deployment: Deployment) -> None:
    deployment.declare("import os", file("note").replace("'note.txt'", "os.environ['CW_STACK'] + '.txt'"))
    for stack in ("dev", "staging"):
        deployment.environment = {"CW_STACK": stack}
        deployment.run("apply")
    assert deployment.names() == ["dev.txt", "staging.txt"]
    deployment.run("destroy")
    assert deployment.names() == ["dev.txt"]
    deployment.environment = {"CW_STACK": "dev"}
    assert actions(deployment.run("plan")) == {}
    deployment.run("destroy")
    assert is_clean(deployment)


def test_a_failure_keeps_the_state_and_the_next_try_ends_it(deployed: Deployment) -> None:
    note = deployed.folder / "made" / "note.txt"
    deployed.environment = {"CLOCKWORK_DISABLE_PLUGINS": "file"}
    error = deployed.run("destroy", code=1)["error"]
    assert error["address"] == "note", error
    assert "nothing here builds" in error["message"]
    assert note.exists()
    deployed.environment = {}
    assert actions(deployed.run("destroy")) == {"note": "delete"}
    assert is_clean(deployed)
