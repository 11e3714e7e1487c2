"""Repositories from plan to destroy, through the command line and the real engine."""

from __future__ import annotations

import pytest

from support.deploying import Deployment, actions, resource
from support.repositories import Remote, git

pytestmark = pytest.mark.engine


def site(remote: Remote, **fields: object) -> str:
    """The statement that declares a checkout of a repository."""
    given = {"repo_url": remote.url, "dest": "site", **fields}
    return f"site = GitRepoResource({', '.join(f'{name}={value!r}' for name, value in given.items())})"


def test_plan_apply_apply_again_assert_destroy(deployment: Deployment, remote: Remote) -> None:
    deployment.declare(site(remote))
    assert actions(deployment.run("plan")) == {"site": "create"}
    assert deployment.names() == []
    deployment.run("apply")
    assert deployment.read("site/README.md") == "hello\n"
    assert actions(deployment.run("apply")) == {}
    assertions = deployment.run("assert")["assertions"]
    assert {one["name"] for one in assertions} == {"complete", "exists", "clean"}
    assert all(one["passed"] for one in assertions)
    deployment.run("destroy", "--yes")
    assert deployment.names() == []


def test_a_checkout_whose_variable_is_renamed_stays(deployment: Deployment, remote: Remote) -> None:
    deployment.declare(site(remote, dest="made/site"))
    deployment.run("apply")
    (deployment.folder / "made/site/mine.txt").write_text("mine\n")
    deployment.declare(site(remote, dest="made/site").replace("site =", "page =", 1))
    document = deployment.run("apply")
    assert "adopted" not in str(document)
    assert deployment.read("made/site/mine.txt") == "mine\n"
    assert actions(deployment.run("plan")) == {}
    (deployment.folder / "made/site/mine.txt").unlink()
    deployment.run("destroy")
    assert deployment.names() == []


def test_a_branch_is_followed_and_the_plan_says_where_to(deployment: Deployment, remote: Remote) -> None:
    deployment.declare(site(remote))
    deployment.run("apply")
    second = remote.commit("index.html", "<h1>hello</h1>")
    told = resource(deployment.run("plan"), "site")
    assert told["action"] == "update"
    assert told["notes"] == [f"moves from main at {remote.first[:10]} to main at {second[:10]}"]
    deployment.run("apply")
    assert deployment.read("site/index.html") == "<h1>hello</h1>"
    assert actions(deployment.run("plan")) == {}
    assert deployment.state()[0]["outputs"]["commit"] == second


def test_a_checkout_stays_where_it_was_cloned(deployment: Deployment, remote: Remote) -> None:
    deployment.declare(site(remote, pull=False))
    deployment.run("apply")
    remote.commit("index.html", "<h1>hello</h1>")
    assert actions(deployment.run("apply")) == {}
    assert git(deployment.folder / "site", "rev-parse", "HEAD") == remote.first


def test_local_edits_survive_apply_and_destroy(deployment: Deployment, remote: Remote) -> None:
    deployment.declare(site(remote))
    deployment.run("apply")
    (deployment.folder / "site/README.md").write_text("mine\n")
    assert "it holds 1 changed file (README.md); that is left alone" in deployment.told("plan")
    remote.commit("README.md", "theirs\n")
    assert "apply refuses to move it until that is committed" in deployment.told("plan")
    told = deployment.told("apply", "--yes", code=1)
    assert "1 changed file (README.md), so nothing in it is changed" in told
    assert "git stash" in told
    told = deployment.told("destroy", "--yes")
    assert "is kept: it holds 1 changed file (README.md) (with --force it would be gone)" in told
    assert deployment.read("site/README.md") == "mine\n"


def test_force_deletes_what_is_edited(deployment: Deployment, remote: Remote) -> None:
    deployment.declare(site(remote))
    deployment.run("apply")
    (deployment.folder / "site/new.txt").write_text("mine\n")
    deployment.run("destroy", "--yes", "--force")
    assert deployment.names() == []


@pytest.mark.parametrize(
    ("fields", "words"),
    [
        ({"branch": "mian"}, "has no branch mian"),
        ({"tag": "v9"}, "has no tag v9"),
        ({"repo_url": "file:///nowhere/at/all.git"}, "there is no repository at file:///nowhere/at/all.git"),
    ],
)
def test_what_is_not_there_is_found_in_the_plan(
    fields: dict[str, str], words: str, deployment: Deployment, remote: Remote
) -> None:
    deployment.declare(site(remote, **fields))
    assert words in deployment.told("plan", code=1)
    assert deployment.names() == []


def test_a_missing_branch_is_told_with_the_one_that_was_meant(deployment: Deployment, remote: Remote) -> None:
    deployment.declare(site(remote, branch="mian"))
    assert "Did you mean 'main'?" in deployment.told("plan", code=1)


def test_refresh_shows_what_was_done_by_hand(deployment: Deployment, remote: Remote) -> None:
    second = remote.commit("index.html", "<h1>hello</h1>")
    deployment.declare(site(remote, commit=second))
    deployment.run("apply")
    git(deployment.folder / "site", "checkout", "--quiet", "HEAD~1")
    (deployment.folder / "site/README.md").write_text("mine\n")
    told = deployment.told("refresh")
    assert "commit changed by hand" in told
    assert "it holds 1 changed file (README.md)" in told
    git(deployment.folder / "site", "checkout", "--quiet", "README.md")
    assert actions(deployment.run("apply")) == {"site": "update"}
    assert git(deployment.folder / "site", "rev-parse", "HEAD") == second


def test_a_checkout_that_is_gone_is_cloned_again(deployment: Deployment, remote: Remote) -> None:
    deployment.declare(site(remote, dest="made/site"))
    deployment.run("apply")
    (deployment.folder / "made").rename(deployment.folder.parent / "elsewhere")
    assert "the checkout is gone; it is cloned again" in deployment.told("plan")
    deployment.run("apply")
    assert deployment.read("made/site/README.md") == "hello\n"
    deployment.run("destroy", "--yes")
    assert deployment.names() == []


def test_another_dest_replaces(deployment: Deployment, remote: Remote) -> None:
    deployment.declare(site(remote))
    deployment.run("apply")
    deployment.declare(site(remote, dest="elsewhere"))
    assert actions(deployment.run("apply")) == {"site": "replace"}
    assert deployment.names() == ["elsewhere"]


def test_its_values_are_there_for_others(deployment: Deployment, remote: Remote) -> None:
    told = "f\"{site.ref('path')} {site.ref('branch')} {site.ref('commit')}\""
    note = f"note = FileResource(description='d', path='note', mode='644', content={told})"
    deployment.declare(site(remote), note)
    deployment.run("apply")
    assert deployment.read("note") == f"{deployment.folder / 'site'} main {remote.first}"
