"""What went wrong on the way to a host, in a person's words."""

from __future__ import annotations

import socket
from typing import TYPE_CHECKING

import asyncssh

from clockwork.hosts.host import SSHHost
from clockwork.hosts.machine import HostError

if TYPE_CHECKING:
    from clockwork.hosts.ssh.access import Access


async def refused(access: Access, error: Exception) -> HostError:
    """Say why a host could not be reached.

    Args:
        access: How it was tried.
        error: What came of it.
    """
    name, place = access.host.name, f"{access.address} port {access.port}"
    match error:
        case TimeoutError():
            return HostError(
                f"{name}: no answer from {place} within {access.host.connect_timeout_seconds:g} seconds",
                hint="Check the address, and whether a firewall stands between.",
            )
        case socket.gaierror():
            return HostError(
                f"{name}: there is no host {access.address!r}: {error.strerror}",
                hint="Give its address: SSHHost(..., address=...), or an alias of your ~/.ssh/config.",
            )
        case ConnectionRefusedError():
            return HostError(
                f"{name}: nothing listens at {place}", hint="Check the port, and whether sshd runs there."
            )
        case asyncssh.HostKeyNotVerifiable():
            return _untrusted(access, error)
        case asyncssh.PermissionDenied():
            return await _no_key_accepted(access)
        case asyncssh.ChannelOpenError():
            return HostError(f"{name}: the way through {access.jump} ends there: {error.reason}")
        case asyncssh.KeyExchangeFailed():
            return HostError(f"{name}: no common way to speak with {place}: {error.reason}")
        case asyncssh.DisconnectError() | ConnectionError():
            reason = error.reason if isinstance(error, asyncssh.DisconnectError) else _reason(error)
            return HostError(f"{name}: {place} ended the connection: {reason}")
        case OSError():
            return HostError(f"{name}: {place} cannot be reached: {_reason(error)}")
        case _:
            return HostError(f"{name}: {place} cannot be reached: {error}")


def no_way(host: SSHHost, jump: SSHHost, error: HostError) -> HostError:
    """Say that the host in between cannot be reached."""
    return HostError(f"{host.name}: the way leads through {jump.name}, and {error.message}", hint=error.hint)


def no_files(host: SSHHost, error: Exception) -> HostError:
    """Say that a host takes commands alone."""
    return HostError(
        f"{host.name}: it offers no SFTP, which files need: {error}",
        hint="Let its sshd_config have `Subsystem sftp internal-sftp`.",
    )


def no_ports(host: SSHHost) -> HostError:
    """Say that a host does not let its ports be looked at."""
    return HostError(
        f"{host.name}: its SSH server does not connect to its ports",
        hint="Let its sshd_config have `AllowTcpForwarding local`, or leave the port out.",
    )


def lost(host: SSHHost, error: Exception) -> HostError:
    """Say that a connection ended in the middle, or has no room for more."""
    if isinstance(error, asyncssh.ChannelOpenError):
        return HostError(
            f"{host.name}: it opens no further session: {error.reason}",
            hint="Give the host a smaller at_once, or raise MaxSessions in its sshd_config.",
        )
    reason = getattr(error, "reason", "") or str(error)
    return HostError(
        f"{host.name}: the connection was lost in the middle{': ' + reason if reason else ''}",
        hint="What was begun may be done in part; run it again.",
    )


def _untrusted(access: Access, error: asyncssh.HostKeyNotVerifiable) -> HostError:
    name, key = access.host.name, access.shown
    if key is None:
        return HostError(f"{name}: the host's key is not accepted: {error.reason}")
    words = " ".join(key.export_public_key().decode().split()[:2])
    told = f"{words.split()[0]} {key.get_fingerprint()}"
    if access.host.host_key is not None:
        return HostError(
            f"{name}: the host shows the key {told}, which is not its host_key",
            hint="Somebody may stand in between. If the host was made anew, give its new host_key.",
        )
    if access.knows_others():
        forget = access.address if access.port == 22 else f"[{access.address}]:{access.port}"
        return HostError(
            f"{name}: the host's key has changed: it shows {told}",
            hint="Somebody may stand in between. If the host was made anew, forget its old key: "
            f"`ssh-keygen -R '{forget}'`.",
        )
    user = f"{access.host.user}@" if access.host.user else ""
    return HostError(
        f"{name}: the host's key is not known: it shows {told}",
        hint="Compare it with what `ssh-keygen -lf /etc/ssh/ssh_host_*_key.pub` says there; then accept it "
        f"with `ssh -p {access.port} {user}{access.address}`, or write host_key={words!r}.",
    )


async def _no_key_accepted(access: Access) -> HostError:
    tried = [_told(key) for key in access.options.client_keys or ()]
    if access.options.agent_path:
        try:
            async with asyncssh.connect_agent(access.options.agent_path) as agent:
                tried += [f"{_told(key)} of the agent" for key in await agent.get_keys()]
        except (OSError, asyncssh.Error, ValueError):
            tried.append("the agent does not answer")
    keys = ", ".join(tried) or "there is none: no agent, no identity_file, none in ~/.ssh"
    return HostError(
        f"{access.host.name}: {access.address} accepts no key of the user {access.options.username};"
        f" tried: {keys}",
        hint="Add your public key to ~/.ssh/authorized_keys there, or name another user or identity_file.",
    )


def _told(pair: asyncssh.SSHKeyPair) -> str:
    comment = str(pair.get_comment() or "")
    key = asyncssh.import_public_key(b"%s %s" % (pair.algorithm, _base64(pair.public_data)))
    return f"{key.get_algorithm()} {key.get_fingerprint()}{f' ({comment})' if comment else ''}"


def _base64(data: bytes) -> bytes:
    from base64 import b64encode

    return b64encode(data)


def _reason(error: OSError) -> str:
    return error.strerror or str(error) or type(error).__name__
