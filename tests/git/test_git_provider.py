"""The provider on real repositories: what it clones, where it moves to, what it refuses and keeps."""

from __future__ import annotations

import asyncio
import os
from itertools import pairwise
from pathlib import Path

import pytest

from clockwork.errors import ProviderError
from clockwork.hosts import HostError
from clockwork.state.journal import Claim
from clockwork_git.models import CheckoutInputs, CheckoutState
from support.providers import RepositoryCalls, removed
from support.repositories import Remote, git
from support.services import free_port


def wish(url: str, **more: object) -> CheckoutInputs:
    return CheckoutInputs.model_validate({"path": "site", "url": url, **more})


def created(repositories: RepositoryCalls, wanted: CheckoutInputs) -> CheckoutState:
    asyncio.run(repositories.call().check(wanted, None))
    return asyncio.run(repositories.call().create(wanted))


def updated(
    repositories: RepositoryCalls, state: CheckoutState, old: CheckoutInputs, new: CheckoutInputs
) -> CheckoutState:
    asyncio.run(repositories.call().check(new, old))
    diff = asyncio.run(repositories.call().diff(state, old, new))
    assert diff.changes
    assert not diff.replaces
    moved = asyncio.run(repositories.call().update(state, new))
    assert not asyncio.run(repositories.call().diff(moved, new, new)).changes
    return moved


def changes(repositories: RepositoryCalls, state: CheckoutState, wanted: CheckoutInputs) -> dict[str, bool]:
    """What differs, and whether somebody did it by hand."""
    diff = asyncio.run(repositories.call().diff(state, wanted, wanted))
    return {name: change.drift for name, change in diff.changes.items()}


def deleted(repositories: RepositoryCalls, state: CheckoutState, *, force: bool = False) -> str:
    removed(repositories.call(force=force), state)
    return " ".join(repositories.kept)


@pytest.mark.parametrize("kind", ["branch", "tag", "annotated", "commit"])
def test_what_is_wished_is_checked_out(
    kind: str, repositories: RepositoryCalls, remote: Remote, daemon: str
) -> None:
    wanted = remote.commit("next.txt", "next", branch="next")
    remote.tag("v1")
    remote.tag("v2", "-a", "-m", "Two")
    remote.commit("later.txt", "later")
    names = {"branch": ("branch", "next"), "tag": ("tag", "v1"), "annotated": ("tag", "v2")}
    field, value = names.get(kind, ("commit", wanted))
    state = created(repositories, wish(f"{daemon}/site.git", **{field: value}))
    assert (state.commit, state.branch) == (wanted, "next" if kind == "branch" else "")
    assert not changes(repositories, state, wish(f"{daemon}/site.git", **{field: value}))
    assert (repositories.project / "site/next.txt").read_text() == "next"
    assert not deleted(repositories, state)
    assert list(repositories.project.iterdir()) == []


@pytest.mark.parametrize("kind", ["branch", "tag", "commit"])
def test_a_shallow_clone_has_so_much_history_and_finds_what_it_lacks(
    kind: str, repositories: RepositoryCalls, remote: Remote, daemon: str
) -> None:
    remote.tag("v1")
    for number in range(3):
        remote.commit("counter", str(number))
    old = wish(f"{daemon}/site.git", depth=1)
    state = created(repositories, old)
    assert git(repositories.project / "site", "rev-list", "--count", "HEAD") == "1"
    remote.commit("next.txt", "next", branch="next")
    value = {"branch": "next", "tag": "v1", "commit": remote.first}[kind]
    moved = updated(repositories, state, old, wish(f"{daemon}/site.git", depth=1, **{kind: value}))
    assert git(repositories.project / "site", "rev-parse", "HEAD") == moved.commit
    assert not deleted(repositories, moved)


def test_a_shallow_clone_is_deepened_and_follows(repositories: RepositoryCalls, remote: Remote) -> None:
    remote.commit("two", "2")
    shallow, whole = wish(remote.url, depth=1), wish(remote.url)
    state = created(repositories, shallow)
    remote.commit("three", "3")
    state = updated(repositories, state, shallow, shallow)
    updated(repositories, state, shallow, whole)
    assert git(repositories.project / "site", "rev-list", "--count", "HEAD") == "3"


