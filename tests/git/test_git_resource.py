"""Declared repositories: what is refused in the file, what others get of them, what is asserted."""

from __future__ import annotations

from pathlib import Path
from typing import Any, Optional

import pytest
from pydantic import ValidationError

from clockwork import ClockworkCore
from clockwork.errors import LoadError
from clockwork.loading.loader import load_resources
from clockwork.plugins.manager import PluginManager
from clockwork.project import Project
from clockwork.resources.base import Resource
from clockwork.resources.references import resolved
from clockwork_git.assertions import checkout_assertions
from clockwork_git.resource import GitRepoResource
from support.asserting import result_of
from support.repositories import Remote, git


class Box(Resource):
    """Something that mounts."""

    volumes: Optional[list[str]] = None


def declared(**fields: Any) -> GitRepoResource:
    return GitRepoResource.model_validate({"repo_url": "https://host/site.git", "dest": "site", **fields})


@pytest.mark.parametrize(
    ("fields", "words"),
    [
        ({"branch": "a", "tag": "b"}, "not more than one"),
        ({"tag": "a", "commit": "0" * 40}, "not more than one"),
        ({"commit": "0123abc"}, "the whole name of a commit"),
        ({"branch": "-f"}, "cannot be the name"),
        ({"branch": "a..b"}, "cannot be the name"),
        ({"tag": "a b"}, "cannot be the name"),
        ({"depth": 0}, "greater than or equal to 1"),
        ({"dest": " "}, "it is empty"),
        ({"on": "web1"}, "on"),
    ],
)
def test_what_cannot_be_meant_is_refused(fields: dict[str, Any], words: str) -> None:
    with pytest.raises(ValidationError, match=words):
        declared(**fields)


@pytest.mark.parametrize("dest", [".", "..", ".clockwork", ".clockwork/site", "site/.."])
def test_the_project_s_own_folders_are_refused(dest: str, tmp_path: Path) -> None:
    repository = declared(dest=dest)
    repository.place("site", tmp_path)
    with pytest.raises(LoadError, match="the project's own folder"):
        repository.kept_path()


def test_only_the_repository_and_its_folder_are_a_model_s_to_choose() -> None:
    assert GitRepoResource(description="the site").missing_fields() == ["repo_url", "dest"]


def test_two_checkouts_cannot_have_one_folder(tmp_path: Path) -> None:
    (tmp_path / "main.py").write_text(
        "from clockwork.resources import GitRepoResource\n"
        "a, b = (GitRepoResource(repo_url='https://host/x', dest=dest) for dest in ('site', './site/'))\n"
    )
    with pytest.raises(LoadError, match="site"):
        ClockworkCore().plan(tmp_path / "main.py")


def test_a_container_can_mount_it(tmp_path: Path) -> None:
    (tmp_path / "main.py").write_text(
        f"from {__name__} import *\n"
        "from clockwork.connections import File\n"
        "site = GitRepoResource(repo_url='https://host/x', dest='site')\n"
        "box = Box(name='box').connect(File(to=site, at='/www'))\n"
    )
    resources = resolved(load_resources(Project.of(tmp_path / "main.py"), PluginManager()))
    box = next(one for one in resources if isinstance(one, Box))
    assert box.volumes == [f"{tmp_path / 'site'}:/www:ro"]


def failing(repository: GitRepoResource) -> list[str]:
    """The names of the assertions that a checkout does not pass."""
    results = [result_of(one) for one in checkout_assertions(repository)]
    return [result.name for result in results if not result.passed]


@pytest.mark.parametrize("kind", ["branch", "tag", "commit"])
def test_a_checkout_is_where_it_should_be_and_clean(kind: str, tmp_path: Path, remote: Remote) -> None:
    remote.tag("v1")
    wanted = declared(**{kind: {"branch": "main", "tag": "v1", "commit": remote.first}[kind]})
    wanted.place("site", tmp_path)
    assert failing(wanted) == ["exists", kind, "clean"]
    git(tmp_path, "clone", "--quiet", remote.url, "site")
    assert failing(wanted) == []
    (tmp_path / "site/untracked").write_text("x")
    assert failing(wanted) == []
    (tmp_path / "site/README.md").write_text("x")
    assert failing(wanted) == ["clean"]
    git(tmp_path / "site", "checkout", "--quiet", "-b", "other")
    git(tmp_path / "site", "commit", "--quiet", "-a", "-m", "Mine")
    assert failing(wanted) == [kind, "clean"]
