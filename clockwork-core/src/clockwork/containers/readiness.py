"""How a plugin lets core look at the container of a resource."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Protocol


@dataclass(frozen=True)
class ContainerState:
    """How a container is now.

    Attributes:
        running: Whether its process runs.
        what: The same in a few words, such as ``running, unhealthy`` or ``exited with code 1``.
        healthy: What its own health check says; ``None`` when it has none.
    """

    running: bool
    what: str
    healthy: bool | None = None

    @property
    def is_ready(self) -> bool:
        """Whether it runs, and is healthy as far as that can be told."""
        return self.running and self.healthy is not False


class Container(Protocol):
    """What a plugin gives for ``clockwork_container``: a view of the real container.

    Nothing is asked before a method is called, and both may be called from any event loop.
    """

    async def state(self) -> ContainerState:
        """Look at the container; one that does not exist is a state too.

        Raises:
            ProviderError: The container engine cannot be reached.
        """

    async def last_log_lines(self, lines: int) -> Sequence[str]:
        """Read the end of its log, oldest line first; nothing when there is no container.

        Args:
            lines: How many lines at most.

        Raises:
            ProviderError: The container engine cannot be reached.
        """
