"""Holds the commands that a program has run against what people allowed."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from clockwork.approvals import Approvals, has_model_value, refusal, shared_with_model
from clockwork.plugins.manager import PluginManager
from clockwork.resources.base import Resource


@dataclass
class CommandReview:
    """What a language model had a part in, of all that the program has run as commands.

    Attributes:
        plugins: Asked what of a registration is a command.
        resources: The completed resources, by address.
        approvals: What people allowed.
        refuses: Whether a command that nobody allowed stops the run; a plan only tells it.
        used: The commands of this run that a person said yes to.
        waiting: By address, the commands that nobody allowed yet.
    """

    plugins: PluginManager
    resources: Mapping[str, Resource]
    approvals: Approvals
    refuses: bool
    used: set[str] = field(default_factory=set)
    waiting: dict[str, list[str]] = field(default_factory=dict)

    def look(self, address: str, type_token: str, inputs: Mapping[str, Any]) -> None:
        """Look at one registration.

        Args:
            address: The resource that makes it; one that is not declared has no commands of a model.
            type_token: Its Pulumi type.
            inputs: Its inputs.

        Raises:
            ApprovalError: Nobody allowed one of its commands.
        """
        resource = self.resources.get(address)
        if resource is None or not (resource.links.resolved or has_model_value(resource)):
            return
        commands = self.plugins.results("clockwork_commands", type_token=type_token, inputs=inputs)
        for command in shared_with_model(resource, commands, self.resources):
            if self.approvals.cover(command):
                self.used |= {command} & {*self.approvals.given}
            elif self.refuses:
                raise refusal(resource, command)
            elif command not in self.waiting.setdefault(address, []):
                self.waiting[address].append(command)
