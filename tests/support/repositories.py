"""Repositories of git to clone from: on this machine, and served by ``git daemon``."""

from __future__ import annotations

import os
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from support.services import free_port, served

_ENVIRONMENT = {
    "GIT_AUTHOR_NAME": "Ada",
    "GIT_AUTHOR_EMAIL": "ada@example.org",
    "GIT_COMMITTER_NAME": "Ada",
    "GIT_COMMITTER_EMAIL": "ada@example.org",
    "GIT_CONFIG_GLOBAL": os.devnull,
    "GIT_CONFIG_NOSYSTEM": "1",
}


def git(folder: Path, *arguments: str) -> str:
    """Run git in a folder; it has to succeed."""
    settings = ("-c", "init.defaultBranch=main", "-c", "protocol.file.allow=always")
    done = subprocess.run(
        ["git", *settings, *arguments],
        cwd=folder,
        env={**os.environ, **_ENVIRONMENT},
        capture_output=True,
        encoding="utf-8",
        check=False,
    )
    assert done.returncode == 0, f"git {' '.join(arguments)}: {done.stderr}"
    return done.stdout.strip()


class Remote:
    """A repository that others clone, and somebody who pushes to it."""

    def __init__(self, folder: Path, name: str) -> None:
        """Make it, with one commit on ``main``.

        Args:
            folder: Where repositories are served from.
            name: Its name there.
        """
        self.bare = folder / f"{name}.git"
        self.work = folder / f"{name}.work"
        folder.mkdir(parents=True, exist_ok=True)
        git(folder, "init", "--quiet", "--bare", str(self.bare))
        git(folder, "init", "--quiet", str(self.work))
        git(self.work, "remote", "add", "origin", str(self.bare))
        self.first = self.commit("README.md", "hello\n")

    @property
    def url(self) -> str:
        """Its address as a file."""
        return f"file://{self.bare}"

    def commit(self, file: str, text: str, *, branch: str = "main") -> str:
        """Push a commit with one file to a branch, made where there is none; give its name."""
        if git(self.work, "branch", "--list", branch):
            git(self.work, "checkout", "--quiet", branch)
        elif git(self.work, "branch", "--list", "main"):
            git(self.work, "checkout", "--quiet", "-b", branch, "main")
        (self.work / file).write_text(text, encoding="utf-8")
        git(self.work, "add", file)
        git(self.work, "commit", "--quiet", "-m", f"Write {file}")
        git(self.work, "push", "--quiet", "origin", branch)
        return git(self.work, "rev-parse", "HEAD")

    def tag(self, name: str, *options: str) -> None:
        """Push a tag on the last commit."""
        git(self.work, "tag", *options, name)
        git(self.work, "push", "--quiet", "origin", f"refs/tags/{name}")

    def rewrite(self) -> str:
        """Push another last commit of ``main`` in the place of the one that was there."""
        git(self.work, "checkout", "--quiet", "main")
        git(self.work, "commit", "--quiet", "--amend", "-m", "Think again")
        git(self.work, "push", "--quiet", "--force", "origin", "main")
        return git(self.work, "rev-parse", "HEAD")


@contextmanager
def git_daemon(folder: Path) -> Iterator[str]:
    """Serve the repositories in a folder; give the address before their names."""
    port = free_port()
    options = ["--export-all", "--reuseaddr", "--listen=127.0.0.1", f"--port={port}", f"--base-path={folder}"]
    with served(["git", "daemon", *options, str(folder)], port, folder / "daemon.log"):
        yield f"git://127.0.0.1:{port}"