def test_branch_tag_and_commit_follow_each_other(repositories: RepositoryCalls, remote: Remote) -> None:
    remote.tag("v1")
    second = remote.commit("two", "2")
    ways = [wish(remote.url, tag="v1"), wish(remote.url), wish(remote.url, commit=remote.first)]
    ways += [wish(remote.url, branch="main"), wish(remote.url, tag="v1")]
    state = created(repositories, ways[0])
    for old, new in pairwise(ways):
        state = updated(repositories, state, old, new)
        assert state.commit == (second if new.tag is None and new.commit is None else remote.first)


def test_a_moved_repository_is_asked_at_its_new_address(
    repositories: RepositoryCalls, remote: Remote, daemon: str
) -> None:
    old, new = wish(remote.url), wish(f"{daemon}/site.git")
    state = updated(repositories, created(repositories, old), old, new)
    assert state.url == f"{daemon}/site.git"
    assert git(repositories.project / "site", "config", "remote.origin.url") == f"{daemon}/site.git"


def test_another_repository_cannot_be_followed_into(
    repositories: RepositoryCalls, remote: Remote, tmp_path: Path
) -> None:
    other = Remote(tmp_path / "remotes", "other")
    other.rewrite()
    old, new = wish(remote.url), wish(other.url)
    state = created(repositories, old)
    with pytest.raises(ProviderError, match="not built on the one that is here"):
        asyncio.run(repositories.call().update(state, new))
    assert git(repositories.project / "site", "config", "remote.origin.url") == remote.url
    assert git(repositories.project / "site", "rev-parse", "HEAD") == remote.first


def test_submodules_are_checked_out_and_followed(
    repositories: RepositoryCalls, remote: Remote, daemon: str, tmp_path: Path
) -> None:
    part = Remote(remote.bare.parent, "part")
    git(remote.work, "submodule", "add", "--quiet", f"{daemon}/part.git", "part")
    remote.commit("two", "2")
    wanted = wish(f"{daemon}/site.git", submodules=True)
    state = created(repositories, wanted)
    inside = repositories.project / "site/part"
    assert (inside / "README.md").read_text() == "hello\n"
    part.commit("new", "new")
    git(remote.work / "part", "pull", "--quiet")
    git(remote.work, "add", "part")
    remote.commit("three", "3")
    state = updated(repositories, state, wanted, wanted)
    assert (inside / "new").read_text() == "new"
    git(inside, "checkout", "--quiet", "-b", "mine")
    (inside / "new").write_text("mine")
    git(inside, "commit", "--quiet", "-a", "-m", "Mine")
    git(inside, "checkout", "--quiet", "HEAD~1")
    assert "1 commit that no remote has" in deleted(repositories, state)
    assert inside.exists()


def test_submodules_that_are_wanted_later_are_checked_out(
    repositories: RepositoryCalls, remote: Remote, daemon: str
) -> None:
    Remote(remote.bare.parent, "part")
    git(remote.work, "submodule", "add", "--quiet", f"{daemon}/part.git", "part")
    remote.commit("two", "2")
    old, new = wish(f"{daemon}/site.git"), wish(f"{daemon}/site.git", submodules=True)
    updated(repositories, created(repositories, old), old, new)
    assert (repositories.project / "site/part/README.md").exists()


def change(folder: Path) -> None:
    (folder / "README.md").write_text("mine\n")


def stage(folder: Path) -> None:
    (folder / "new").write_text("mine\n")
    git(folder, "add", "new")


def leave(folder: Path) -> None:
    (folder / "untracked").write_text("mine\n")


def commit(folder: Path) -> None:
    change(folder)
    git(folder, "commit", "--quiet", "-a", "-m", "Mine")


def commit_elsewhere(folder: Path) -> None:
    git(folder, "checkout", "--quiet", "-b", "mine")
    commit(folder)
    git(folder, "checkout", "--quiet", "main")


