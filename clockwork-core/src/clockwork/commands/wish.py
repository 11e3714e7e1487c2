"""The form a command line wants its answer in, known before anything in it can fail."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import dropwhile
from typing import TypeVar

import click

C = TypeVar("C", bound=click.Command)


class DocumentOption(click.Option):
    """Core's own ``--json``: standard output is for the one document alone."""


DEBUG = click.Option(
    ["--debug"], is_flag=True, expose_value=False, help="Show the whole traceback of an error."
)
JSON = DocumentOption(
    ["--json"], is_flag=True, expose_value=False, help="Print one JSON document and nothing else."
)


def answered(command: C) -> C:
    """Give a command of core ``--json`` and ``--debug``; what was chosen stands in its :class:`Wish`.

    Args:
        command: It answers through :data:`clockwork.commands.answer.pass_answer`.
    """
    command.params.extend((JSON, DEBUG))
    return command


@dataclass(frozen=True)
class Wish:
    """In which form a command line wants its answer.

    Attributes:
        command: The name of the command; ``None`` when none was said.
        json: Whether a failure is told as a document.
        debug: Whether it is told with its traceback.
        alone: Whether nothing but a document may be on standard output.
    """

    command: str | None = None
    json: bool = False
    debug: bool = False
    alone: bool = False


def wish_of(root: click.Group, words: Sequence[str]) -> Wish:
    """Read the form out of a command line with click's own parser, also where the rest of it is wrong.

    Args:
        root: The command that the words belong to.
        words: What was typed behind it.
    """
    flags, path = _read(root, words, None)
    said = {word for flag in flags for word in flag.opts}
    json = "--json" in said and "--help" not in said
    return Wish(
        command=path[0] if path else None,
        json=json,
        debug="--debug" in said,
        alone=json and any(isinstance(flag, DocumentOption) for flag in flags),
    )


def _read(
    command: click.Command, words: Sequence[str], parent: click.Context | None
) -> tuple[list[click.Option], list[str]]:
    """Give the flags that are set, and the names of the commands they are set for."""
    context = command.context_class(
        command, parent=parent, resilient_parsing=True, **command.context_settings
    )
    flags, rest = _parsed(command, words, context)
    name, *more = [*dropwhile(lambda word: word.startswith("-"), rest)] or [""]
    if not name or not isinstance(command, click.Group):
        return flags, []
    deeper, path = _read(_command(command, name, context), more, context)
    return [*flags, *deeper], [name, *path]


def _parsed(
    command: click.Command, words: Sequence[str], context: click.Context
) -> tuple[list[click.Option], list[str]]:
    """Give the flags that are set for one command, and the words that are not its own.

    Where it has no ``--json`` and ``--debug``, and does not pass on what it does not know, they are
    understood as well: a program that asks for a document gets one, even to hear that there is none.
    """
    options = [one for one in command.get_params(context) if isinstance(one, click.Option)]
    known = {word for option in options for word in option.opts}
    if not context.ignore_unknown_options:
        options += [ours for ours in (JSON, DEBUG) if not known.intersection(ours.opts)]
    context.ignore_unknown_options = True
    parser = command.make_parser(context)
    for option in options:
        option.add_to_parser(parser, context)
    found, rest, _order = parser.parse_args(list(words))
    return [one for one in options if one.is_flag and found.get(str(one.name)) is True], rest


def _command(group: click.Group, name: str, context: click.Context) -> click.Command:
    """Find a command; one that cannot be found is a bare one here, and refused when it is to run."""
    try:
        return group.get_command(context, name) or click.Command(name)
    except Exception:  # noqa: BLE001 - raised and told again when the command is looked up to be run
        return click.Command(name)
