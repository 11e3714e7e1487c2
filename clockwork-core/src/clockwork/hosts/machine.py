"""What a plugin may do on a machine, this one or another."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Mapping, Sequence
from dataclasses import dataclass


@dataclass(frozen=True)
class Finished:
    """A command that has ended.

    Attributes:
        code: Its exit code; minus the signal's number when one ended it.
        stdout: What it printed.
        stderr: What it complained about.
    """

    code: int
    stdout: bytes = b""
    stderr: bytes = b""


class Machine(ABC):
    """A machine on which commands can be run."""

    @abstractmethod
    async def run(
        self,
        command: Sequence[str],
        *,
        stdin: bytes = b"",
        environment: Mapping[str, str] | None = None,
        directory: str | None = None,
        timeout_seconds: float | None = None,
    ) -> Finished:
        """Run a command to its end; what it started is stopped with it when it is cut off.

        Args:
            command: The program and its arguments.
            stdin: What it reads.
            environment: Variables beside those that the machine gives.
            directory: The folder it runs in; relative to where the machine's files of the project are.
            timeout_seconds: How long it may take; as long as it needs when ``None``.

        Raises:
            TimeoutError: It took longer.
            HostError: The machine cannot be reached, or was lost meanwhile.
            ProviderError: The command cannot be started.
        """
