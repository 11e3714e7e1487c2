"""What a run reports is what happened, and what the user's file may do is not narrowed."""

from __future__ import annotations

import pytest

from support.deploying import Deployment, file, resource

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
