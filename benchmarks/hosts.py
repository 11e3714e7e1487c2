"""Hosts over SSH, each with files and commands: create, no change."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from contenders.base import Contender
from contenders.remote import COMMANDS, FILES, MADE, ClockworkHosts, PyinfraHosts
from race import Course

from clockwork.hosts import SSHHost


class Hosts(Course):
    """So many hosts, each with the same files and commands."""

    unit = "host"
    steps = ("create", "no change")
    large = 10

    def __init__(self, hosts: Sequence[SSHHost]) -> None:
        self.contenders = (ClockworkHosts(hosts), PyinfraHosts(hosts))

    def check(self, contender: Contender, folder: Path, step: str, size: int) -> None:
        """Count what the hosts made."""
        made = folder / MADE
        found = len([*made.glob("*/files/*.txt")]), len([*made.glob("*/commands/*")])
        wanted = size * FILES, size * COMMANDS
        if found != wanted:
            raise RuntimeError(f"{contender.name}: {found} files and commands after {step}, not {wanted}")
