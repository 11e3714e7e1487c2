"""Hosts behind SSH: real servers on loopback, each with a key and a login folder of its own."""

from __future__ import annotations

import getpass
import os
import re
import shutil
import signal
import subprocess
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from clockwork.hosts import SSHHost
from support.programs import program
from support.services import free_port, served


@dataclass
class SSHServer:
    """A server on loopback that one key of a user opens.

    Attributes:
        folder: Its keys and settings.
        port: Where it listens.
        home: The folder that files start in, and the home folder of commands; without the person's settings.
        settings: More lines for ``sshd_config``.
        path: More folders in which commands find programs.
    """

    folder: Path
    port: int
    home: Path
    settings: Sequence[str] = field(default_factory=tuple)
    path: str = ""

    @classmethod
    def make(cls, folder: Path, *settings: str, path: str = "") -> SSHServer:
        """Make the keys and the settings of a server; it does not run yet.

        Args:
            folder: Where they stand; made anew.
            *settings: More lines for ``sshd_config``; they come first, and the first counts.
            path: More folders in which commands find programs.
        """
        folder.mkdir(parents=True)
        server = cls(folder, free_port(), folder / "home", settings, path)
        server.home.mkdir()
        make_key(folder / "host")
        make_key(folder / "user")
        shutil.copy(folder / "user.pub", folder / "authorized")
        server.write_known_hosts(server.public_key)
        server._configure()
        return server

    @property
    def public_key(self) -> str:
        """The host's key as it is written for others."""
        return " ".join((self.folder / "host.pub").read_text().split()[:2])

    @property
    def key(self) -> Path:
        """The user's private key."""
        return self.folder / "user"

    @property
    def known_hosts(self) -> Path:
        """A file that vouches for the host."""
        return self.folder / "known"

    def write_known_hosts(self, key: str) -> None:
        """Vouch for a key as this host's."""
        self.known_hosts.write_text(f"[127.0.0.1]:{self.port} {key}\n")

    def host(self, name: str = "web1", **fields: Any) -> SSHHost:
        """The host as a person would declare it; fields that are ``None`` are left out."""
        given: dict[str, Any] = {
            "address": "127.0.0.1",
            "port": self.port,
            "user": getpass.getuser(),
            "identity_file": self.key,
            "known_hosts": self.known_hosts,
            **fields,
        }
        return SSHHost(name, **{field: value for field, value in given.items() if value is not None})

    def declared(self, name: str = "web1", **fields: Any) -> str:
        """The expression that declares the host."""
        given = self.host(name, **fields).model_dump(mode="json", exclude_none=True, exclude={"name"})
        words = [f"{key}={value!r}" for key, value in given.items()]
        return f"SSHHost({name!r}, {', '.join(words)})"

    @contextmanager
    def running(self) -> Iterator[SSHServer]:
        """Serve until the end."""
        command = [program("sshd"), "-D", "-e", "-f", str(self.folder / "sshd_config")]
        with served(command, self.port, self.folder / "log"):
            try:
                yield self
            finally:
                self.cut()

    def cut(self) -> int:
        """Break every connection at once, as a power failure would; tell how many there were."""
        return self._signal(signal.SIGKILL)

    def freeze(self) -> int:
        """Have every connection hang: what is asked from now on is not answered; tell how many there were."""
        return self._signal(signal.SIGSTOP)

    def is_asked(self) -> bool:
        """Tell whether a frozen connection was asked something."""
        rows = [line.split() for line in Path("/proc/net/tcp").read_text().splitlines()[1:]]
        waiting = [row[4].partition(":")[2] for row in rows if row[1].endswith(f":{self.port:04X}")]
        return any(int(size, 16) for size in waiting)

    def logins(self) -> int:
        """How many logins there were so far."""
        return len(re.findall(r"^Accepted publickey", self.log(), re.MULTILINE))

    def log(self) -> str:
        """What the server said."""
        return (self.folder / "log").read_text(errors="replace")

    def _signal(self, sign: signal.Signals) -> int:
        found = self._sessions()
        for pid in found:
            with suppress(ProcessLookupError):
                os.kill(pid, sign)
        return len(found)

    def _sessions(self) -> list[int]:
        """The processes that serve connections: children of the server, and theirs."""
        listener = int((self.folder / "pid").read_text())
        listed = subprocess.run(["ps", "-A", "-o", "pid=,ppid="], capture_output=True, text=True, check=True)
        parents = {int(pid): int(parent) for pid, parent in map(str.split, listed.stdout.splitlines())}
        found = {listener}
        while more := {pid for pid, parent in parents.items() if parent in found} - found:
            found |= more
        return sorted(found - {listener})

    def _configure(self) -> None:
        if os.geteuid() == 0:
            Path("/run/sshd").mkdir(exist_ok=True)
        own = "\n".join(self.settings)
        (self.folder / "sshd_config").write_text(
            f"{own}\nPort {self.port}\nListenAddress 127.0.0.1\nHostKey {self.folder}/host\n"
            f"PidFile {self.folder}/pid\nUsePAM no\nStrictModes no\nPermitRootLogin yes\n"
            f"SetEnv HOME={self.home} PATH={':'.join(filter(None, [self.path, os.environ['PATH']]))}\n"
            f"AuthorizedKeysFile {self.folder}/authorized\nMaxStartups 100\n"
            f"Subsystem sftp internal-sftp -d {self.home}\n"
        )


def make_key(path: Path, password: str = "") -> None:
    """Make a pair of keys."""
    keygen = program("ssh-keygen")
    subprocess.run([keygen, "-q", "-t", "ed25519", "-N", password, "-C", path.name, "-f", path], check=True)


@contextmanager
def agent(folder: Path, *keys: Path) -> Iterator[str]:
    """Run an agent that has keys; give its socket."""
    socket = folder / "agent.socket"
    ready = subprocess.run(
        [program("ssh-agent"), "-a", str(socket)], capture_output=True, text=True, check=True
    )
    pid = re.search(r"SSH_AGENT_PID=(\d+)", ready.stdout)
    assert pid is not None
    try:
        add = [program("ssh-add"), "-q", *map(str, keys)]
        subprocess.run(add, env={**os.environ, "SSH_AUTH_SOCK": str(socket)}, check=True)
        yield str(socket)
    finally:
        os.kill(int(pid[1]), signal.SIGTERM)