def commit_under_a_tag(folder: Path) -> None:
    git(folder, "checkout", "--quiet", "--detach")
    commit(folder)
    git(folder, "tag", "mine")
    git(folder, "checkout", "--quiet", "main")


def stash(folder: Path) -> None:
    change(folder)
    git(folder, "stash", "--quiet")


WORK = {
    change: "1 changed file (README.md)",
    stage: "1 changed file (new)",
    leave: "1 untracked file (untracked)",
    commit: "1 commit that no remote has",
    commit_elsewhere: "1 commit that no remote has",
    commit_under_a_tag: "1 commit that no remote has",
    stash: "1 stash",
}


@pytest.mark.parametrize("work", WORK)
def test_local_work_survives_destroy_unless_forced(
    work: object, repositories: RepositoryCalls, remote: Remote
) -> None:
    assert callable(work)
    state = created(repositories, wish(remote.url))
    folder = repositories.project / "site"
    work(folder)
    assert f"it holds {WORK[work]} (with --force it would be gone)" in deleted(repositories, state)
    assert (folder / ".git").exists()
    deleted(repositories, state, force=True)
    assert not folder.exists()


@pytest.mark.parametrize("work", [change, stage, commit])
def test_local_work_in_the_way_of_a_move_is_refused(
    work: object, repositories: RepositoryCalls, remote: Remote
) -> None:
    assert callable(work)
    wanted = wish(remote.url)
    state = created(repositories, wanted)
    work(repositories.project / "site")
    before = git(repositories.project / "site", "status", "--porcelain")
    remote.commit("theirs", "theirs")
    with pytest.raises(ProviderError, match="so nothing in it is changed") as refused:
        asyncio.run(repositories.call().update(state, wanted))
    assert "git stash" in (refused.value.hint or "")
    assert git(repositories.project / "site", "status", "--porcelain") == before


@pytest.mark.parametrize("work", [leave, stash, commit_elsewhere])
def test_what_is_not_in_the_way_is_carried_along(
    work: object, repositories: RepositoryCalls, remote: Remote
) -> None:
    assert callable(work)
    wanted = wish(remote.url)
    state = created(repositories, wanted)
    work(repositories.project / "site")
    second = remote.commit("theirs", "theirs")
    state = updated(repositories, state, wanted, wanted)
    assert state.commit == second
    assert WORK[work] in state.edited


def test_an_untracked_file_is_never_overwritten(repositories: RepositoryCalls, remote: Remote) -> None:
    wanted = wish(remote.url)
    state = created(repositories, wanted)
    leave(repositories.project / "site")
    remote.commit("untracked", "theirs")
    with pytest.raises(ProviderError, match="would be overwritten: untracked"):
        asyncio.run(repositories.call().update(state, wanted))
    assert (repositories.project / "site/untracked").read_text() == "mine\n"


def test_a_rewritten_branch_is_not_followed(repositories: RepositoryCalls, remote: Remote) -> None:
    wanted = wish(remote.url)
    remote.commit("two", "2")
    state = created(repositories, wanted)
    remote.rewrite()
    with pytest.raises(ProviderError, match="cannot follow main") as refused:
        asyncio.run(repositories.call().update(state, wanted))
    assert "reset --keep" in (refused.value.hint or "")


def test_commits_that_were_pushed_since_are_no_local_work(
    repositories: RepositoryCalls, remote: Remote, daemon: str
) -> None:
    state = created(repositories, wish(remote.url))
    folder = repositories.project / "site"
    commit_elsewhere(folder)
    git(folder, "push", "--quiet", str(remote.bare), "mine")
    assert not deleted(repositories, state)
    assert not folder.exists()


def test_what_was_checked_out_by_hand_goes_back(repositories: RepositoryCalls, remote: Remote) -> None:
    second = remote.commit("two", "2")
    pinned = wish(remote.url, commit=second)
    state = created(repositories, pinned)
    git(repositories.project / "site", "checkout", "--quiet", "HEAD~1")
    assert changes(repositories, state, pinned) == {"commit": True}
    seen = asyncio.run(repositories.call().read(state))
    assert seen is not None
    assert (seen.commit, seen.placed) == (remote.first, second)
    assert asyncio.run(repositories.call().update(state, pinned)).commit == second


