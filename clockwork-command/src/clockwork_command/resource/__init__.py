"""The things that this plugin declares."""

from clockwork_command.resource.command import CommandResource
from clockwork_command.resource.service import ServiceResource

__all__ = ["CommandResource", "ServiceResource"]
