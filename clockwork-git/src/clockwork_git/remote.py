"""What a repository has, asked where it is, without cloning it."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field

from clockwork.errors import ProviderError
from clockwork.suggestions import did_you_mean
from clockwork_git.git import ASKING_SECONDS, Git

_LINE = re.compile(r"(?P<commit>[0-9a-f]{40}(?:[0-9a-f]{24})?)\t(?P<name>\S.*)")
_SYMBOLIC = re.compile(r"ref: refs/heads/(?P<branch>\S+)\tHEAD")
_PEELED = "^{}"


@dataclass(frozen=True)
class Refs:
    """The names that a repository has, with the commits they mean.

    Attributes:
        branches: Commits by branch.
        tags: Commits by tag.
        default: The branch that is checked out unless another one is asked for.
        head: The commit that is checked out unless another one is asked for.
    """

    branches: Mapping[str, str] = field(default_factory=dict)
    tags: Mapping[str, str] = field(default_factory=dict)
    default: str | None = None
    head: str | None = None

    @classmethod
    def parse(cls, printed: str) -> Refs:
        """Read what ``git ls-remote --symref`` prints; lines that say nothing of branches and tags are left.

        Args:
            printed: The lines.
        """
        branches, tags, peeled = {}, {}, {}
        default = head = None
        for line in printed.split("\n"):
            if symbolic := _SYMBOLIC.fullmatch(line):
                default = symbolic["branch"]
            elif found := _LINE.fullmatch(line):
                name, commit = found["name"], found["commit"]
                if name == "HEAD":
                    head = commit
                elif name.startswith("refs/heads/"):
                    branches[name.removeprefix("refs/heads/")] = commit
                elif name.startswith("refs/tags/") and name.endswith(_PEELED):
                    peeled[name.removeprefix("refs/tags/").removesuffix(_PEELED)] = commit
                elif name.startswith("refs/tags/"):
                    tags[name.removeprefix("refs/tags/")] = commit
        return cls(branches, {**tags, **peeled}, default, head)


@dataclass(frozen=True)
class Wish:
    """What of a repository should be checked out: a branch, a tag, a commit, or what its server says.

    Attributes:
        branch: The branch.
        tag: The tag.
        commit: The whole name of the commit.
    """

    branch: str | None = None
    tag: str | None = None
    commit: str | None = None

    def __str__(self) -> str:
        """The wish in words."""
        if self.branch is not None:
            return f"the branch {self.branch}"
        if self.tag is not None:
            return f"the tag {self.tag}"
        return "the default branch" if self.commit is None else f"the commit {short(self.commit)}"


@dataclass(frozen=True)
class Target:
    """What a wish means now.

    Attributes:
        commit: The commit.
        branch: The branch that is at it; empty when it is checked out without one.
        tag: The tag that is at it.
    """

    commit: str
    branch: str = ""
    tag: str = ""

    def __str__(self) -> str:
        """The target in words."""
        name = self.branch or (f"the tag {self.tag}" if self.tag else "")
        return f"{name} at {short(self.commit)}" if name else f"the commit {short(self.commit)}"


async def ask(git: Git, wish: Wish) -> Target:
    """Ask a repository what a wish means now.

    Args:
        git: Git, with access to the repository.
        wish: What should be checked out.

    Raises:
        HostError: Its host cannot be reached.
        ProviderError: There is no such repository, or nothing of that name in it.
    """
    assert git.access is not None
    names = ["HEAD"]
    if wish.branch is not None:
        names.append(f"refs/heads/{wish.branch}")
    if wish.tag is not None:
        names += [f"refs/tags/{wish.tag}", f"refs/tags/{wish.tag}{_PEELED}"]
    refs = await _refs(git, *names)
    if wish.commit is not None:
        return Target(wish.commit)
    if wish.tag is not None:
        if wish.tag not in refs.tags:
            raise _lacking(git, "tag", wish.tag, list((await _refs(git)).tags))
        return Target(refs.tags[wish.tag], tag=wish.tag)
    if wish.branch is not None:
        if wish.branch not in refs.branches:
            raise _lacking(git, "branch", wish.branch, list((await _refs(git)).branches))
        return Target(refs.branches[wish.branch], branch=wish.branch)
    if refs.default is None or refs.head is None:
        raise ProviderError(
            f"{git.access} has no default branch: it is empty, or its HEAD leads nowhere",
            address=git.name,
            field="repo_url",
            hint="Push a commit to it, or say which branch, tag or commit.",
        )
    return Target(refs.head, branch=refs.default)


async def known_commits(git: Git) -> set[str]:
    """Ask a repository for the commits of all its branches and tags.

    Raises:
        HostError: Its host cannot be reached.
        ProviderError: There is no such repository.
    """
    refs = await _refs(git)
    return {*refs.branches.values(), *refs.tags.values()}


def short(commit: str) -> str:
    """Shorten a commit's name to as much as a person reads."""
    return commit[:10]


async def _refs(git: Git, *names: str) -> Refs:
    assert git.access is not None
    printed = await git.run(
        "ls-remote", "--symref", "--quiet", "--", git.access.url, *names, seconds=ASKING_SECONDS
    )
    return Refs.parse(printed)


def _lacking(git: Git, field: str, name: str, known: list[str]) -> ProviderError:
    hint = did_you_mean(name, known) or f"Correct {field}."
    return ProviderError(f"{git.access} has no {field} {name}", address=git.name, field=field, hint=hint)
