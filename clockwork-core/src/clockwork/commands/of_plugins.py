"""The commands that plugins bring, and what is wrong with them."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from typing import TYPE_CHECKING

import click

if TYPE_CHECKING:
    from clockwork.plugins.info import Collected

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
        """Give a command; ``None`` when no plugin brings it.

        Raises:
            PluginError: Two plugins bring it, or a plugin that may bring it failed.
        """
        command: click.Command | None = self.collected.get(name)
        if command is None:
            for failure in self.collected.failures:
                raise failure.error
        return command

    def usable(self) -> dict[str, click.Command]:
        """The commands that can be run, by name."""
        return {
            name: command for name, command in self.collected.usable().items() if name not in self.reserved
        }

    def problems(self) -> list[str]:
        """Say which commands cannot be run, and why, naming the plugins."""
        taken = [
            f"{given.name} of plugin {given.origin} cannot be run: it is a command of clockwork-core"
            for given in self.collected.given
            if given.name in self.reserved
        ]
        conflicts = [error.message for error in self.collected.conflicts().values()]
        return [*taken, *conflicts, *(failure.message for failure in self.collected.failures)]
