"""Machines that things are done on."""

from clockwork.hosts.local import LocalMachine
from clockwork.hosts.machine import Finished, Machine

__all__ = ["Finished", "LocalMachine", "Machine"]
