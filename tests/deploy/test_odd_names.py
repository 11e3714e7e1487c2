"""Projects in folders whose names mean something else to YAML, and secrets without a value."""

from __future__ import annotations

from pathlib import Path

import pytest

from support.deploying import Deployment, file

pytestmark = pytest.mark.engine


@pytest.mark.parametrize("name", ["2024", "true", "1e3"])
def test_a_folder_named_like_a_number_or_a_word_of_yaml(name: str, deployment: Deployment) -> None:
    odd = Deployment(deployment.folder / name)
    odd.folder.mkdir()
    odd.declare(file("note"))
    odd.run("apply")
    assert odd.run("plan")["summary"]["same"] == 1
    odd.run("destroy")
    assert odd.names() == []


def test_an_empty_secret_stops_a_run(deployment: Deployment) -> None:
    deployment.declare(
        "from clockwork import Secret",
        file("note", content="tok=${secret:tok}"),
        "tok = Secret.from_env('TOK')",
    )
    deployment.environment = {"TOK": ""}
    assert "the environment variable TOK is empty" in deployment.told("apply", code=1)
    Path(deployment.folder / "tok").write_text("\n")
    deployment.declare(
        "from clockwork import Secret",
        file("note", content="tok=${secret:tok}"),
        "tok = Secret.from_file('tok')",
    )
    assert "it is empty" in deployment.told("apply", code=1)
    assert not (deployment.folder / "note.txt").exists()
