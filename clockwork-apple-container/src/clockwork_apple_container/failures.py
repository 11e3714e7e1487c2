"""What the ``container`` program says when it fails, and what to do about it."""

from __future__ import annotations

import re
from dataclasses import dataclass

from clockwork.errors import ProviderError
from clockwork_apple_container.settings import PROGRAM, START_SYSTEM


class CommandFailed(ProviderError):
    """The ``container`` program ended with an error.

    Attributes:
        said: The program's own words, without ``Error:``.
    """

    said: str = ""


class ServiceNotStarted(CommandFailed):
    """Apple's container service does not run."""


class NoAnswer(CommandFailed):
    """Apple's container service did not answer in time."""


class NotFound(CommandFailed):
    """What the command was about does not exist; nothing else was wrong."""


class AlreadyExists(CommandFailed):
    """A thing of that name exists."""


@dataclass(frozen=True)
class _Rule:
    """How one kind of failure is known, and told."""

    pattern: str
    hint: str | None = None
    message: str | None = None
    field: str | None = None
    kind: type[CommandFailed] = CommandFailed


_RULES = (
    _Rule(
        "XPC connection error",
        f"Run `container system start`, or set {START_SYSTEM}=1 to let Clockwork start it.",
        "Apple's container service is not started",
        kind=ServiceNotStarted,
    ),
    _Rule(
        "XPC timeout for request|timed? ?out .*apiserver",
        "Run `container system stop` and `container system start`, and try again.",
        "Apple's container service does not answer",
        kind=NoAnswer,
    ),
    _Rule(
        "failed to read user input",
        "Run `container system start` once in a terminal: it asks whether to install a kernel.",
        "Apple's container service needs a kernel",
    ),
    _Rule(
        r"^(container|network|volume|image) not found: |^get failed: container .* not found$"
        r"|notFound: \"container with ID .* not found\"|^volume '.*' not found"
        r"|^failed to delete one or more (networks|volumes|images): |Image not found"
        r"|^failed to get logs for container ",
        kind=NotFound,
    ),
    _Rule(
        r"^container with id .* already exists|^container already exists: |^network .* already exists"
        r"|^volume '.*' already exists",
        kind=AlreadyExists,
    ),
    _Rule(
        "Address already in use",
        "Stop what listens there, or publish another port.",
        "a port that it publishes is in use on this machine",
        "ports",
    ),
    _Rule(
        r"Permission denied while binding to host port (\d+)",
        "Publish a port from 1024 on: those below belong to root.",
        field="ports",
    ),
    _Rule(
        "storage device attachment is invalid",
        "Only one running container may write to a volume: mount it with :ro in each, or in one alone.",
        "a volume that it mounts is in use by another running container",
        "volumes",
    ),
    _Rule(
        r"requires macOS 26|Plugin 'container-network' not found",
        "Update macOS, or leave the containers in the default network.",
        "networks of one's own need macOS 26 or newer",
        "networks",
    ),
    _Rule(
        r"^network \S+ not found",
        "Declare it as an AppleNetwork that this one depends on, or run `container network create`.",
        field="networks",
    ),
    _Rule(
        r"(401 Unauthorized|403 Forbidden|access denied or wrong credentials)",
        "Check the image's name; if it is private, run `container registry login` for its registry.",
        field="image",
    ),
    _Rule("404 Not Found", "Check the image's name and tag.", field="image"),
    _Rule("invalid format for image reference", "Write it like nginx:alpine.", field="image"),
    _Rule(
        r"^(Unknown option|unknown option|Plugin 'container-|Missing expected|Unexpected argument)",
        "Update Apple's container program; `container --version` tells which one there is.",
    ),
)


def failure_of(command: str, said: str, code: int) -> CommandFailed:
    """Turn what the program printed into an error with a way out.

    Args:
        command: The subcommand, such as ``image pull``.
        said: Everything it printed on standard error.
        code: Its exit code.
    """
    words = _error_in(said) or f"it ended with exit code {code}"
    rule = next((rule for rule in _RULES if re.search(rule.pattern, words, re.MULTILINE)), _Rule(""))
    failure = rule.kind(
        rule.message or f"`container {command}` failed: {words}", field=rule.field, hint=rule.hint
    )
    failure.said = words
    return failure


def not_installed() -> ProviderError:
    """Say that the program is not there."""
    return ProviderError(
        "Apple's `container` program is not installed here",
        hint="It needs a Mac with Apple silicon: https://github.com/apple/container/releases. "
        f"If it stands in an unusual place, name it in {PROGRAM}.",
    )


def timed_out(command: str, seconds: float) -> CommandFailed:
    """Say that the program took too long and was stopped."""
    return CommandFailed(
        f"`container {command}` did not end within {seconds:.0f} s and was stopped",
        hint="Look whether the service answers with `container system status`, and try again.",
    )


def _error_in(said: str) -> str:
    """The error among the progress that goes to the same place; the usage below it is left out."""
    _progress, found, words = f"\n{said}".rpartition("\nError: ")
    if not found:
        return said.strip()
    before_usage, _usage, _rest = words.partition("\nUsage: ")
    return before_usage.strip()
