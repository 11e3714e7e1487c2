"""Brings a checkout to what is wished: fetched, checked out, and never at the cost of local work."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from clockwork.errors import ProviderError
from clockwork_git.checkout import Checkout
from clockwork_git.git import Git
from clockwork_git.remote import Target, short

_REFUSED = ("not our ref", "unadvertised object", "couldn't find remote ref", "not a valid object")


@dataclass(frozen=True)
class Depth:
    """How much of the history is fetched.

    Attributes:
        commits: The number of commits; the whole history when ``None``.
        anew: Whether the history that is there has to be made as long or as short.
    """

    commits: int | None = None
    anew: bool = True

    def options(self, *, is_shallow: bool) -> list[str]:
        """Give what ``git fetch`` is told.

        Args:
            is_shallow: Whether the history that is there is cut off.
        """
        if not self.anew:
            return []
        if self.commits is not None:
            return [f"--depth={self.commits}"]
        return ["--unshallow"] if is_shallow else []


async def make_repository(git: Git, target: Target) -> None:
    """Make an empty repository that knows its remote.

    Args:
        git: Git, in an empty folder, with access to the remote.
        target: What is to be checked out in it.
    """
    assert git.access is not None
    kind = ["--object-format=sha256"] if len(target.commit) > len("0" * 40) else []
    await git.run("init", "--quiet", *kind)
    await git.run("remote", "add", "origin", git.access.url)


async def fetch(git: Git, target: Target, depth: Depth) -> None:
    """Fetch what is to be checked out.

    Args:
        git: Git, in the checkout, with access to the remote.
        target: What is to be checked out.
        depth: How much of the history.

    Raises:
        HostError: The remote cannot be reached.
        ProviderError: It does not have the commit.
    """
    is_shallow = (Path(str(git.folder)) / ".git" / "shallow").exists()
    options = depth.options(is_shallow=is_shallow)
    is_whole = depth.commits is None
    everything = ["+refs/heads/*:refs/remotes/origin/*"]
    if target.tag:
        wanted = [f"refs/tags/{target.tag}:refs/tags/{target.tag}"]
        await _fetch(git, options, [*everything, *wanted] if is_whole else wanted)
    elif target.branch:
        wanted = [f"+refs/heads/{target.branch}:refs/remotes/origin/{target.branch}"]
        await _fetch(git, options, everything if is_whole else wanted)
    elif not await _has(git, target.commit) or options:
        await _fetch_commit(git, target.commit, options, everything, is_whole=is_whole)


async def check_out(checkout: Checkout, target: Target) -> str:
    """Check out what was fetched; a branch moves forward only, and keeps commits of its own.

    Args:
        checkout: The checkout.
        target: What is to be checked out.

    Returns:
        The remote's commit that is in what is checked out now.

    Raises:
        ProviderError: The branch was rewritten in the remote, or something is in the way.
    """
    git = checkout.git
    if target.branch:
        await _follow(checkout, target.branch)
        return await checkout.commit_of(f"refs/remotes/origin/{target.branch}") or target.commit
    await switch(git, "--detach", f"refs/tags/{target.tag}" if target.tag else target.commit)
    return await checkout.commit_of("HEAD") or target.commit


async def update_submodules(git: Git, depth: Depth) -> None:
    """Check out the submodules, and theirs, at the commits they should be at.

    Args:
        git: Git, in the checkout.
        depth: How much of their history.
    """
    how = [f"--depth={depth.commits}"] if depth.commits is not None else []
    await git.run("submodule", "--quiet", "sync", "--recursive")
    await git.run("submodule", "--quiet", "update", "--init", "--recursive", *how)


async def _follow(checkout: Checkout, branch: str) -> None:
    git, theirs = checkout.git, f"refs/remotes/origin/{branch}"
    ours = await checkout.commit_of(f"refs/heads/{branch}")
    if ours is None:
        await switch(git, "-b", branch, "--track", f"origin/{branch}")
        return
    is_ahead = await checkout.holds(theirs, ours)
    if not is_ahead and not await checkout.holds(ours, theirs):
        raise ProviderError(
            f"{git.folder} cannot follow {branch}: the remote's is not built on the one that is here, at "
            f"{short(ours)}; the branch was rewritten, or has commits that the remote lacks",
            address=git.name,
            field="branch",
            hint=f"See both: `git -C {git.folder} log --oneline --left-right {branch}...origin/{branch}`; "
            f"`git -C {git.folder} reset --keep origin/{branch}` gives up the one that is here.",
        )
    if checkout.status.branch != branch:
        await switch(git, branch)
    if not is_ahead:
        await _careful(git, "merge", "--quiet", "--ff-only", theirs)


async def switch(git: Git, *how: str) -> None:
    """Check out a branch or a commit.

    Args:
        git: Git, in the checkout.
        *how: What ``git checkout`` is told.

    Raises:
        ProviderError: A file that git does not know would be overwritten.
    """
    await _careful(git, "checkout", "--quiet", *how)


async def _careful(git: Git, *arguments: str) -> None:
    """Run what git refuses where it would overwrite a file that it does not know."""
    finished = await git.finish(*arguments)
    if finished.code == 0:
        return
    told = finished.stderr.decode("utf-8", errors="backslashreplace")
    if "would be overwritten" not in told:
        git.fail(arguments, finished)
    files = ", ".join(line.strip() for line in told.splitlines() if line.startswith("\t"))
    raise ProviderError(
        f"files in {git.folder} would be overwritten: {files}",
        address=git.name,
        hint="Move them away, or commit and push them; nothing was changed.",
    )


async def _fetch(git: Git, options: list[str], wanted: list[str]) -> None:
    await git.run("fetch", "--quiet", *options, "origin", *wanted)


async def _fetch_commit(
    git: Git, commit: str, options: list[str], everything: list[str], *, is_whole: bool
) -> None:
    """Fetch one commit: alone where the server gives it out, else with all that the server has."""
    if not is_whole:
        arguments = ("fetch", "--quiet", *options, "origin", commit)
        finished = await git.finish(*arguments)
        if finished.code == 0:
            return
        if not any(one in finished.stderr.decode(errors="replace") for one in _REFUSED):
            git.fail(arguments, finished)
        options = ["--unshallow"] if (Path(str(git.folder)) / ".git" / "shallow").exists() else []
    await _fetch(git, options, [*everything, "refs/tags/*:refs/tags/*"])
    if await _has(git, commit) or await git.succeeds("fetch", "--quiet", "origin", commit):
        return
    raise ProviderError(
        f"{git.access} has no commit {commit}",
        address=git.name,
        field="commit",
        hint="Correct commit; one that was never pushed, or is on no branch and no tag, cannot be fetched.",
    )


async def _has(git: Git, commit: str) -> bool:
    return await git.succeeds("cat-file", "-e", f"{commit}^{{commit}}")
