"""How the program fails: one error, several, or a wrong command line."""

from __future__ import annotations

from dataclasses import dataclass

NOT_STARTED = (
    "XPC connection error: Connection invalid",
    "Ensure container system service has been started with `container system start`.",
)


@dataclass
class Failure(Exception):
    """One error: its code, its message and what caused it."""

    code: str
    message: str
    cause: Failure | None = None

    def coded(self) -> str:
        """With its code, as causes and aggregated errors are written."""
        return f'{self.code}: "{self.message}"{self._because()}'

    def told(self) -> str:
        """As the program prints it after ``Error: ``."""
        return f"{self.message}{self._because()}"

    def _because(self) -> str:
        return f' (cause: "{self.cause.coded()}")' if self.cause else ""


@dataclass
class Failures(Exception):
    """The errors of a command with several targets: one a line, each with its code."""

    errors: list[Failure]


@dataclass
class UsageFailure(Exception):
    """A command line that cannot be read: exit code 64."""

    message: str
    command: str = ""

    def told(self) -> str:
        """As the program prints it, with the usage below."""
        name = " ".join(part for part in ("container", self.command) if part)
        return f"{self.message}\nUsage: {name} [<options>]\n  See '{name} --help' for more information."


@dataclass
class ProcessEnded(Exception):
    """A process in the foreground ended; its exit code is the program's."""

    code: int


def not_started(around: str | None = None) -> Failure:
    """The service is not there; some commands wrap that in their own error."""
    problem, advice = NOT_STARTED
    if around is None:
        return Failure("interrupted", f'interrupted: "{problem}"\n{advice}')
    wrapped = Failure("internalError", around, Failure("interrupted", problem))
    return Failure("interrupted", f"{wrapped.coded()}\n{advice}")
