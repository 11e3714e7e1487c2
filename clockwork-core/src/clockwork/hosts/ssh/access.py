"""How a host is reached and who it must be: its address, keys and the way there."""

from __future__ import annotations

import asyncio
import re
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import asyncssh

from clockwork.errors import ClockworkError
from clockwork.hosts.host import SSHHost
from clockwork.hosts.machine import HostError

_ENCRYPTED = re.compile("Passphrase must be specified")
_DEFAULTS = ("~/.ssh/known_hosts", "/etc/ssh/ssh_known_hosts")


@dataclass
class Access(asyncssh.SSHClient):
    """What is needed to reach one host.

    Attributes:
        host: The host.
        options: What asyncssh makes of the host's fields and the person's SSH settings.
        known_hosts: The keys that a host may have: files, or one key alone.
        agent: The connection to the agent whose key is used, to be closed.
        shown: The key that the host showed and that nobody vouched for.
    """

    host: SSHHost
    options: asyncssh.SSHClientConnectionOptions
    known_hosts: Any
    agent: asyncssh.SSHAgentClient | None = None
    shown: asyncssh.SSHKey | None = field(default=None, init=False)

    @classmethod
    async def of(cls, host: SSHHost) -> Access:
        """Find out how a host is reached; nothing is connected yet.

        Raises:
            HostError: The person's settings or keys cannot be read.
        """
        try:
            options = await asyncio.to_thread(_options, host)
            agent = None
        except (asyncssh.Error, ValueError, OSError) as error:
            if not _ENCRYPTED.match(str(error)):
                raise _unreadable(host, error) from None
            options, agent = await _with_agent(host)
        return cls(host, options, _known_hosts(host, options), agent)

    @property
    def address(self) -> str:
        """The address or DNS name that is connected to."""
        return str(self.options.host)

    @property
    def port(self) -> int:
        """The port that is connected to."""
        return int(self.options.port)

    @property
    def ciphers(self) -> list[str]:
        """The allowed ciphers; first those that take asyncssh a sixth of the work of others."""
        allowed = [one.decode("ascii") for one in self.options.encryption_algs]
        return sorted(allowed, key=lambda one: "-gcm@" not in one)

    @property
    def jump(self) -> SSHHost | None:
        """The host that the way leads through, by the person's settings too."""
        if self.host.jump is not None or not isinstance(self.options.tunnel, str):
            return self.host.jump
        found = None
        for place in self.options.tunnel.split(","):
            found = _jump(place, found)
        return found

    def validate_host_public_key(self, host: str, addr: str, port: int, key: asyncssh.SSHKey) -> bool:
        """Remember a key that is not among the known ones; it is never accepted."""
        self.shown = key
        return False

    def knows_others(self) -> bool:
        """Tell whether other keys of the host are known."""
        port = self.port if self.port != asyncssh.DEFAULT_PORT else None
        name = self.options.host_key_alias or self.address
        return bool(asyncssh.match_known_hosts(self.known_hosts, name, "", port)[0])

    def connection_lost(self, exc: Exception | None) -> None:
        """Let the agent go with the connection."""
        if self.agent is not None:
            self.agent.close()


def _options(host: SSHHost, **more: Any) -> asyncssh.SSHClientConnectionOptions:
    given: dict[str, Any] = {
        "host": host.address or host.name,
        "port": host.port,
        "username": host.user,
        "client_keys": [_path(host.identity_file)] if host.identity_file else None,
        **more,
    }
    return asyncssh.SSHClientConnectionOptions(
        **{name: value for name, value in given.items() if value is not None},
        config=(),
        password=None,
        kbdint_auth=False,
        gss_auth=False,
        gss_kex=False,
        **({"agent_path": None} if host.identity_file else {}),
    )


async def _with_agent(host: SSHHost) -> tuple[asyncssh.SSHClientConnectionOptions, asyncssh.SSHAgentClient]:
    """Use the agent's copy of a key that is kept encrypted.

    Raises:
        HostError: The agent does not have it, or there is none.
    """
    assert host.identity_file is not None
    missing = HostError(
        f"{host.name}: the key {host.identity_file} is encrypted, and no agent has it",
        hint=f"Run `ssh-add {host.identity_file}` first.",
    )
    try:
        agent = await asyncssh.connect_agent()
        public = asyncssh.read_public_key(f"{_path(host.identity_file)}.pub")
        keys = await agent.get_keys([public.public_data])
    except (asyncssh.Error, OSError, ValueError):
        raise missing from None
    if not keys:
        agent.close()
        raise missing
    return await asyncio.to_thread(_options, host, client_keys=keys), agent


def _known_hosts(host: SSHHost, options: asyncssh.SSHClientConnectionOptions) -> Any:
    """Give what vouches for a host's key; never nothing, which would accept any."""
    if host.host_key is not None:
        try:
            return ([asyncssh.import_public_key(host.host_key)], [], [])
        except asyncssh.KeyImportError as error:
            raise HostError(f"{host.name}: host_key is no public key: {error}") from None
    if host.known_hosts is not None:
        files = [_path(host.known_hosts)]
    else:
        chosen = options.known_hosts if isinstance(options.known_hosts, list) else []
        files = [_path(str(file)) for file in chosen or _DEFAULTS]
        files = [file for file in files if Path(file).is_file()]
    if not files:
        return asyncssh.import_known_hosts("")
    try:
        return asyncssh.read_known_hosts(files)
    except (OSError, ValueError) as error:
        raise _unreadable(host, error) from None


def _jump(place: str, through: SSHHost | None) -> SSHHost:
    """Read a place of the person's ``ProxyJump``, such as ``user@bastion:2222``."""
    user, _, rest = place.strip().rpartition("@")
    address, colon, port = rest.rpartition(":")
    return SSHHost(
        address if colon else rest, user=user or None, port=int(port) if colon else None, jump=through
    )


def _unreadable(host: SSHHost, error: Exception) -> HostError:
    if isinstance(error, OSError) and error.filename:
        return HostError(f"{host.name}: {_text(error.filename)} cannot be read: {error.strerror}")
    return HostError(f"{host.name}: the SSH settings or keys cannot be read: {_text(error)}")


def _text(value: object) -> str:
    return value.decode("utf-8", errors="replace") if isinstance(value, bytes) else str(value)


def _path(declared: str) -> str:
    try:
        return str(Path(declared).expanduser())
    except RuntimeError as error:
        raise ClockworkError(f"{declared}: {error}") from None
