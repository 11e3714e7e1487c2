"""The options that commands share, gathered in one object."""

from __future__ import annotations

from collections.abc import Callable, Collection
from dataclasses import dataclass, field
from functools import wraps
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from clockwork.commands.answer import Answer, pass_answer
from clockwork.errors import UsageError

if TYPE_CHECKING:
    from clockwork.settings import Settings

Command = Callable[..., Any]
DEFAULT_FILE = "main.py"
EVERYTHING = "*"
_SETTINGS = ("stack", "model", "base_url", "max_calls", "max_tokens", "providers", "parallel")

PROJECT = (
    click.option(
        "-f",
        "--file",
        type=click.Path(dir_okay=False, path_type=Path),
        default=DEFAULT_FILE,
        show_default=True,
        help="The file that declares the resources.",
    ),
    click.option("--stack", metavar="NAME", help="The stack to work on.  [CW_STACK, else dev]"),
)
COMPLETION = (
    click.option("--model", metavar="NAME", help="The model that fills what is missing.  [CW_MODEL]"),
    click.option("--base-url", metavar="URL", help="Its OpenAI-compatible endpoint.  [CW_BASE_URL]"),
    click.option(
        "--max-calls",
        type=click.IntRange(0),
        metavar="N",
        help="Most requests to the model; what was obtained stays in the lock.  [CW_MAX_CALLS]",
    ),
    click.option(
        "--max-tokens",
        type=click.IntRange(0),
        metavar="N",
        help="Stop asking after so many tokens, sent and received.  [CW_MAX_TOKENS]",
    ),
    click.option(
        "--locked",
        is_flag=True,
        help="Ask no model, look no tag up: every value and pin must be in clockwork.lock.",
    ),
    click.option(
        "--refresh-completions",
        "refresh",
        metavar="[ADDRESS]",
        multiple=True,
        is_flag=False,
        flag_value=EVERYTHING,
        help="Ask the model again: about everything, or about one resource. May be repeated.",
    ),
)
KEEPING = (
    click.option(
        "--keep",
        metavar="[ADDRESS]",
        multiple=True,
        is_flag=False,
        flag_value=EVERYTHING,
        help="Keep the earlier values although their question changed: all, or those of one resource.",
    ),
)
ENGINE = (
    click.option(
        "--parallel",
        type=click.IntRange(1, 1024),
        metavar="N",
        help="Most resource operations at once.  [CW_PARALLEL, else 16]",
    ),
    click.option(
        "--providers",
        type=click.Choice(["embedded", "official"]),
        help="Clockwork's own providers, or Pulumi's.  [CW_PROVIDERS, else embedded]",
    ),
)
REFRESH = (
    click.option(
        "--refresh",
        "reads_first",
        is_flag=True,
        help="Look at the real things first, so that changes by hand are told apart.",
    ),
)
TARGETS = (click.argument("addresses", nargs=-1, metavar="[ADDRESS]..."),)
ASKING = (click.option("-y", "--yes", is_flag=True, help="Go ahead without asking."),)


@dataclass(frozen=True)
class RunOptions:
    """What the command line says about a run.

    Attributes:
        file: The user's file, as he names it.
        answer: The answer to give.
        chosen: Settings by name; ``None`` where unsaid.
        locked: Whether asking a model is refused.
        refresh: Addresses to ask again about; empty for everything, ``None`` for nothing.
        keep: Addresses whose values stay although their question changed; empty for everything, ``None`` for
            nothing.
        yes: Whether to go ahead without asking.
        addresses: The resources to work on; empty for all.
        reads_first: Whether the real things are looked at first.
    """

    file: Path
    answer: Answer
    chosen: dict[str, Any] = field(default_factory=dict)
    locked: bool = False
    refresh: frozenset[str] | None = None
    keep: frozenset[str] | None = None
    yes: bool = False
    addresses: tuple[str, ...] = ()
    reads_first: bool = False

    def settings(self) -> Settings:
        """Gather the settings of the file's folder.

        Raises:
            UsageError: A setting is unknown or has a wrong value.
        """
        from clockwork.settings import Settings

        return Settings.load(self.file.expanduser().absolute().parent, self.chosen)


def takes(*groups: tuple[Callable[[Command], Command], ...]) -> Callable[[Command], Command]:
    """Give a command groups of shared options, which it gets as one ``options``.

    Args:
        *groups: :data:`PROJECT` first, then others in the order of the help.
    """

    def decorate(command: Command) -> Command:
        @wraps(command)
        def gathered(answer: Answer, *before: Any, **given: Any) -> Any:
            options = _gather(answer, given)
            return command(*before, options, **given)

        decorated: Command = pass_answer(gathered)
        for option in reversed([option for group in groups for option in group]):
            decorated = option(decorated)
        return decorated

    return decorate


def _gather(answer: Answer, given: dict[str, Any]) -> RunOptions:
    chosen = {name: given.pop(name, None) for name in _SETTINGS}
    refresh, keep = _named(given.pop("refresh", ())), _named(given.pop("keep", ()))
    locked = given.pop("locked", False)
    said = {"--locked": locked, "--refresh-completions": refresh is not None, "--keep": keep is not None}
    if sum(said.values()) > 1:
        raise UsageError(
            f"{' and '.join(name for name, is_said in said.items() if is_said)} contradict each other",
            hint="Leave one out: --locked changes nothing in the lock, --keep asks for nothing.",
        )
    return RunOptions(
        file=given.pop("file"),
        answer=answer,
        chosen=chosen,
        locked=locked,
        refresh=refresh,
        keep=keep,
        yes=given.pop("yes", False),
        addresses=given.pop("addresses", ()),
        reads_first=given.pop("reads_first", False),
    )


def _named(words: Collection[str]) -> frozenset[str] | None:
    """Give the addresses that an option names; none for everything, ``None`` where it was not said."""
    if not words:
        return None
    return frozenset() if EVERYTHING in words else frozenset(words)
