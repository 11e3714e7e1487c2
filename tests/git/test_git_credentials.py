"""Credentials of repositories: used, and shown nowhere."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from support.command import clockwork
from support.deploying import Deployment
from support.repositories import Remote, git, git_over_http

pytestmark = pytest.mark.engine
TOKEN = "hunter22-very-secret"
PRIVATE = """
from clockwork import Secret
token = Secret.from_env("SITE_TOKEN")
site = GitRepoResource(repo_url=f"http://ada:{{token}}@{server}/site.git", dest="site")
"""


@pytest.fixture
def server(remote: Remote) -> Iterator[str]:
    """Host and port of a server that gives the repository to one user."""
    with git_over_http(remote.bare.parent, "ada", TOKEN) as address:
        yield address


def everything_in(folder: Path) -> str:
    """All that stands in the files below a folder."""
    files = (path for path in folder.rglob("*") if path.is_file() and not path.is_symlink())
    return "".join(path.read_bytes().decode("utf-8", errors="replace") for path in files)


def test_a_secret_is_used_and_stands_nowhere(
    deployment: Deployment, remote: Remote, server: str, tmp_path: Path
) -> None:
    deployment.declare(PRIVATE.format(server=server))
    deployment.environment = {"SITE_TOKEN": TOKEN, "CW_LOG_LEVEL": "debug"}
    shown = ""
    for words in (["plan"], ["plan", "--json"], ["apply", "--yes"], ["plan"], ["outputs", "--json"]):
        done = clockwork(*words, cwd=deployment.folder, **deployment.environment)
        assert done.returncode == 0, done.stderr
        shown += done.stdout + done.stderr
    assert deployment.read("site/README.md") == "hello\n"
    remote.commit("two", "2")
    shown += deployment.told("apply", "--yes")
    assert deployment.read("site/two") == "2"
    assert git(deployment.folder / "site", "config", "remote.origin.url") == f"http://{server}/site.git"
    assert TOKEN not in shown
    assert TOKEN not in everything_in(deployment.folder)
    deployment.run("destroy")
    assert deployment.names() == []


def test_a_wrong_secret_is_told_without_it(deployment: Deployment, server: str) -> None:
    deployment.declare(PRIVATE.format(server=server))
    deployment.environment = {"SITE_TOKEN": "wrong-" + TOKEN}
    told = deployment.told("plan", code=1)
    assert f"http://{server}/site.git needs a login that works" in told
    assert TOKEN not in told


def test_a_repository_that_needs_a_login_asks_nobody(deployment: Deployment, server: str) -> None:
    deployment.declare(f"site = GitRepoResource(repo_url='http://{server}/site.git', dest='site')")
    assert "credential helper" in deployment.told("plan", code=1)


def test_git_s_own_helpers_are_used(deployment: Deployment, server: str, tmp_path: Path) -> None:
    kept = tmp_path / "kept"
    kept.write_text(f"http://ada:{TOKEN}@{server}\n")
    settings = tmp_path / "gitconfig"
    settings.write_text(f"[credential]\n\thelper = store --file={kept}\n")
    deployment.environment = {"GIT_CONFIG_GLOBAL": str(settings)}
    deployment.declare(f"site = GitRepoResource(repo_url='http://{server}/site.git', dest='site')")
    deployment.run("apply")
    assert deployment.read("site/README.md") == "hello\n"


def test_a_written_credential_is_refused_and_not_shown(deployment: Deployment) -> None:
    deployment.declare(f"site = GitRepoResource(repo_url='https://ada:{TOKEN}@host/site.git', dest='site')")
    for words in (["plan"], ["plan", "--json"], ["plan", "--debug"]):
        done = clockwork(*words, cwd=deployment.folder)
        shown = done.stdout + done.stderr
        assert done.returncode == 1
        assert "it holds a credential; write that as a Secret" in " ".join(shown.split())
        assert TOKEN not in shown
