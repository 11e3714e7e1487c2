"""Machines that things are made on: this one, and others over SSH.

A plugin asks :func:`machine` for the machine that a person named, and works with it through
:class:`Machine`; where it is makes no difference.
"""

from __future__ import annotations

from clockwork.hosts.host import OnHost, SSHHost
from clockwork.hosts.local import LocalMachine
from clockwork.hosts.machine import Entry, Finished, HostError, Kind, Machine
from clockwork.hosts.pool import in_use, machine

__all__ = [
    "Entry",
    "Finished",
    "HostError",
    "Kind",
    "LocalMachine",
    "Machine",
    "OnHost",
    "SSHHost",
    "in_use",
    "machine",
]
