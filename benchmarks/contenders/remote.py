"""Files and commands on hosts over SSH: Clockwork, and pyinfra."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from clockwork.hosts import SSHHost
from contenders.base import Commands, Contender, program

FILES, COMMANDS = 20, 5
MADE = "made"
"""The folder that the hosts, which share a disk, make everything in."""

_MAIN = """\
from clockwork import SSHHost
from clockwork.resources import CommandResource, FileResource

hosts = [{hosts}]
files = [
    FileResource(
        description="a file",
        on=host,
        path=f"{made}/{{host.name}}/files/{{number}}.txt",
        content=f"file {{number}}\\n",
        mode="644",
    )
    for host in hosts
    for number in range({files})
]
commands = [
    CommandResource(
        on=host,
        create=f"mkdir -p {made}/{{host.name}}/commands && touch {made}/{{host.name}}/commands/{{number}}",
        check=f"test -e {made}/{{host.name}}/commands/{{number}}",
    )
    for host in hosts
    for number in range({commands})
]
"""
_INVENTORY = "hosts = [{hosts}]\n"
_DEPLOY = """\
from io import StringIO
from pyinfra import host
from pyinfra.operations import files, server

for number in range({files}):
    files.put(
        src=StringIO(f"file {{number}}\\n"), dest=f"{made}/{{host.name}}/files/{{number}}.txt", mode="644"
    )
for number in range({commands}):
    folder = f"{made}/{{host.name}}/commands"
    server.shell(commands=f"mkdir -p {{folder}} && touch {{folder}}/{{number}}")
"""


class ClockworkHosts(Contender):
    """The command line, as a person uses it."""

    name = "clockwork"

    def __init__(self, hosts: Sequence[SSHHost]) -> None:
        """Work on some of these hosts.

        Args:
            hosts: The hosts; as many are used as a round asks for.
        """
        self._hosts = hosts

    def prepare(self, folder: Path, count: int) -> Commands:
        """Write ``main.py``."""
        hosts = ", ".join(_declared(host) for host in self._hosts[:count])
        text = _MAIN.format(hosts=hosts, made=folder / MADE, files=FILES, commands=COMMANDS)
        (folder / "main.py").write_text(text)
        clockwork = program("clockwork") or "clockwork"
        apply = [clockwork, "apply", "--yes"]
        return Commands({"create": apply, "no change": apply})


class PyinfraHosts(Contender):
    """``pyinfra``, with its own SSH."""

    name = "pyinfra"
    note = "no state: it runs the commands again, where clockwork asks their checks"

    def __init__(self, hosts: Sequence[SSHHost]) -> None:
        """Work on some of these hosts.

        Args:
            hosts: The hosts; as many are used as a round asks for.
        """
        self._hosts = hosts

    def missing(self) -> str | None:
        """Say that it is not installed."""
        return None if program("pyinfra") else "pyinfra is not installed"

    def prepare(self, folder: Path, count: int) -> Commands:
        """Write its inventory and its program."""
        hosts = ", ".join(repr((host.name, _settings(host))) for host in self._hosts[:count])
        (folder / "inventory.py").write_text(_INVENTORY.format(hosts=hosts))
        text = _DEPLOY.format(made=folder / MADE, files=FILES, commands=COMMANDS)
        (folder / "deploy.py").write_text(text)
        run = [program("pyinfra") or "pyinfra", "inventory.py", "deploy.py", "-y"]
        return Commands({"create": run, "no change": run})


def _declared(host: SSHHost) -> str:
    fields = host.model_dump(mode="json", exclude_defaults=True, exclude={"name"})
    return f"SSHHost({host.name!r}, {', '.join(f'{name}={value!r}' for name, value in fields.items())})"


def _settings(host: SSHHost) -> dict[str, object]:
    return {
        "ssh_hostname": host.address,
        "ssh_port": host.port,
        "ssh_user": host.user,
        "ssh_key": host.identity_file,
        "ssh_known_hosts_file": host.known_hosts,
        "ssh_strict_host_key_checking": "yes",
    }
