"""How commands end, and that a failure is one document as well."""

from __future__ import annotations

import pytest

from support.deploying import Deployment, file, resource

pytestmark = pytest.mark.engine


def test_a_failed_apply_is_one_document_with_what_was_done(deployment: Deployment) -> None:
    # A folder that nobody may write in, whoever runs the tests.
    deployment.declare(file("good"), file("bad", "/proc/clockwork/bad.txt"))
    document = deployment.run("apply", code=1)
    assert document["error"]["code"] in ("deploy", "provider")
    assert document["error"]["address"] == "bad"
    assert resource(document, "bad")["status"] == "failed"
    assert deployment.run("plan", code=0)["error"] is None


@pytest.mark.parametrize("command", ["plan", "apply", "assert"])
def test_a_missing_value_that_is_not_locked_is_refused(deployment: Deployment, command: str) -> None:
    deployment.declare("note = FileResource(description='a note', path='note.txt', mode='644')")
    error = deployment.run(command, "--locked", code=1)["error"]
    assert error["code"] == "lock"
    assert error["address"] == "note"
    assert "content (not in the lock)" in error["message"]
    assert deployment.names() == []


@pytest.mark.parametrize(
    "words", [["apply", "--nope"], ["nope"], ["plan", "--parallel", "0"], ["plan", "--stack", "a b"]]
)
def test_wrong_usage_ends_with_2(deployment: Deployment, words: list[str]) -> None:
    deployment.declare(file("note"))
    assert deployment.run(*words, code=2)["error"]["code"] == "usage"
