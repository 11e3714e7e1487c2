"""Apple's ``container`` program for tests: the real one on a Mac that has it, else the stand-in."""

from __future__ import annotations

import asyncio
import json
import os
import shutil
import subprocess
import sys
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, TypeVar

from clockwork.providers.embedded import Call, EmbeddedResource
from clockwork.state.journal import Journal
from clockwork_apple_container.provider import Container, Network, Volume
from support.fake_container.machine import FakeContainer

Provider = TypeVar("Provider", bound=EmbeddedResource)
CHOICE = "CLOCKWORK_TEST_APPLE"
PREFIX = "cwtest-"
"""What the names of all things begin with that tests make, so that they can be found and removed."""


class RealContainer:
    """The real program; what tests made with it is removed at the end."""

    def __call__(self, *args: str, code: int = 0, **environment: str) -> str:
        """Call the program, which must end with an exit code; gives what it printed."""
        done = self.call(*args, **environment)
        assert done.returncode == code, f"{args} ended with {done.returncode}: {done.stdout}{done.stderr}"
        return done.stdout

    def call(self, *args: str, **environment: str) -> subprocess.CompletedProcess[str]:
        """Call the program; gives everything that came of it."""
        return subprocess.run(
            ["container", *args],
            env={**os.environ, **environment},
            stdin=subprocess.DEVNULL,
            capture_output=True,
            encoding="utf-8",
            check=False,
            timeout=600,
        )

    def inspect(self, name: str) -> dict[str, Any]:
        """The container of a name, as the program tells it."""
        found: dict[str, Any] = json.loads(self("inspect", name))[0]
        return found

    def names(self) -> list[str]:
        """The names of the tests' containers."""
        found = self("list", "--all", "-q").split()
        return sorted(name for name in found if name.startswith(PREFIX))

    def state_of(self, name: str) -> str:
        """``running`` or ``stopped``."""
        status = self.inspect(name)["status"]
        return str(status["state"] if isinstance(status, dict) else status)

    def kill_process(self, name: str) -> None:
        """End a container's process from outside."""
        self("kill", name)

    def close(self) -> None:
        """Remove what tests made."""
        for name in self.names():
            self.call("delete", "--force", name)
        for kind in ("network", "volume"):
            for name in self.call(kind, "list", "-q").stdout.split():
                if name.startswith(PREFIX):
                    self.call(kind, "delete", name)


Machine = FakeContainer | RealContainer


def chosen() -> str:
    """``real`` or ``fake``: what the environment says, else what this machine has."""
    said = os.environ.get(CHOICE)
    if said in ("real", "fake"):
        return said
    return "real" if sys.platform == "darwin" and shutil.which("container") else "fake"


@dataclass
class AppleCalls:
    """Makes provider instances for one project and keeps what they told."""

    project: Path
    journal: Journal = field(default_factory=Journal)
    notes: list[str] = field(default_factory=list)
    progress: list[str] = field(default_factory=list)
    stack: str = "dev"

    def container(self, address: str = "web") -> Container:
        """Give the object that serves a call for a container."""
        return self._call(Container, address)

    def network(self, address: str = "back", *, force: bool = False) -> Network:
        """Give the object that serves a call for a network."""
        return self._call(Network, address, force)

    def volume(self, address: str = "data", *, force: bool = False) -> Volume:
        """Give the object that serves a call for a volume."""
        return self._call(Volume, address, force)

    def next_run(self) -> AppleCalls:
        """The same project in another process, after a run that was killed."""
        return AppleCalls(self.project, Journal(), stack=self.stack)

    def _call(self, kind: type[Provider], address: str, force: bool = False) -> Provider:
        return kind.for_call(
            Call(
                f"urn:pulumi:{self.stack}::project::{kind.type_token}::{address}",
                address,
                self.project,
                force=force,
                journal=self.journal,
                note=self.notes.append,
                keep=self.notes.append,
                progress=lambda text, part: self.progress.append(f"{text} {part:.0%}" if part else text),
            )
        )


def wish(**given: Any) -> Container.Inputs:
    """What a container should be: a small web server unless given otherwise."""
    return Container.Inputs.model_validate({"name": "cwtest-web", "image": "nginx:alpine", **given})


def created(calls: AppleCalls, **given: Any) -> Container.State:
    """Create a container; see :func:`wish`."""
    state: Container.State = asyncio.run(calls.container().create(wish(**given)))
    return state


def replaced(
    calls: AppleCalls, state: Container.State, old: Container.Inputs, new: Container.Inputs
) -> Container.State:
    """Replace a container as the engine does: look, make the new one, delete the old one."""
    assert asyncio.run(calls.container().diff(state, old, new)).replaces
    fresh: Container.State = asyncio.run(calls.container().create(new))
    asyncio.run(calls.container().delete(state))
    return fresh
