"""Runs the person's own ``git``: never asking anything, and with every failure in words."""

from __future__ import annotations

import os
import shutil
import subprocess
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import NoReturn

from clockwork.credentials import without_credentials
from clockwork.errors import ProviderError
from clockwork.hosts import Finished, HostError, LocalMachine
from clockwork_git.addresses import Address

ASKING_SECONDS = 30.0
"""How long a server may take to say what it has."""
_LOCAL = (
    "GIT_DIR",
    "GIT_WORK_TREE",
    "GIT_INDEX_FILE",
    "GIT_OBJECT_DIRECTORY",
    "GIT_ALTERNATE_OBJECT_DIRECTORIES",
    "GIT_COMMON_DIR",
    "GIT_NAMESPACE",
    "GIT_PREFIX",
    "GIT_SHALLOW_FILE",
)
"""What a hook of git leaves in the environment, and what would lead to its repository instead of ours."""
_SETTINGS = {
    "advice.detachedHead": "false",
    "fetch.recurseSubmodules": "false",
    "gc.auto": "0",
    "init.defaultBranch": "main",
    "maintenance.auto": "false",
    "submodule.recurse": "false",
}
_TELLS_CREDENTIALS = (
    '!f() { test "$1" != get || '
    'printf "username=%s\\npassword=%s\\n" "$CLOCKWORK_GIT_USER" "$CLOCKWORK_GIT_PASSWORD"; }; f'
)
_UNREACHABLE = (
    "could not resolve",
    "unable to look up",
    "connection refused",
    "connection reset",
    "connection timed out",
    "connection closed by",
    "operation timed out",
    "operation too slow",
    "timed out",
    "failed to connect",
    "couldn't connect",
    "could not connect",
    "unable to connect",
    "network is unreachable",
    "no route to host",
    "hung up unexpectedly",
    "empty reply from server",
    "returned error: 5",
)
_NEEDS_LOGIN = (
    "authentication failed",
    "could not read username",
    "could not read password",
    "terminal prompts disabled",
    "permission denied (",
    "returned error: 401",
    "returned error: 403",
)
_MISSING = (
    "not found",
    "does not appear to be a git repository",
    "repository not exported",
    "does not exist",
    "returned error: 404",
)
_LOGIN_HINT = (
    "Let git know how to log in: a credential helper or an SSH key that the agent holds. "
    "`git ls-remote` with this address must work without asking."
)


