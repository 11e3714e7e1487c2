"""Runs commands on other machines, over SSH."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from clockwork.errors import ProviderError
from clockwork.hosts import machine
from clockwork_command.commands import CHECK, DIRECTORY, HOST
from clockwork_command.provider.command import Command
from clockwork_command.provider.models import RemoteInputs, RemoteState
from clockwork_command.provider.running import Runner

_OURS_ALONE = {
    CHECK: ("a check", "Leave check out"),
    DIRECTORY: ("a directory", "Leave directory out"),
    HOST: (
        "what this SSHHost says",
        "Give it no more than its address as its name, user, port and host_key, and a jump with the same",
    ),
}


class RemoteCommand(Command, type="command:remote:Command", declared_as="CommandResource"):
    """A command on another machine, as ``pulumi_command.remote.Command`` describes it."""

    Inputs = RemoteInputs
    State = RemoteState

    @classmethod
    def refuse_elsewhere(cls, inputs: Mapping[str, Any]) -> None:
        """Refuse a wish that Pulumi's own program would not understand."""
        environment = inputs.get("environment")
        for variable, (what, instead) in _OURS_ALONE.items():
            if isinstance(environment, Mapping) and variable in environment:
                raise ProviderError(
                    f"Pulumi's own program does not know {what}, for a command on another machine",
                    hint=f"{instead}; or deploy with Clockwork's own provider: --providers embedded.",
                )

    def runner(self, inputs: RemoteInputs) -> Runner:
        """Run in the folder of the login, or the one that is given."""
        return Runner(
            machine(inputs.on, self.call.project),
            self.call,
            inputs.variables,
            inputs.directory,
            inputs.stdin,
        )
