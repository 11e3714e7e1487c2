"""Runs that were killed: the next one goes on, and nothing is left behind."""

from __future__ import annotations

import json
from collections.abc import Callable
from hashlib import sha256
from pathlib import Path
from typing import Any

import pytest

from support.deploying import Deployment, actions, file, many_files
from support.killing import kill, under_way, wait_until

pytestmark = pytest.mark.engine

NUMBER = 50
UNFINISHED = "take care of what it left"
RECOVERED = "was killed in the middle of a run"
both_ways = pytest.mark.parametrize("with_engine", [False, True], ids=["engine-lives-on", "engine-too"])


def apply_and_kill(deployment: Deployment, with_engine: bool) -> None:
    """Kill an apply of fifty files while it writes them."""
    deployment.declare(many_files(NUMBER, folder="made/"))
    folder = deployment.folder / "made"
    with under_way("apply", "--parallel", "2", cwd=deployment.folder) as process:
        wait_until(lambda: len(list(folder.glob("f*.txt"))) >= 10, process)
        kill(process, with_engine=with_engine)
    assert len(list(folder.iterdir())) < NUMBER


@both_ways
def test_the_next_apply_finishes_and_destroy_leaves_nothing(
    deployment: Deployment, with_engine: bool
) -> None:
    apply_and_kill(deployment, with_engine)
    assert RECOVERED in deployment.told("apply")
    assert len(list((deployment.folder / "made").glob("f*.txt"))) == NUMBER
    assert actions(deployment.run("plan")) == {}
    deployment.run("destroy")
    assert deployment.names() == []
    assert not (deployment.folder / ".clockwork").exists()


def test_a_plan_says_that_a_run_was_killed_and_changes_nothing(deployment: Deployment) -> None:
    apply_and_kill(deployment, with_engine=True)
    made = sorted(path.name for path in (deployment.folder / "made").iterdir())
    assert UNFINISHED in deployment.told("plan")
    assert UNFINISHED in deployment.told("plan")
    assert sorted(path.name for path in (deployment.folder / "made").iterdir()) == made
    deployment.run("apply")
    assert UNFINISHED not in deployment.told("plan")


def test_destroy_counts_what_only_the_killed_run_knew(deployment: Deployment) -> None:
    apply_and_kill(deployment, with_engine=True)
    made = len(list((deployment.folder / "made").glob("f*.txt")))
    document = deployment.run("destroy")
    assert document["summary"]["delete"] == made
    assert {one["type"] for one in document["resources"]} == {"FileResource"}


def test_what_was_edited_since_the_kill_is_kept_and_told(deployment: Deployment) -> None:
    apply_and_kill(deployment, with_engine=True)
    for path in (deployment.folder / "made").glob("f*.txt"):
        path.write_text("mine", encoding="utf-8")
    made = len(list((deployment.folder / "made").glob("f*.txt")))
    assert deployment.run("destroy")["summary"]["kept"] == made
    assert deployment.names() == ["made"]


def test_a_targeted_run_leaves_what_a_killed_run_made_of_others(deployment: Deployment) -> None:
    apply_and_kill(deployment, with_engine=True)
    made = {path.name for path in (deployment.folder / "made").glob("f*.txt")}
    deployment.run("apply", "files[49]")
    assert {path.name for path in (deployment.folder / "made").glob("f*.txt")} >= made
    assert len(list((deployment.folder / "made").glob("f*.txt"))) < NUMBER
    deployment.run("apply")
    assert len(list((deployment.folder / "made").glob("f*.txt"))) == NUMBER
    deployment.run("destroy")
    assert deployment.names() == []


@both_ways
def test_destroy_right_after_it_leaves_nothing(deployment: Deployment, with_engine: bool) -> None:
    apply_and_kill(deployment, with_engine)
    assert RECOVERED in deployment.told("destroy")
    assert deployment.names() == []
    assert not (deployment.folder / ".clockwork").exists()


