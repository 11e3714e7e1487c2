"""The ``clockwork`` command: core's own commands, imported when used, and those of plugins."""

from __future__ import annotations

import gc
import sys
from collections.abc import Sequence
from functools import cached_property
from importlib import import_module
from typing import TYPE_CHECKING, Any

import click

from clockwork.commands.answer import ANSWER, Answer
from clockwork.commands.of_plugins import PluginCommands
from clockwork.commands.stopping import Stopped, stoppable
from clockwork.commands.wish import DEBUG
from clockwork.errors import OutputError
from clockwork.logs import check_choices
from clockwork.suggestions import did_you_mean
from clockwork.ui.streams import abandon_results, kept_for_results, take_over
from clockwork.ui.text import clean

if TYPE_CHECKING:
    from click.shell_completion import CompletionItem

CORE_COMMANDS = {
    "plan": ("clockwork.commands.plan:plan", "Show what would be built, and who decided each value."),
    "apply": ("clockwork.commands.apply:apply", "Complete the resources and build them."),
    "assert": ("clockwork.commands.assert_:assert_", "Check that what was built is as it should be."),
    "destroy": ("clockwork.commands.destroy:destroy", "Remove everything that was built."),
    "refresh": ("clockwork.commands.refresh:refresh", "Say what is gone, and what was changed by hand."),
    "outputs": ("clockwork.commands.outputs:outputs", "Show what is known of the deployed resources."),
    "show": ("clockwork.commands.show:show", "Show every value and who decided it."),
    "why": ("clockwork.commands.why:why", "Say who decided a value, when, and what was asked for it."),
    "prompt": ("clockwork.commands.prompt:prompt", "Print what a model is asked about a resource."),
    "models": (
        "clockwork.commands.models:models",
        "List the models that can be reached, try or download one.",
    ),
    "lock": ("clockwork.commands.lock:lock", "Show what the lock holds, or move what it pins."),
    "graph": ("clockwork.commands.graph:graph", "Show what the resources need of each other."),
    "doctor": ("clockwork.commands.doctor:doctor", "Check that everything Clockwork needs is there."),
    "engine": ("clockwork.commands.engine:engine", "Show or install the Pulumi engine."),
    "plugins": ("clockwork.commands.plugins:plugins", "List the plugins and what they bring."),
    "completion": ("clockwork.commands.completion:completion", "Print the completion script of a shell."),
    "version": ("clockwork.commands.version:version", "Show the versions of all parts."),
}


class Commands(click.Group):
    """Looks a command up: core's by name, a plugin's only when core has none."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        """Name all commands, core's first."""
        return list(self._helps())

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        """Import a command of core, or ask the plugins for it."""
        if cmd_name not in CORE_COMMANDS:
            return self._plugins.get(cmd_name)
        module, attribute = CORE_COMMANDS[cmd_name][0].split(":")
        command: click.Command = getattr(import_module(module), attribute)
        return command

    def resolve_command(
        self, ctx: click.Context, args: list[str]
    ) -> tuple[str | None, click.Command | None, list[str]]:
        """Find the command that was typed, or say which one may have been meant."""
        if not ctx.resilient_parsing and self.get_command(ctx, args[0]) is None:
            guess = did_you_mean(args[0], self.list_commands(ctx))
            ctx.fail(f"No such command {args[0]!r}. {guess}".rstrip())
        return super().resolve_command(ctx, args)

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        """List the commands without importing core's."""
        with formatter.section("Commands"):
            formatter.write_dl(list(self._helps().items()))
        for problem in self._plugins.problems():
            formatter.write_paragraph()
            formatter.write_text(clean(problem))

    def shell_complete(self, ctx: click.Context, incomplete: str) -> list[CompletionItem]:
        """Complete a command's name without importing core's."""
        from click.shell_completion import CompletionItem

        helps = self._helps().items()
        found = [CompletionItem(name, help=text) for name, text in helps if name.startswith(incomplete)]
        return found + click.Command.shell_complete(self, ctx, incomplete)

    @cached_property
    def _plugins(self) -> PluginCommands:
        with kept_for_results():
            return PluginCommands.ask(CORE_COMMANDS)

    def _helps(self) -> dict[str, str]:
        core = {name: text for name, (_where, text) in CORE_COMMANDS.items()}
        brought = self._plugins.usable().items()
        return core | {name: clean(command.get_short_help_str(limit=80)) for name, command in brought}


@click.group(cls=Commands, params=[DEBUG], context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(package_name="clockwork-core", prog_name="clockwork")
@click.pass_context
def cli(ctx: click.Context) -> None:
    """Declare what you need, see what will be built and who decided it, and have it built.

    Each command reads main.py in the working folder unless --file names another.
    """
    # A plugin's command finds the context as it would be in a program of its own.
    ctx.meta[ANSWER], ctx.obj = ctx.obj, None
    check_choices()


@cli.result_callback()
def _discard(_value: Any) -> None:
    """Keep what a plugin's command returns from becoming the exit code."""


def main() -> None:
    """Run the command line of this process and end it with the exit code."""
    code = run(sys.argv[1:])
    # Nothing that was imported can be garbage: leaving, Python need not look through it all again.
    gc.freeze()
    sys.exit(code)


def run(args: Sequence[str]) -> int:
    """Run a command line and tell every failure in the way that was asked for.

    Args:
        args: The words behind ``clockwork``.

    Returns:
        0 done, 1 failed, 2 wrong usage (or changes, for ``plan --detailed-exitcode``), 128 and the
        number of the signal that stopped it.
    """
    answer = Answer()
    try:
        take_over()
        code = _carried_out(list(args), answer)
        answer.hand_over()
        return code
    except BrokenPipeError:
        abandon_results()
        return 1
    except OutputError as error:
        abandon_results()
        return answer.fail(error)


def _carried_out(args: list[str], answer: Answer) -> int:
    try:
        with stoppable(), answer.prepared(cli, args):
            return int(cli.main(args, prog_name="clockwork", standalone_mode=False, obj=answer) or 0)
    except (BrokenPipeError, OutputError):
        raise
    except (Stopped, Exception) as error:  # noqa: BLE001 - the last resort: told, never swallowed
        return answer.fail(error)
