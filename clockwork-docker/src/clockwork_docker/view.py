"""How core looks at a Docker container: whether it runs, what it said, and into it."""

from __future__ import annotations

import threading
from collections.abc import Sequence

from clockwork.containers.readiness import ContainerState, Ended, Program
from clockwork_docker import session  # noqa: F401 the SDK: whoever makes a view is about to look through it
from clockwork_docker.client import connect, run
from clockwork_docker.inside import run_inside
from clockwork_docker.provider.real import find_container
from clockwork_docker.provider.waiting import log_lines


class ContainerView:
    """The container of a resource, seen from outside a deployment."""

    def __init__(self, name: str) -> None:
        """Look at a container later.

        Args:
            name: Its name.
        """
        self._name = name

    async def state(self) -> ContainerState:
        """Look at the container; one that does not exist is a state too.

        Raises:
            ProviderError: The engine cannot be reached.
        """
        real = await run(find_container, await run(connect), self._name)
        if real is None:
            return ContainerState(False, f"there is no container {self._name!r}", exists=False)
        state = real["State"]
        health = (state.get("Health") or {}).get("Status")
        health = None if health in (None, "", "none") else str(health)
        if state.get("Running") and not state.get("Paused") and not state.get("Restarting"):
            what = f"running, {health}" if health else "running"
            return ContainerState(True, what, None if health is None else health == "healthy")
        status = str(state.get("Status"))
        ended = status in ("exited", "dead")
        what = f"exited with code {state.get('ExitCode')}" if ended else status
        return ContainerState(False, what, ended=ended)

    async def last_log_lines(self, lines: int) -> Sequence[str]:
        """Read the end of its log, oldest line first; nothing when there is no container.

        Args:
            lines: How many lines at most.

        Raises:
            ProviderError: The engine cannot be reached.
        """
        return await run(log_lines, await run(connect), self._name, lines)

    async def run(self, program: Program) -> Ended:
        """Run a program inside it, and wait for its end.

        Args:
            program: What to run.

        Raises:
            ProviderError: The engine cannot be reached, or the container does not run.
        """
        left = threading.Event()
        try:
            return await run(run_inside, await run(connect), self._name, program, left)
        finally:
            left.set()
