"""Runs the commands: the types of ``pulumi_command`` that this plugin serves."""

from clockwork_command.provider.local import LocalCommand
from clockwork_command.provider.remote import RemoteCommand

__all__ = ["LocalCommand", "RemoteCommand"]