@dataclass(frozen=True)
class Git:
    """The person's ``git``, in a folder.

    Attributes:
        project: The folder of the user's file.
        name: The address of the resource that it works for.
        folder: The folder it runs in; the project when ``None``.
        access: The repository that it may log in to with the credentials of its address.
    """

    project: Path
    name: str | None = None
    folder: str | None = None
    access: Address | None = None

    async def finish(self, *arguments: str, seconds: float | None = None) -> Finished:
        """Run git to its end, however it ends.

        Args:
            *arguments: What it is told.
            seconds: How long it may take; as long as it needs when ``None``.

        Raises:
            HostError: It took longer.
            ProviderError: There is no git, or it cannot be started.
        """
        program = find_git(self.name)
        settings = [part for key, value in _SETTINGS.items() for part in ("-c", f"{key}={value}")]
        unset = [part for name in _LOCAL for part in ("-u", name)]
        try:
            return await LocalMachine(self.project).run(
                ["env", *unset, program, *settings, *arguments],
                environment=self._environment(),
                directory=self.folder,
                timeout_seconds=seconds,
            )
        except TimeoutError:
            where = self.access or "the repository"
            raise HostError(
                f"{where} did not answer within {seconds:g} seconds",
                address=self.name,
                hint="See whether the address is right and its host can be reached.",
            ) from None

    async def run(self, *arguments: str, seconds: float | None = None) -> str:
        """Run git; it has to succeed.

        Args:
            *arguments: What it is told.
            seconds: How long it may take; as long as it needs when ``None``.

        Returns:
            What it printed.

        Raises:
            HostError: The repository's host cannot be reached.
            ProviderError: It failed.
        """
        finished = await self.finish(*arguments, seconds=seconds)
        if finished.code != 0:
            self.fail(arguments, finished)
        return finished.stdout.decode("utf-8", errors="surrogateescape")

    async def succeeds(self, *arguments: str) -> bool:
        """Tell whether git ends with exit code 0."""
        return (await self.finish(*arguments)).code == 0

    def fail(self, arguments: tuple[str, ...], finished: Finished) -> NoReturn:
        """Say why git failed.

        Raises:
            HostError: The repository's host cannot be reached.
            ProviderError: Anything else.
        """
        told = without_credentials(finished.stderr.decode("utf-8", errors="backslashreplace")).strip()
        words, where = told.lower(), self.access or "the repository"
        last = "\n".join(f"  {line}" for line in told.splitlines()[-6:])
        if "host key verification failed" in words:
            raise ProviderError(
                f"the SSH host key of {where} is not known, or is another one\n{last}",
                address=self.name,
                field="repo_url",
                hint="Connect to the host once with ssh, and compare the fingerprint it shows.",
            )
        if any(one in words for one in _UNREACHABLE):
            raise HostError(f"{where} cannot be reached\n{last}", address=self.name, hint=_REACH_HINT)
        if any(one in words for one in _NEEDS_LOGIN):
            raise ProviderError(
                f"{where} needs a login that works\n{last}",
                address=self.name,
                field="repo_url",
                hint=_LOGIN_HINT,
            )
        if self.access is not None and any(one in words for one in _MISSING):
            raise ProviderError(
                f"there is no repository at {where}, or not for you\n{last}",
                address=self.name,
                field="repo_url",
                hint="Correct repo_url.",
            )
        verb = next((one for one in arguments if not one.startswith("-")), "")
        raise ProviderError(f"`git {verb}` failed (exit code {finished.code})\n{last}", address=self.name)

    def _environment(self) -> Mapping[str, str]:
        variables = {
            "LC_ALL": "C",
            "LANGUAGE": "C",
            "GIT_TERMINAL_PROMPT": "0",
            "GCM_INTERACTIVE": "never",
            "GIT_OPTIONAL_LOCKS": "0",
            "GIT_HTTP_LOW_SPEED_LIMIT": "1",
            "GIT_HTTP_LOW_SPEED_TIME": "60",
            "SSH_ASKPASS_REQUIRE": "never",
            **_ssh_that_asks_nothing(),
        }
        if self.folder is not None:
            variables["GIT_CEILING_DIRECTORIES"] = os.path.dirname(self.folder)  # noqa: PTH120 kept as it is
        if self.access is not None and (self.access.user or self.access.password):
            variables |= _credentials(self.access)
        return variables


_REACH_HINT = "See whether the address is right and its host can be reached; then run it again."


def find_git(name: str | None = None) -> str:
    """Find the person's ``git``.

    Args:
        name: The address of the resource that needs it.

    Raises:
        ProviderError: There is none.
    """
    found = shutil.which("git")
    if found is None:
        raise ProviderError(
            "the program git is not installed, or not on PATH",
            address=name,
            hint="Install it, with your system's package manager or from https://git-scm.com/downloads.",
        )
    return found


@cache
def _ssh_that_asks_nothing() -> Mapping[str, str]:
    """Give the person's own way to SSH, told never to ask; another program than ``ssh`` is left as it is."""
    own = os.environ.get("GIT_SSH_COMMAND")
    if own is None and "GIT_SSH" in os.environ:
        return {}
    if own is None:
        told = subprocess.run(["git", "config", "--get", "core.sshCommand"], capture_output=True, check=False)
        own = told.stdout.decode("utf-8", errors="replace").strip()
    return {"GIT_SSH_COMMAND": f"{own or 'ssh'} -o BatchMode=yes -o ConnectTimeout=15"}


def _credentials(access: Address) -> dict[str, str]:
    """Let git find the credentials of an address, and no other process see them in its arguments."""
    first = int(os.environ.get("GIT_CONFIG_COUNT") or 0)
    helper = f"credential.{access.server}.helper"
    return {
        "CLOCKWORK_GIT_USER": access.user,
        "CLOCKWORK_GIT_PASSWORD": access.password,
        "GIT_CONFIG_COUNT": str(first + 2),
        f"GIT_CONFIG_KEY_{first}": helper,
        f"GIT_CONFIG_VALUE_{first}": "",
        f"GIT_CONFIG_KEY_{first + 1}": helper,
        f"GIT_CONFIG_VALUE_{first + 1}": _TELLS_CREDENTIALS,
    }
