"""Reads command lines the way the program does: what it does not know is exit code 64."""

from __future__ import annotations

import sys
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from support.fake_container.failures import UsageFailure

FLAG, ONE, MANY = "flag", "one", "many"


@dataclass
class Line:
    """A command line that was read.

    Attributes:
        flags: Which flags were given.
        values: The last value of each option.
        lists: All values of each repeatable option.
        rest: The arguments.
    """

    flags: set[str] = field(default_factory=set)
    values: dict[str, str] = field(default_factory=dict)
    lists: dict[str, list[str]] = field(default_factory=dict)
    rest: list[str] = field(default_factory=list)

    def many(self, name: str) -> list[str]:
        return self.lists.get(name, [])


def read(
    command: str, args: Sequence[str], options: Mapping[str, tuple[str, str]], *, passes_on: bool = False
) -> Line:
    """Read a command line.

    Args:
        command: The subcommand, for the usage text.
        args: What stands behind it.
        options: The name and kind of each spelling, such as ``-e`` or ``--env``.
        passes_on: Whether everything behind the first argument belongs to the container's process.
    """
    line, waiting = Line(), list(args)
    while waiting:
        word = waiting.pop(0)
        if word == "--":
            line.rest += waiting
            break
        if not word.startswith("-") or word == "-":
            line.rest.append(word)
            if passes_on:
                line.rest += waiting
                break
            continue
        spelling, equals, attached = word.partition("=") if word.startswith("--") else (word, "", "")
        if spelling not in options:
            raise UsageFailure(f"Unknown option '{spelling}'", command)
        name, kind = options[spelling]
        if kind == FLAG:
            line.flags.add(name)
            continue
        if not equals and not waiting:
            raise UsageFailure(f"Missing value for '{spelling} <{name}>'", command)
        value = attached if equals else waiting.pop(0)
        line.values[name] = value
        if kind == MANY:
            line.lists.setdefault(name, []).append(value)
    return line


def spellings(**kinds: str) -> dict[str, tuple[str, str]]:
    """Describe options: ``env="many -e --env"`` reads both spellings into ``env``."""
    found = {"--debug": ("debug", FLAG)}
    for name, text in kinds.items():
        kind, *words = text.split()
        found.update(dict.fromkeys(words, (name, kind)))
    return found


FORMATS = ("json", "table", "yaml", "toml")


def shape(command: str, line: Line) -> str:
    """The format in which something is listed; there are no templates."""
    text = line.values.get("format", "table")
    if text not in FORMATS:
        known = ", ".join(f"'{one}'" for one in FORMATS[:-1])
        told = f"Please provide one of {known} or '{FORMATS[-1]}'."
        raise UsageFailure(f"The value '{text}' is invalid for '--format <format>'. {told}", command)
    if text in ("yaml", "toml"):
        sys.exit(f"the stand-in for Apple's program does not write {text}")
    return text


def number(command: str, line: Line, name: str) -> int | None:
    """An option's value as a whole number."""
    text = line.values.get(name)
    if text is None:
        return None
    try:
        return int(text)
    except ValueError:
        raise UsageFailure(f"The value '{text}' is invalid for '--{name} <{name}>'", command) from None
