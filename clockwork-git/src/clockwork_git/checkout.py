"""What is checked out in a folder, and what of it is nowhere else."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from clockwork_git.git import Git
from clockwork_git.remote import Target, known_commits

_MOST_NAMED = 3
_UNBORN = "(initial)"
_DETACHED = "(detached)"


@dataclass(frozen=True)
class Status:
    """What ``git status`` says.

    Attributes:
        commit: The commit that is checked out; empty before the first one.
        branch: The branch it is on; empty when on none.
        changed: Files that were changed, staged or removed, submodules among them.
        untracked: Files that git neither knows nor ignores.
    """

    commit: str = ""
    branch: str = ""
    changed: tuple[str, ...] = ()
    untracked: tuple[str, ...] = ()

    @classmethod
    def parse(cls, printed: str) -> Status:
        """Read what ``git status --porcelain=v2 --branch -z`` prints.

        Args:
            printed: Its fields, each with a zero byte behind it.
        """
        commit = branch = ""
        changed, untracked = [], []
        fields = iter(printed.split("\0"))
        for field in fields:
            kind, _, rest = field.partition(" ")
            match kind:
                case "#":
                    name, _, value = rest.partition(" ")
                    if name == "branch.oid":
                        commit = "" if value == _UNBORN else value
                    elif name == "branch.head":
                        branch = "" if value == _DETACHED else value
                case "1":
                    changed.append(rest.split(" ", 7)[-1])
                case "2":
                    changed.append(rest.split(" ", 8)[-1])
                    next(fields, None)
                case "u":
                    changed.append(rest.split(" ", 9)[-1])
                case "?":
                    untracked.append(rest)
        return cls(commit, branch, tuple(changed), tuple(untracked))


@dataclass(frozen=True)
class LocalWork:
    """What is in a checkout and nowhere else.

    Attributes:
        changed: Files that were changed, staged or removed.
        untracked: Files that git neither knows nor ignores.
        commits: How many commits no remote is known to have.
        stashes: How many stashes there are.
    """

    changed: tuple[str, ...] = ()
    untracked: tuple[str, ...] = ()
    commits: int = 0
    stashes: int = 0

    def __bool__(self) -> bool:
        """Whether there is any."""
        return bool(self.changed or self.untracked or self.commits or self.stashes)

    def __str__(self) -> str:
        """What there is, in words."""
        return ", ".join(self._words())

    @property
    def in_the_way(self) -> LocalWork:
        """What could be lost, or left behind, when another commit is checked out."""
        return replace(self, untracked=(), stashes=0)

    def _words(self) -> Iterator[str]:
        if self.changed:
            yield f"{_counted(len(self.changed), 'changed file')} ({_named(self.changed)})"
        if self.untracked:
            yield f"{_counted(len(self.untracked), 'untracked file')} ({_named(self.untracked)})"
        if self.commits:
            yield f"{_counted(self.commits, 'commit')} that no remote has"
        if self.stashes:
            yield _counted(self.stashes, "stash")


@dataclass(frozen=True)
class Checkout:
    """A folder with a repository of its own in it.

    Attributes:
        git: Git, in that folder.
        status: What it says of it.
        url: Where the repository says it comes from; empty when it does not.
    """

    git: Git
    status: Status
    url: str = ""

    @classmethod
    async def at(cls, git: Git) -> Checkout | None:
        """Look at a folder; ``None`` when it has no repository of its own.

        Args:
            git: Git, in that folder.

        Raises:
            ProviderError: The repository in it is broken.
        """
        if not has_repository(str(git.folder)):
            return None
        status = Status.parse(
            await git.run(
                "status",
                "--porcelain=v2",
                "--branch",
                "-z",
                "--untracked-files=normal",
                "--ignore-submodules=none",
            )
        )
        url = await git.finish("config", "--get", "remote.origin.url")
        return cls(git, status, url.stdout.decode("utf-8", errors="replace").strip())

    async def in_the_way(self, placed: Sequence[str] = ()) -> LocalWork:
        """Find what could be lost, or left behind, when another commit is checked out.

        Args:
            placed: Commits that are known to come from the remote.
        """
        if not self.status.commit:
            return LocalWork(self.status.changed)
        commits = await self._count("HEAD", "--not", "--remotes", *await self._own(placed))
        return LocalWork(self.status.changed, commits=commits)

    async def local_work(self, placed: Sequence[str] = ()) -> LocalWork:
        """Find all that is nowhere else, in submodules too.

        Args:
            placed: Commits that are known to come from the remote.

        Raises:
            HostError: Only the remote could tell whether some commits are its own, and it is not reached.
        """
        status, commits = self.status, await self._commits(placed)
        stashes = len((await self.git.run("stash", "list")).splitlines())
        work = LocalWork(status.changed, status.untracked, commits, stashes)
        for folder in await self._submodules():
            below = await Checkout.at(replace(self.git, folder=folder, access=None))
            if below is not None:
                inside = await below.local_work([below.status.commit])
                work = replace(
                    work, commits=work.commits + inside.commits, stashes=work.stashes + inside.stashes
                )
        return work

    async def lacks_submodules(self) -> bool:
        """Tell whether some submodule is not checked out, or not at the commit it should be at."""
        told = await self.git.run("submodule", "status", "--recursive")
        return any(line.startswith(("-", "+")) for line in told.splitlines())

    async def is_at(self, target: Target) -> bool:
        """Tell whether a target is checked out; a branch may be ahead of it by commits of its own.

        Args:
            target: What should be checked out.
        """
        if target.branch and self.status.branch != target.branch:
            return False
        if self.status.commit == target.commit or not target.branch:
            return self.status.commit == target.commit
        return await self.holds(target.commit, "HEAD")

    async def commit_of(self, name: str) -> str | None:
        """Give the commit that a name means here; ``None`` when it means none.

        Args:
            name: Such as ``refs/tags/v1``.
        """
        found = await self.git.finish("rev-parse", "--verify", "--quiet", f"{name}^{{commit}}")
        return found.stdout.decode("ascii").strip() if found.code == 0 else None

    async def holds(self, older: str, newer: str) -> bool:
        """Tell whether a commit is among those that another one was built on."""
        return await self.git.succeeds("merge-base", "--is-ancestor", older, newer)

    async def _commits(self, placed: Sequence[str]) -> int:
        """Count the commits that no remote has; where what is known does not tell, the remote is asked."""
        if not self.status.commit and not await self.git.run("for-each-ref", "--count=1"):
            return 0
        ours = ["HEAD"] if self.status.commit else []
        wanted = [*ours, "--branches", "--tags", "--not", "--remotes"]
        commits = await self._count(*wanted, *await self._own(placed))
        if not commits or self.git.access is None:
            return commits
        theirs = await known_commits(self.git)
        return await self._count(*wanted, *await self._own([*placed, *theirs]))

    async def _count(self, *revisions: str) -> int:
        return int(await self.git.run("rev-list", "--count", *revisions))

    async def _own(self, commits: Sequence[str]) -> list[str]:
        """Keep the commits that are here: others would be an error."""
        asked = [one for one in commits if one]
        return [one for one in asked if await self.git.succeeds("cat-file", "-e", f"{one}^{{commit}}")]

    async def _submodules(self) -> list[str]:
        if not (Path(str(self.git.folder)) / ".gitmodules").exists():
            return []
        listed = await self.git.run("submodule", "--quiet", "foreach", "--recursive", "pwd")
        return listed.splitlines()


def has_repository(folder: str) -> bool:
    """Tell whether a folder has a repository of its own, and is not just inside one."""
    return (Path(folder) / ".git").exists()


def _counted(number: int, what: str) -> str:
    plural = f"{what}es" if what.endswith("sh") else f"{what}s"
    return f"{number} {what if number == 1 else plural}"


def _named(names: Sequence[str]) -> str:
    more = len(names) - _MOST_NAMED
    return ", ".join(names[:_MOST_NAMED]) + (f" and {more} more" if more > 0 else "")