@pytest.mark.parametrize("pull", [True, False])
def test_another_branch_goes_back_to_the_wished_one(
    pull: bool, repositories: RepositoryCalls, remote: Remote
) -> None:
    wanted = wish(remote.url, branch="main", pull=pull)
    state = created(repositories, wanted)
    git(repositories.project / "site", "checkout", "--quiet", "-b", "other")
    assert changes(repositories, state, wanted) == {"commit": True}
    assert asyncio.run(repositories.call().update(state, wanted)).branch == "main"


def test_a_remote_that_was_changed_by_hand_is_restored(repositories: RepositoryCalls, remote: Remote) -> None:
    wanted = wish(remote.url)
    state = created(repositories, wanted)
    git(repositories.project / "site", "remote", "set-url", "origin", "https://example.org/x.git")
    assert changes(repositories, state, wanted) == {"url": True}
    asyncio.run(repositories.call().update(state, wanted))
    assert git(repositories.project / "site", "config", "remote.origin.url") == remote.url


def test_a_clean_checkout_of_it_is_adopted_and_never_deleted(
    repositories: RepositoryCalls, remote: Remote
) -> None:
    git(repositories.project, "clone", "--quiet", remote.url, "site")
    second = remote.commit("two", "2")
    state = created(repositories, wish(remote.url))
    assert state.found
    assert state.commit == second
    assert "it was there before Clockwork" in deleted(repositories, state, force=True)
    assert (repositories.project / "site/.git").exists()


@pytest.mark.parametrize("work", WORK)
def test_a_checkout_with_local_work_is_refused_unless_taken_over(
    work: object, repositories: RepositoryCalls, remote: Remote
) -> None:
    assert callable(work)
    git(repositories.project, "clone", "--quiet", remote.url, "site")
    folder = repositories.project / "site"
    work(folder)
    with pytest.raises(ProviderError, match="and Clockwork did not make it") as refused:
        asyncio.run(repositories.call().check(wish(remote.url), None))
    assert WORK[work] in refused.value.message
    assert "adopt=True" in (refused.value.hint or "")
    state = created(repositories, wish(remote.url, adopt=True))
    assert any("takes over" in note for note in repositories.notes)
    assert WORK[work] in deleted(repositories, state)


def test_a_checkout_of_another_repository_is_refused_unless_taken_over(
    repositories: RepositoryCalls, remote: Remote, tmp_path: Path
) -> None:
    git(repositories.project, "clone", "--quiet", str(remote.bare), "site")
    git(repositories.project / "site", "remote", "set-url", "origin", "https://example.org/x.git")
    with pytest.raises(ProviderError, match=r"is a checkout of https://example\.org/x\.git"):
        asyncio.run(repositories.call().check(wish(remote.url), None))
    state = created(repositories, wish(remote.url, adopt=True))
    assert git(repositories.project / "site", "config", "remote.origin.url") == remote.url
    assert not deleted(repositories, state)


def a_file(place: Path) -> None:
    place.write_text("yours")


def a_link(place: Path) -> None:
    place.symlink_to(place.parent)


def a_folder(place: Path) -> None:
    place.mkdir()
    (place / "yours").write_text("yours")


@pytest.mark.parametrize(
    ("put", "words"), [(a_file, "not a folder"), (a_link, "a symbolic link"), (a_folder, "holds other files")]
)
def test_what_is_no_checkout_is_refused_even_with_adopt(
    put: object, words: str, repositories: RepositoryCalls, remote: Remote
) -> None:
    assert callable(put)
    put(repositories.project / "site")
    for adopt in (False, True):
        with pytest.raises(ProviderError, match=words):
            asyncio.run(repositories.call().check(wish(remote.url, adopt=adopt), None))


def test_a_folder_inside_another_repository_is_none_of_its_own(
    repositories: RepositoryCalls, remote: Remote
) -> None:
    git(repositories.project, "init", "--quiet")
    state = created(repositories, wish(remote.url, path="made/site"))
    assert state.folders == ["made"]
    assert (repositories.project / "made/site/.git").exists()
    assert not deleted(repositories, state)
    assert not (repositories.project / "made").exists()


