"""What a model completes keeps its relations, its group, and its single place."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from support.deploying import Deployment, file
from support.fake_endpoint import FakeEndpoint, fake_endpoint

pytestmark = pytest.mark.engine
PAGE = "FileResource(description='the page', path='page.md', mode='644', depends_on=[style])"
NOTE = "FileResource(description='a note', path='note.txt', mode='644')"


@pytest.fixture
def model() -> Iterator[FakeEndpoint]:
    with fake_endpoint(lambda request: "words") as server:
        yield server


@pytest.fixture
def deployment(project: Path, model: FakeEndpoint) -> Deployment:
    deployment = Deployment(
        project, "from clockwork import Group\nfrom clockwork.resources import FileResource\n"
    )
    deployment.environment = {"CW_BASE_URL": model.url, "CW_MODEL": "small"}
    return deployment


def declare(deployment: Deployment, *, style: str) -> None:
    """A page in a group that stands in a variable of its own too, connected to a style sheet."""
    group = "site = Group('site').add(page=page, note=note)"
    deployment.declare(file("style", path=style), f"page = {PAGE}", f"note = {NOTE}", group)


def test_a_completed_resource_of_a_group_is_asked_and_deployed_once_with_its_relations(
    deployment: Deployment, model: FakeEndpoint
) -> None:
    declare(deployment, style="style.css")
    assert deployment.run("apply")["completion"]["calls"] == 2
    urns = {one["inputs"].get("path"): one for one in deployment.state() if "inputs" in one}
    page, style = urns["page.md"], urns["style.css"]
    assert sorted(path for path in urns if path) == ["note.txt", "page.md", "style.css"]
    assert len(deployment.state()) == 4
    assert page["dependencies"] == [style["urn"]]
    assert page["parent"].endswith("::site")
    assert deployment.run("apply")["completion"]["calls"] == 0


def test_a_question_tells_of_what_a_resource_is_connected_to_and_is_another_when_that_changes(
    deployment: Deployment, model: FakeEndpoint
) -> None:
    declare(deployment, style="style.css")
    deployment.run("plan")
    about = [request.question for request in model.requests if "page.md" in request.question]
    assert ["style.css" in question for question in about] == [True]
    declare(deployment, style="looks.css")
    assert deployment.run("plan")["completion"]["calls"] == 1
    assert "looks.css" in model.requests[-1].question
