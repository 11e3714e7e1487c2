"""Runs commands on this machine."""

from __future__ import annotations

from clockwork.hosts import LocalMachine
from clockwork_command.provider.command import Command
from clockwork_command.provider.models import LocalInputs, LocalState
from clockwork_command.provider.running import SHELL, Runner


class LocalCommand(Command, type="command:local:Command", declared_as="CommandResource"):
    """A command on this machine, as ``pulumi_command.local.Command`` describes it."""

    Inputs = LocalInputs
    State = LocalState

    def runner(self, inputs: LocalInputs) -> Runner:
        """Run in the folder that is given, relative to the project."""
        return Runner(
            LocalMachine(self.call.project),
            self.call,
            inputs.variables,
            inputs.dir,
            inputs.stdin,
            inputs.interpreter or SHELL,
        )
