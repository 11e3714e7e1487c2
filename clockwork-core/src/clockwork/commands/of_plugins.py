"""The commands that plugins bring, and what is wrong with them."""

from __future__ import annotations

import copy
import functools
from collections.abc import Callable, Collection
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import click

from clockwork.errors import ClockworkError

if TYPE_CHECKING:
    from clockwork.plugins.info import Collected, Given

HOOK = "clockwork_cli_commands"


@dataclass(frozen=True)
class PluginCommands:
    """What the plugins gave as commands.

    Attributes:
        collected: Every command with the plugin it comes from.
        reserved: The names of core's own commands.
    """

    collected: Collected
    reserved: Collection[str]

    @classmethod
    def ask(cls, reserved: Collection[str]) -> PluginCommands:
        """Load the plugins and ask them for commands.

        Args:
            reserved: The names of core's own commands.
        """
        from clockwork.plugins.manager import get

        return cls(get().collect(HOOK), reserved)

    def get(self, name: str) -> click.Command | None:
        """Give a command, whose mistakes name its plugin; ``None`` when no plugin brings it.

        Raises:
            PluginError: Two plugins bring it, or a plugin that may bring it failed.
        """
        if conflict := self.collected.conflicts().get(name):
            raise conflict.error
        for given in self.collected.usable():
            if given.name == name:
                return _named_when_failing(given)
        for failure in self.collected.failures:
            raise failure.error
        return None

    def usable(self) -> dict[str, click.Command]:
        """The commands that can be run, by name."""
        return {one.name: one.result for one in self.collected.usable() if one.name not in self.reserved}

    def problems(self) -> list[str]:
        """Say which commands cannot be run, and why, naming the plugins."""
        taken = [
            f"{given.name} of plugin {given.origin} cannot be run: it is a command of clockwork-core"
            for given in self.collected.given
            if given.name in self.reserved
        ]
        return [*taken, *(problem.message for problem in self.collected.problems())]


def _named_when_failing(given: Given) -> click.Command:
    """Give a copy of a command that says whose it is when its arguments or its work raise."""
    command: click.Command = copy.copy(given.result)
    for step in ("make_context", "invoke"):
        setattr(command, step, _naming(given, getattr(command, step)))
    return command


def _naming(given: Given, step: Callable[..., Any]) -> Callable[..., Any]:
    @functools.wraps(step)
    def run(*args: Any, **kwargs: Any) -> Any:
        try:
            return step(*args, **kwargs)
        except _MEANT:
            raise
        except Exception as error:
            from clockwork.plugins.calls import mistake
            from clockwork.plugins.entry_points import described

            raise mistake(given.origin, f"command {given.name} raised {described(error)}") from error

    return run


# What click and the command line end with in their own way.
_MEANT = (
    ClockworkError,
    click.ClickException,
    click.exceptions.Exit,
    click.Abort,
    BrokenPipeError,
    EOFError,
)