def test_an_empty_folder_is_cloned_into(repositories: RepositoryCalls, remote: Remote) -> None:
    (repositories.project / "site").mkdir()
    created(repositories, wish(remote.url))
    assert (repositories.project / "site/README.md").exists()


def test_what_was_put_in_its_place_is_not_deleted(repositories: RepositoryCalls, remote: Remote) -> None:
    state = created(repositories, wish(remote.url))
    (repositories.project / "site").rename(repositories.project / "aside")
    a_folder(repositories.project / "site")
    assert "no longer the checkout" in deleted(repositories, state, force=True)
    assert (repositories.project / "site/yours").exists()


def test_a_failed_clone_leaves_nothing(repositories: RepositoryCalls, remote: Remote) -> None:
    missing = "0123456789" * 4
    with pytest.raises(ProviderError, match=f"has no commit {missing}"):
        created(repositories, wish(remote.url, path="made/site", commit=missing))
    assert list(repositories.project.iterdir()) == []


def test_what_a_killed_run_left_is_made_anew_or_discarded(
    repositories: RepositoryCalls, remote: Remote
) -> None:
    place = repositories.project / "site"
    claim = Claim(repositories.call().call.urn, "checkout", str(place), remote.url)
    repositories.journal.claim(claim)
    (repositories.project / ".site.clockwork-new").mkdir()
    state = created(repositories, wish(remote.url))
    assert not state.found
    assert sorted(one.name for one in repositories.project.iterdir()) == ["site"]
    asyncio.run(repositories.call().discard(claim))
    assert list(repositories.project.iterdir()) == []


def test_what_a_killed_run_cloned_is_ours(repositories: RepositoryCalls, remote: Remote) -> None:
    git(repositories.project, "clone", "--quiet", remote.url, "site")
    urn = repositories.call().call.urn
    repositories.journal.claim(Claim(urn, "checkout", str(repositories.project / "site"), remote.url))
    assert not created(repositories, wish(remote.url)).found


def test_an_unreachable_host_is_told_apart(repositories: RepositoryCalls) -> None:
    with pytest.raises(HostError, match="cannot be reached"):
        asyncio.run(repositories.call().check(wish(f"git://127.0.0.1:{free_port()}/site.git"), None))
    with pytest.raises(HostError, match="cannot be reached"):
        asyncio.run(repositories.call().check(wish("https://no.such.host.invalid/site.git"), None))


def test_a_checkout_that_stays_needs_no_remote(repositories: RepositoryCalls, remote: Remote) -> None:
    wanted = wish(remote.url, pull=False)
    state = created(repositories, wanted)
    remote.bare.rename(remote.bare.parent / "gone")
    asyncio.run(repositories.call().check(wanted, wanted))
    assert not changes(repositories, state, wanted)
    assert not deleted(repositories, state)


def test_an_empty_repository_has_no_branch(repositories: RepositoryCalls, tmp_path: Path) -> None:
    git(tmp_path, "init", "--quiet", "--bare", "empty.git")
    with pytest.raises(ProviderError, match="has no default branch"):
        asyncio.run(repositories.call().check(wish(str(tmp_path / "empty.git")), None))


def test_without_git_it_says_what_to_do(
    repositories: RepositoryCalls, remote: Remote, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    wanted = wish(remote.url)
    monkeypatch.setenv("PATH", str(tmp_path))
    with pytest.raises(ProviderError, match="git is not installed") as refused:
        asyncio.run(repositories.call().check(wanted, None))
    assert "Install it" in (refused.value.hint or "")


def test_the_surroundings_of_a_git_hook_lead_nowhere_else(
    repositories: RepositoryCalls, remote: Remote, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("GIT_DIR", str(remote.work / ".git"))
    monkeypatch.setenv("GIT_WORK_TREE", str(remote.work))
    monkeypatch.setenv("GIT_INDEX_FILE", os.devnull)
    state = created(repositories, wish(remote.url))
    assert state.commit == remote.first
    assert (repositories.project / "site/README.md").exists()
