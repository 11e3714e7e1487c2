"""How core looks at the container of a resource."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from clockwork.containers.readiness import ContainerState, Ended, Program
from clockwork_apple_container import cli, client


@dataclass(frozen=True)
class AppleContainer:
    """A view of the container of this name."""

    name: str

    async def state(self) -> ContainerState:
        """Look at the container; one that does not exist is a state too.

        Raises:
            ProviderError: The service cannot be reached.
        """
        found = await client.find_container(self.name)
        if found is None:
            return ContainerState(False, f"there is no container {self.name}", exists=False)
        if found.running:
            return ContainerState(True, f"running at {found.address}" if found.address else "running")
        what = "stopped" if found.was_started else "stopped, not started yet"
        return ContainerState(False, what, ended=found.was_started)

    async def last_log_lines(self, lines: int) -> Sequence[str]:
        """Read the end of its log, oldest line first.

        Args:
            lines: How many lines at most.

        Raises:
            ProviderError: The service cannot be reached.
        """
        return await client.last_log_lines(self.name, lines)

    async def run(self, program: Program) -> Ended:
        """Run a program inside it, and wait for its end.

        Args:
            program: What to run.

        Raises:
            ProviderError: The service cannot be reached, or the container does not run.
        """
        return await cli.execute(self.name, program)