def test_what_left_the_file_meanwhile_goes_too(deployment: Deployment) -> None:
    apply_and_kill(deployment, with_engine=True)
    deployment.declare(file("other"))
    assert actions(deployment.run("apply"))["other"] == "create"
    assert deployment.names() == ["other.txt"]


def test_what_another_resource_has_meanwhile_is_not_discarded(deployment: Deployment) -> None:
    (deployment.folder / "note.txt").write_text("hello", encoding="utf-8")
    (deployment.folder / ".clockwork").mkdir()
    left = deployment.folder / ".clockwork" / "journal-dev.jsonl"
    claim = (
        '{"urn": "urn:pulumi:dev::project::clockwork:file:File::old", "kind": "file", '
        f'"key": "{deployment.folder / "note.txt"}", "digest": "{sha256(b"hello").hexdigest()}"}}\n'
    )
    left.write_text(claim, encoding="utf-8")
    deployment.declare(file("new", path="note.txt"))
    deployment.run("apply")
    assert deployment.read("note.txt") == "hello"


def state_file(deployment: Deployment) -> Path:
    folder = deployment.folder / ".clockwork" / "state" / ".pulumi" / "stacks" / deployment.folder.name
    return folder / "dev.json"


def with_state(deployment: Deployment, change: Callable[[dict[str, Any]], None]) -> None:
    """Change what the stack's state holds."""
    document = json.loads(state_file(deployment).read_text(encoding="utf-8"))
    change(document["checkpoint"]["latest"])
    state_file(deployment).write_text(json.dumps(document), encoding="utf-8")


def renamed(resource: dict[str, Any], name: str) -> dict[str, Any]:
    """A resource of the state under another name."""
    return {**resource, "urn": resource["urn"].rpartition("::")[0] + f"::{name}"}


def files_of(latest: dict[str, Any]) -> list[dict[str, Any]]:
    return [one for one in latest["resources"] if one["type"] == "clockwork:file:File"]


@pytest.mark.parametrize("then", [[], ["apply"]], ids=["destroy", "apply and destroy"])
def test_an_adopted_file_outlives_a_killed_rename(deployment: Deployment, then: list[str]) -> None:
    (deployment.folder / "note.txt").write_text("hello", encoding="utf-8")
    (deployment.folder / "note.txt").chmod(0o644)
    deployment.declare(file("note"))
    deployment.run("apply")
    claim = {
        "urn": renamed(deployment.state()[0], "renamed")["urn"],
        "kind": "file",
        "key": str(deployment.folder / "note.txt"),
        "digest": sha256(b"hello").hexdigest(),
        "id": "note.txt",
    }
    journal = deployment.folder / ".clockwork" / "journal-dev.jsonl"
    journal.write_text(json.dumps(claim) + "\n", encoding="utf-8")
    for command in then:
        deployment.run(command)
    assert deployment.run("destroy", "--dry-run")["summary"]["kept"] == 1
    assert deployment.run("destroy")["summary"]["kept"] == 1
    assert deployment.read("note.txt") == "hello"


def test_what_a_killed_run_was_about_to_make_owns_nothing(deployment: Deployment) -> None:
    deployment.declare(file("note"))
    deployment.run("apply")

    def leave_pending(latest: dict[str, Any]) -> None:
        pending = {"resource": renamed(files_of(latest)[0], "ghost"), "type": "creating"}
        latest["pending_operations"] = [pending]

    with_state(deployment, leave_pending)
    assert deployment.run("destroy")["summary"]["kept"] == 0
    assert deployment.names() == []


def test_a_plan_to_destroy_two_owners_of_a_file_says_what_will_be(deployment: Deployment) -> None:
    deployment.declare(file("note"))
    deployment.run("apply")
    with_state(deployment, lambda latest: latest["resources"].append(renamed(files_of(latest)[0], "renamed")))
    planned = deployment.run("destroy", "--dry-run")["summary"]
    done = deployment.run("destroy")["summary"]
    assert (planned["delete"], planned["kept"]) == (done["delete"], done["kept"]) == (1, 1)
    assert deployment.names() == []
