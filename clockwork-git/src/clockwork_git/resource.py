"""A git repository that should be checked out."""

from __future__ import annotations

import os
import re
from typing import Annotated, Any, Optional, Self

from pydantic import Field, field_validator, model_validator

from clockwork.errors import LoadError
from clockwork.paths import declared_path, real_path, wrong_path
from clockwork.placeholders import has_placeholder
from clockwork.project import FOLDER_NAME
from clockwork.resources.base import Resource
from clockwork.resources.fields import completable, not_completable
from clockwork_git.addresses import wrong_address

_NOT_IN_A_NAME = re.compile(r"[\x00-\x20\x7f~^:?*\[\\]|\.\.|@\{|//|\.lock(/|$)|/\.|^[./-]|[./]$|^@$")
_COMMIT = re.compile(r"[0-9a-f]{40}([0-9a-f]{24})?")


class GitRepoResource(Resource):
    """A git repository, cloned on this machine, that follows a branch or stays at a tag or a commit.

    Attributes:
        name: What it is called; not needed.
        description: What it is for.
        repo_url: Where it is cloned from.
        dest: The folder it is checked out in, relative to the project; ``~`` is the home folder.
        branch: The branch; the remote's default one unless given.
        tag: A tag, instead of a branch.
        commit: The whole name of a commit, instead of a branch.
        pull: Follow the branch at each apply; else it stays where it was cloned.
        depth: How many commits of the history are fetched at first; all unless given.
        submodules: Check out submodules too, and theirs.
        adopt: Take over a checkout that is already there, with what was changed in it.
    """

    name: Optional[str] = not_completable("what it is called")  # type: ignore[assignment]
    repo_url: Optional[str] = completable(
        "the https address of the git repository",
        examples=["https://github.com/pallets/flask.git", "https://gitlab.com/gitlab-org/cli.git"],
        min_length=1,
        max_length=2000,
    )
    dest: Optional[str] = completable(
        "the folder to check it out in, relative to the project",
        examples=["flask", "vendor/flask"],
        min_length=1,
        max_length=1024,
    )
    branch: Optional[str] = not_completable("the branch; the remote's default one unless given")
    tag: Optional[str] = not_completable("a tag, instead of a branch")
    commit: Optional[str] = not_completable("the whole name of a commit, instead of a branch")
    pull: bool = True
    depth: Optional[Annotated[int, Field(ge=1)]] = not_completable("how many commits are fetched at first")
    submodules: bool = False
    adopt: bool = False

    @field_validator("repo_url")
    @classmethod
    def _is_an_address(cls, value: str | None) -> str | None:
        if value is not None and not has_placeholder(value) and (reason := wrong_address(value)):
            raise ValueError(reason)
        return value

    @field_validator("dest")
    @classmethod
    def _is_a_path(cls, value: str | None) -> str | None:
        if value is not None and (reason := wrong_path(value)):
            raise ValueError(reason)
        return value

    @field_validator("branch", "tag")
    @classmethod
    def _is_a_name(cls, value: str | None) -> str | None:
        if value is not None and (not value or _NOT_IN_A_NAME.search(value)):
            raise ValueError(f"{value!r} cannot be the name of a branch or a tag")
        return value

    @field_validator("commit")
    @classmethod
    def _is_whole(cls, value: str | None) -> str | None:
        if value is not None and not _COMMIT.fullmatch(value):
            raise ValueError("expected the whole name of a commit: 40 or 64 digits of 0-9 and a-f")
        return value

    @model_validator(mode="after")
    def _wants_one_thing(self) -> Self:
        if sum(one is not None for one in (self.branch, self.tag, self.commit)) > 1:
            raise ValueError("give branch, tag or commit, not more than one of them")
        return self

    @property
    def path(self) -> str | None:
        """The absolute path of the checkout, once it is known."""
        return None if self.dest is None else str(real_path(self.dest, self.project))

    def claims(self) -> list[str]:
        """The folder, once it is known."""
        return [] if self.path is None else [f"folder {os.path.realpath(self.path)}"]

    def kept_path(self) -> str:
        """Give the path as the state keeps it.

        Raises:
            LoadError: It is not known yet, or holds the project or what is Clockwork's own.
        """
        if self.dest is None:
            raise LoadError(
                "its folder is not known",
                address=self.address,
                field="dest",
                hint="Give dest, or a model that completes it.",
            )
        folder = real_path(self.dest, self.project)
        own = self.project / FOLDER_NAME
        if folder in (self.project, own, *self.project.parents, *own.parents) or own in folder.parents:
            raise LoadError(
                f"{self.dest} is the project's own folder, or holds it, or is Clockwork's own",
                address=self.address,
                field="dest",
                hint="Choose a folder below the project, or elsewhere.",
            )
        return declared_path(self.dest, self.project)

    def to_pulumi(self) -> Any:
        """Generate the Pulumi resource that clones the repository."""
        from clockwork_git.provider import Repository

        if self.repo_url is None:
            raise LoadError(
                "it does not say which repository",
                address=self.address,
                field="repo_url",
                hint="Give repo_url, or a description and a model that completes it.",
            )
        return Repository(
            self.address,
            path=self.kept_path(),
            url=self.repo_url,
            branch=self.branch,
            tag=self.tag,
            commit=self.commit,
            pull=self.pull,
            depth=self.depth,
            submodules=self.submodules or None,
            adopt=self.adopt or None,
        )
