"""The one family of errors: what happened, where, and what to do about it."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, ClassVar

from clockwork.credentials import without_credentials

if TYPE_CHECKING:
    from clockwork.deploy.session import EngineResult
    from clockwork.results import RunResult


class ClockworkError(Exception):
    """An expected failure, told to the person without a traceback and without credentials in addresses.

    Attributes:
        code: A stable word for programs (the ``error.code`` of ``--json``).
        exit_code: The process exit code this failure ends with.
        message: What happened, in one sentence.
        address: The address of the resource concerned, if there is one.
        field: The field concerned, if there is one.
        file: The file concerned, if there is one.
        line: The line in ``file``, counted from 1.
        hint: What the person can do now.
        result: What was known and done before the failure, when a run got that far.
        engine_result: What the engine planned or did before and beside the failure, when it ran.
    """

    code: ClassVar[str] = "error"
    exit_code: ClassVar[int] = 1

    def __init__(
        self,
        message: str,
        *,
        address: str | None = None,
        field: str | None = None,
        file: Path | None = None,
        line: int | None = None,
        hint: str | None = None,
    ) -> None:
        self.message = without_credentials(message)
        super().__init__(self.message)
        self.address = address
        self.field = field
        self.file = file
        self.line = line
        self.hint = without_credentials(hint) if hint else hint
        self.result: RunResult | None = None
        self.engine_result: EngineResult | None = None

    @property
    def where(self) -> str:
        """The place of the failure, such as ``main.py:7, article.mode``; empty when unknown."""
        file = "" if self.file is None else str(self.file) + (f":{self.line}" if self.line else "")
        subject = ".".join(part for part in (self.address, self.field) if part)
        return ", ".join(part for part in (file, subject) if part)

    def __str__(self) -> str:
        """The message with its place in front and the way out behind it."""
        head = f"{self.where}: {self.message}" if self.where else self.message
        return f"{head}\n{self.hint}" if self.hint else head


class UsageError(ClockworkError):
    """The command or setting itself is wrong; nothing was tried."""

    code = "usage"
    exit_code = 2


class LoadError(ClockworkError):
    """The user's file cannot be loaded, or declares something impossible."""

    code = "load"


class SecretError(ClockworkError):
    """A secret's value is not where it should come from."""

    code = "secret"


class PluginError(ClockworkError):
    """A plugin failed to load, conflicts with another, or one of its hooks raised."""

    code = "plugin"


class CompletionError(ClockworkError):
    """Fields are missing and could not be completed."""

    code = "completion"


class ModelError(CompletionError):
    """The model's endpoint refused, failed, or is not configured."""

    code = "model"


class GuardError(CompletionError):
    """A value that the user did not write breaks the project's policy."""

    code = "guard"


class ApprovalError(ClockworkError):
    """A language model had a part in a command that nobody allowed."""

    code = "approval"


class LockError(ClockworkError):
    """``clockwork.lock`` cannot be read, or does not allow what was asked."""

    code = "lock"


class EngineError(ClockworkError):
    """The Pulumi engine cannot be found, obtained or started."""

    code = "engine"


class StateError(ClockworkError):
    """The stack's state cannot be used: locked by another run, or of another project."""

    code = "state"


class ProviderError(ClockworkError):
    """A real thing could not be checked, created, read, updated or deleted."""

    code = "provider"


class DeployError(ClockworkError):
    """The engine ran and at least one resource failed."""

    code = "deploy"


class AssertionsFailed(ClockworkError):
    """The deployed resources do not pass their assertions."""

    code = "assertion"


class Cancelled(ClockworkError):
    """The person stopped the run, or answered no."""

    code = "cancelled"


class OutputError(ClockworkError):
    """A result cannot be written to standard output."""
