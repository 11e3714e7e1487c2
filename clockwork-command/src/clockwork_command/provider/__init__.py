"""Runs the commands: the types of ``pulumi_command`` that this plugin serves."""

from clockwork_command.provider.local import LocalCommand

__all__ = ["LocalCommand"]
