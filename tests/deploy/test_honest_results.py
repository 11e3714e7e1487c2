"""What a run reports is what happened, and what the user's file may do is not narrowed."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from clockwork.deploy.changes import EventLog
from clockwork.deploy.outcome import Outcome
from clockwork.deploy.session import EngineResult
from clockwork.deploy.steps import Step
from clockwork.report import report
from clockwork.results import Action, ChangeSummary, ResourceChange, RunResult, Status
from support.deploying import Deployment, file, resource
from support.killing import kill_engine, under_way, wait_until
from support.stubborn import STUBBORN, install_stubborn
from support.terminal import Terminal
from support.waiting import WAITING, install_waiting

pytestmark = pytest.mark.engine

OWN = "from clockwork import Resource\nclass Own(Resource):\n    def to_pulumi(self):\n        return {}\n"


@pytest.mark.parametrize("returned", ["None", "5", "'text'"])
def test_a_resource_that_gives_pulumi_nothing_is_an_error(deployment: Deployment, returned: str) -> None:
    deployment.declare(*OWN.format(returned).splitlines(), "own = Own(name='own')")
    error = deployment.run("plan", code=1)["error"]
    assert error["address"] == "own"
    assert "not a Pulumi resource" in error["message"]


def test_the_document_of_destroy_says_what_was_kept(deployment: Deployment) -> None:
    deployment.declare(file("note"))
    deployment.run("apply")
    (deployment.folder / "note.txt").write_text("edited")
    document = deployment.run("destroy")
    assert deployment.names() == ["note.txt"]
    assert any("is kept" in note for note in resource(document, "note")["notes"])


def test_main_py_may_run_asynchronous_code(deployment: Deployment) -> None:
    deployment.declare(
        "import asyncio",
        "async def text(): return 'made asynchronously'",
        "note = FileResource(description='a', path='n.txt', content=asyncio.run(text()), mode='644')",
    )
    deployment.run("apply")
    assert deployment.read("n.txt") == "made asynchronously"


def test_a_traceback_is_the_users_alone(deployment: Deployment) -> None:
    deployment.declare("broken = 1 / 0")
    said = deployment.told("plan", code=1)
    assert "ZeroDivisionError" in said
    assert "During handling" not in said
    assert "waiting.py" not in said


def test_a_secret_output_is_a_word(deployment: Deployment) -> None:
    deployment.declare(
        "import pulumi",
        "class Exporting(FileResource):",
        "    def to_pulumi(self):",
        "        pulumi.export('token', pulumi.Output.secret('hunter2'))",
        "        return super().to_pulumi()",
        "note = Exporting(description='a', path='n.txt', content='x', mode='644')",
    )
    assert deployment.run("apply")["outputs"] == {"token": "[secret]"}


@pytest.fixture
def broken(deployment: Deployment) -> Deployment:
    """A project whose second file cannot be made, because the first is where its folder should be."""
    deployment.declare(
        file("first", "a"),
        made_after("second", "a/b", "first"),
        made_after("third", "c", "second"),
        file("fourth", "d"),
    )
    return deployment


def made_after(variable: str, path: str, other: str) -> str:
    return (
        f"{variable} = FileResource(description='a file', path={path!r}, content='x', mode='644',"
        f" depends_on=[{other}])"
    )


def outcomes(document: dict[str, Any]) -> dict[str, tuple[str, str]]:
    return {one["address"]: (one["action"], one["status"]) for one in document["resources"]}


def test_a_failed_apply_tells_what_was_done_what_failed_and_what_was_not_reached(broken: Deployment) -> None:
    document = broken.run("apply", code=1)
    assert outcomes(document) == {
        "first": ("create", "done"),
        "second": ("create", "failed"),
        "third": ("create", "skipped"),
        "fourth": ("create", "done"),
    }
    assert "is not a folder" in resource(document, "second")["error"]
    assert resource(document, "first")["error"] is None
    told = {name: number for name, number in document["summary"].items() if number}
    assert told == {"create": 2, "failed": 1, "skipped": 1}
    assert broken.names() == ["a", "d"]


def test_a_failed_apply_is_not_headed_as_if_it_had_worked(broken: Deployment) -> None:
    said = broken.told("apply", code=1)
    assert said.startswith("Apply failed for stack dev")
    assert "+ first FileResource created" in said
    assert "✗ second FileResource create failed" in said
    assert "third FileResource not reached (create)" in said
    assert "2 created, 1 failed, 1 not reached" in said


def test_what_a_refused_plan_kept_from_being_done_is_not_told_as_done(deployment: Deployment) -> None:
    (deployment.folder / "taken.txt").write_text("somebody else's")
    deployment.declare(file("good"), file("taken"))
    planned = deployment.run("plan", code=1)
    assert outcomes(planned)["taken"] == ("unknown", "failed")
    assert outcomes(planned)["good"][1] in ("planned", "skipped")
    applied = deployment.run("apply", code=1)
    assert outcomes(applied)["taken"] == ("unknown", "failed")
    assert outcomes(applied)["good"][1] == "skipped"
    assert "already there" in resource(applied, "taken")["error"]
    assert applied["summary"]["create"] == 0
    assert deployment.told("plan", code=1).startswith("Plan failed for stack dev")


def test_a_failed_destroy_tells_what_is_still_there(deployment: Deployment, tmp_path: Path) -> None:
    deployment.environment = install_stubborn(tmp_path / "site")
    deployment.declare(file("first"), STUBBORN)
    deployment.run("apply")
    document = deployment.run("destroy", code=1)
    assert outcomes(document) == {"first": ("delete", "skipped"), "stubborn": ("delete", "failed")}
    assert resource(document, "stubborn")["error"] == "it holds on"
    assert document["summary"]["delete"] == 0
    said = deployment.told("destroy", code=1)
    assert said.startswith("Destroy failed for stack dev")
    assert "✗ stubborn StubbornResource delete failed ✗ it holds on" in said
    assert "first FileResource not reached (delete)" in said


def test_what_was_under_way_when_the_engine_died_is_not_told_as_done(
    deployment: Deployment, tmp_path: Path
) -> None:
    deployment.environment = install_waiting(tmp_path / "site")
    deployment.declare(file("note"), WAITING, made_after("after", "after.txt", "waiting"))
    with under_way("apply", "--json", cwd=deployment.folder, **deployment.environment) as process:
        marks = [deployment.folder / name for name in ("waits", "note.txt")]
        wait_until(lambda: all(mark.exists() for mark in marks), process)
        kill_engine(process)
        document = json.loads(process.communicate()[0])
    assert process.returncode == 1
    assert outcomes(document)["waiting"] == ("create", "failed")
    assert outcomes(document)["after"] == ("create", "skipped")
    assert document["summary"]["create"] <= 1


def test_a_file_that_destroy_keeps_is_counted_as_kept(deployment: Deployment) -> None:
    deployment.declare(file("note"), file("other"))
    deployment.run("apply")
    (deployment.folder / "note.txt").write_text("edited")
    document = deployment.run("destroy")
    assert outcomes(document) == {"note": ("delete", "kept"), "other": ("delete", "done")}
    told = {name: number for name, number in document["summary"].items() if number}
    assert told == {"delete": 1, "kept": 1}


def test_a_kept_file_is_shown_as_kept(deployment: Deployment) -> None:
    deployment.declare(file("note"))
    deployment.run("apply")
    (deployment.folder / "note.txt").write_text("edited")
    deployment.declare(file("other"))
    said = deployment.told("apply")
    assert "= note FileResource kept" in said
    assert "it was changed by hand" in said
    assert "1 kept" in said
    assert "deleted" not in said


def test_destroy_names_the_class_and_not_the_pulumi_type(deployment: Deployment) -> None:
    deployment.declare(file("note"))
    deployment.run("apply")
    assert resource(deployment.run("destroy"), "note")["type"] == "FileResource"


def test_a_thing_whose_plugin_is_gone_is_told_with_its_type(deployment: Deployment) -> None:
    deployment.declare(file("note"))
    deployment.run("apply")
    deployment.environment = {"CLOCKWORK_DISABLE_PLUGINS": "file"}
    document = deployment.run("destroy", code=1)
    assert outcomes(document)["note"][1] == "failed"
    assert resource(document, "note")["type"] == "clockwork:file:File"
    assert "nothing here builds clockwork:file:File" in resource(document, "note")["error"]


def test_after_a_yes_a_failure_tells_what_the_confirmed_plan_did_not_get_to(
    deployment: Deployment, tmp_path: Path
) -> None:
    deployment.environment = install_stubborn(tmp_path / "site")
    deployment.declare(file("first"), STUBBORN)
    deployment.run("apply")
    site = deployment.environment["PYTHONPATH"]
    with Terminal("destroy", cwd=deployment.folder, PYTHONPATH=site) as terminal:
        terminal.await_words("Remove all of this? [y/N]")
        terminal.press("y\n")
        assert terminal.end() == 1
    said = " ".join(terminal.text.split())
    assert "Destroy failed for stack dev" in said
    assert "✗ stubborn StubbornResource delete failed" in said
    assert "· first FileResource not reached (delete)" in said


def test_another_file_for_the_same_stack_is_told(deployment: Deployment) -> None:
    deployment.declare(file("note"))
    deployment.run("apply")
    (deployment.folder / "other.py").write_text(
        "from clockwork.resources import FileResource\n" + file("letter") + "\n"
    )
    warning = "this stack was deployed from main.py before: what other.py does not declare is removed from it"
    assert warning in deployment.told("plan", "-f", "other.py")
    assert warning not in deployment.told("plan")
    assert warning in deployment.told("apply", "-f", "other.py", "--yes")
    assert warning not in deployment.told("plan", "-f", "other.py")
    deployment.run("destroy", "-f", "other.py")


def test_what_never_was_is_not_told_as_deleted(deployment: Deployment) -> None:
    deployment.head = "from clockwork.resources import CommandResource, FileResource\n"
    deployment.declare(file("note"), "failing = CommandResource(name='failing', create='exit 3')")
    deployment.run("apply", code=1)
    destroyed = deployment.run("destroy")
    assert [one["address"] for one in destroyed["resources"]] == ["note"]


def test_an_adopted_file_that_is_changed_is_told(deployment: Deployment) -> None:
    (deployment.folder / "note.txt").write_text("hello")
    (deployment.folder / "note.txt").chmod(0o644)
    deployment.declare(file("note"))
    deployment.run("apply")
    deployment.declare(file("note", content="other"))
    told = "it was there before Clockwork; it is changed now, and will not be deleted"
    assert told in deployment.told("plan")
    deployment.run("apply")
    deployment.run("destroy")
    assert deployment.read("note.txt") == "other"


def test_what_was_to_stay_as_it_is_is_not_called_unreached() -> None:
    def urn(name: str) -> str:
        return f"urn:pulumi:dev::shop::clockwork:file:File::{name}"

    planned = {urn("other"): Action.SAME, urn("first"): Action.CREATE, urn("next"): Action.UPDATE}
    log = EventLog(lambda _event: None, planned={one: Step(one, action) for one, action in planned.items()})
    told = Outcome(log, planned=False).of_failure({"first": "it broke"})
    assert {one.address: (one.action, one.status) for one in told} == {
        "other": (Action.SAME, Status.DONE),
        "first": (Action.CREATE, Status.FAILED),
        "next": (Action.UPDATE, Status.SKIPPED),
    }


def test_what_a_confirmed_plan_left_alone_is_told_as_unchanged_after_a_failure() -> None:
    changes = [
        ResourceChange("other", "FileResource", Action.SAME),
        ResourceChange("next", "FileResource", Action.CREATE),
    ]
    result = RunResult("apply", "dev")
    failed = EngineResult(ChangeSummary(), [], {}, {}, success=False)
    report(result, failed, [], planned=RunResult("plan", "dev", resources=changes))
    assert {one.address: one.status for one in result.resources} == {
        "other": Status.DONE,
        "next": Status.SKIPPED,
    }
