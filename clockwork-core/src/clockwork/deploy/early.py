"""Connects to the hosts of resources while the engine starts, which asks for one resource after the other."""

from __future__ import annotations

from collections.abc import Iterable

from clockwork.hosts import SSHHost
from clockwork.hosts.pool import begin
from clockwork.placeholders import is_literal
from clockwork.resources.base import Resource


def connect_early(resources: Iterable[Resource]) -> None:
    """Begin to connect to every host whose address is known; what fails is told where it is used.

    Args:
        resources: Completed resources.
    """
    values = (value for one in resources if one.is_wanted() for value in vars(one).values())
    for host in dict.fromkeys(value for value in values if isinstance(value, SSHHost)):
        if is_literal(host.model_dump_json()):
            begin(host)
