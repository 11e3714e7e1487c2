"""Repositories that a model chose: only those that are there, and only inside the project."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from clockwork.guard.policy import Guard, Verdict
from clockwork.hook_types import CompletionContext
from clockwork.plugins.manager import PluginManager
from clockwork_git import plugin
from clockwork_git.resource import GitRepoResource
from support.deploying import Deployment
from support.fake_endpoint import Request, fake_endpoint
from support.repositories import Remote
from support.services import free_port


@pytest.fixture(scope="module")
def guard() -> Guard:
    plugins = PluginManager()
    plugins.register(plugin, name="git")
    return Guard(plugins)


def refused(guard: Guard, project: Path, **chosen: Any) -> dict[str, str]:
    """Why values that a model chose are refused, by field."""
    repository = GitRepoResource.model_validate({"dest": "site", "branch": "main", **chosen})
    context = CompletionContext(project, tuple(chosen))
    found = guard.refusals(repository, chosen, context)
    verdict = Verdict() if found else asyncio.run(guard.verdict(repository, chosen, context))
    return {one.field: one.reason for one in (*found, *verdict.refusals)} | {
        field: f"not checked: {why}" for field, why in verdict.unchecked.items()
    }


@pytest.mark.parametrize("dest", ["../site", "/srv/site", "~/site"])
def test_a_folder_outside_the_project_is_refused(dest: str, tmp_path: Path, guard: Guard) -> None:
    assert "outside the project" in refused(guard, tmp_path, dest=dest)["dest"]


@pytest.mark.parametrize("url", ["/etc", "../site", "file:///srv/site.git"])
def test_a_path_on_this_machine_is_refused(url: str, tmp_path: Path, guard: Guard) -> None:
    assert "only the user may write one" in refused(guard, tmp_path, repo_url=url)["repo_url"]


def test_a_repository_and_a_branch_must_be_there(tmp_path: Path, daemon: str, guard: Guard) -> None:
    assert refused(guard, tmp_path, repo_url=f"{daemon}/site.git") == {}
    assert "there is no repository" in refused(guard, tmp_path, repo_url=f"{daemon}/invented.git")["repo_url"]
    assert "has no branch" in refused(guard, tmp_path, repo_url=f"{daemon}/site.git", branch="no")["repo_url"]


@pytest.mark.parametrize("url", ["ext::sh -c id", "ssh://-oProxyCommand=id/x", "-u:x", "fd::7"])
def test_an_address_that_runs_a_program_is_refused(url: str, tmp_path: Path, guard: Guard) -> None:
    values = {"repo_url": url}
    resource = GitRepoResource.model_construct(repo_url=url)
    (told,) = guard.refusals(resource, values, CompletionContext(tmp_path, ("repo_url",)))
    assert told.rule == "repository-address"


def test_what_cannot_be_asked_is_told_and_not_refused(tmp_path: Path, guard: Guard) -> None:
    told = refused(guard, tmp_path, repo_url=f"git://127.0.0.1:{free_port()}/site.git")
    assert told["repo_url"].startswith("not checked: whether git://127.0.0.1:")


@pytest.fixture
def asked(deployment: Deployment, daemon: str) -> Iterator[Deployment]:
    """A project with a model that first invents a repository, and then names the real one."""

    def answer(request: Request) -> Any:
        name = "site" if "there is no repository" in request.last else "invented"
        values = {"repo_url": f"{daemon}/{name}.git", "dest": "site"}
        return {field: values[field] for field in request.fields}

    with fake_endpoint(answer) as server:
        deployment.environment = {"CW_BASE_URL": server.url, "CW_MODEL": "fake"}
        yield deployment


@pytest.mark.engine
def test_a_model_is_told_that_its_repository_is_not_there(asked: Deployment, remote: Remote) -> None:
    asked.declare("site = GitRepoResource(description='the site of the shop')")
    asked.run("apply")
    assert asked.read("site/README.md") == "hello\n"
    assert "/site.git" in asked.read("clockwork.lock")
    asked.environment = {}
    assert asked.run("plan", "--locked")["summary"]["same"] == 1
