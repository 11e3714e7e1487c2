"""What depends on a resource waits until it is ready."""

from __future__ import annotations

import pytest

from support.deploying import Deployment, actions, file

pytestmark = pytest.mark.engine

NOT_YET = (
    "from clockwork.assertions import FileExistsAssert, PredicateAssert, CommandAssert",
    "from pathlib import Path",
    "note = FileResource(description='n', path='note.txt', mode='644', content='x', assertions=["
    "FileExistsAssert(path='ready', timeout_seconds=0.3, gate={gate})])",
    file("after", depends_on=[]),
    "after.connect(note)",
    file("beside"),
)


def declared(deployment: Deployment, gate: str) -> Deployment:
    deployment.declare(*(one.replace("{gate}", gate) for one in NOT_YET))
    return deployment


@pytest.mark.parametrize(("gate", "options"), [("True", []), ("None", ["--assert"])])
def test_a_resource_that_does_not_get_ready_stops_what_depends_on_it(
    gate: str, options: list[str], deployment: Deployment
) -> None:
    declared(deployment, gate)
    document = deployment.run("apply", *options, code=1)
    assert deployment.names() == ["beside.txt", "note.txt"]
    assert document["error"]["address"] == "note"
    assert "it is not ready" in document["error"]["message"]
    assert [one["name"] for one in document["assertions"] if not one["passed"]] == ["file ready exists"]
    (deployment.folder / "ready").touch()
    document = deployment.run("apply", *options)
    assert actions(document) == {"after": "create"}
    assert all(one["passed"] for one in document["assertions"])


@pytest.mark.parametrize(("gate", "options"), [("False", ["--assert"]), ("None", [])])
def test_nobody_waits_unless_asked(gate: str, options: list[str], deployment: Deployment) -> None:
    declared(deployment, gate).run("apply", *options)
    assert "after.txt" in deployment.names()


def test_a_plan_waits_for_nothing(deployment: Deployment) -> None:
    assert declared(deployment, "True").run("plan")["summary"]["create"] == 3


def test_dependents_are_made_after_their_dependency_is_ready(deployment: Deployment) -> None:
    deployment.declare(
        "from clockwork.assertions import CommandAssert",
        "note = FileResource(description='n', path='note.txt', mode='644', content='x', assertions=["
        "CommandAssert(command='test -e note.txt && test ! -e after.txt && touch seen', gate=True)])",
        file("after", depends_on=[]),
        "after.connect(note)",
    )
    deployment.run("apply")
    assert deployment.names() == ["after.txt", "note.txt", "seen"]


def test_an_assertion_names_an_output(deployment: Deployment) -> None:
    deployment.declare(
        "from clockwork.assertions import CommandAssert",
        file("note"),
        "other = FileResource(description='n', path='other.txt', mode='644', content='x')",
        "other.connect(note)",
        "other.assertions = [CommandAssert(name='digest', command=f\"echo {note.ref('digest')}\","
        " output='2cf24dba', gate=True)]",
    )
    deployment.run("apply")
    document = deployment.run("assert", "other")
    assert [one["passed"] for one in document["assertions"] if one["name"] == "digest"] == [True]


def test_a_group_is_ready_by_what_is_in_it_and_is_waited_for(deployment: Deployment) -> None:
    deployment.declare(
        "from clockwork import Group",
        "from clockwork.assertions import CommandAssert",
        file("note"),
        "shop = Group('shop', assertions=[CommandAssert("
        "command='test -e note.txt && test ! -e after.txt && touch seen', timeout_seconds=5, gate=True)])",
        "shop.add(note=note)",
        file("after"),
        "after.connect(shop)",
    )
    deployment.run("apply")
    assert deployment.names() == ["after.txt", "note.txt", "seen"]


def test_a_group_that_does_not_get_ready_stops_what_depends_on_it(deployment: Deployment) -> None:
    deployment.declare(
        "from clockwork import Group",
        "from clockwork.assertions import FileExistsAssert",
        file("note"),
        "shop = Group('shop', assertions=[FileExistsAssert(path='ready', timeout_seconds=0.3, gate=True)])",
        "shop.add(note=note)",
        file("after"),
        "after.connect(shop)",
    )
    assert deployment.run("apply", code=1)["error"]["address"] == "shop"
    assert deployment.names() == ["note.txt"]
