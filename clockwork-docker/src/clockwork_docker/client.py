"""The way to the Docker engine: found as the ``docker`` command finds it, and shared by all calls."""

from __future__ import annotations

import asyncio
import os
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from functools import lru_cache, partial
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar
from urllib.parse import urlsplit

from clockwork.errors import ProviderError
from clockwork_docker import sdk
from clockwork_docker.tunnel import Tunnel

if TYPE_CHECKING:
    from docker import APIClient
    from docker.errors import APIError

DEFAULT_HOST = "npipe:////./pipe/docker_engine" if os.name == "nt" else "unix:///var/run/docker.sock"
_THREADS = 32
_TIMEOUT = 120
_POOL = ThreadPoolExecutor(_THREADS, thread_name_prefix="clockwork-docker")
T = TypeVar("T")


@dataclass(frozen=True)
class Endpoint:
    """Where an engine is, and who said so.

    Attributes:
        host: Such as ``unix:///var/run/docker.sock``, ``tcp://HOST:2376`` or ``ssh://USER@HOST``.
        origin: What decided it, such as ``DOCKER_HOST``.
        certificates: The folder with ``ca.pem``, ``cert.pem`` and ``key.pem``, where TLS is spoken.
        verify: Whether the engine's certificate is checked.
        context: The Docker context with certificates of its own.
    """

    host: str
    origin: str
    certificates: str = ""
    verify: bool = True
    context: str = ""

    @property
    def is_local(self) -> bool:
        """Whether the engine runs on this machine."""
        return self.host.startswith(("unix:", "npipe:"))

    @property
    def is_ssh(self) -> bool:
        """Whether it is reached through ``ssh``."""
        return self.host.startswith("ssh:")

    @property
    def machine(self) -> str:
        """The host name under which published ports are reached."""
        return "127.0.0.1" if self.is_local else urlsplit(self.host).hostname or "127.0.0.1"

    @property
    def tls(self) -> Any:
        """The SDK's TLS settings; ``False`` without TLS."""
        if self.context:
            return sdk.ContextAPI.get_context(self.context).TLSConfig or False
        if not self.certificates:
            return False
        folder = Path(self.certificates)
        pair = (str(folder / "cert.pem"), str(folder / "key.pem"))
        return sdk.TLSConfig(client_cert=pair, ca_cert=str(folder / "ca.pem"), verify=self.verify)


def find_endpoint() -> Endpoint:
    """Find the engine as the ``docker`` command does: ``DOCKER_HOST``, then the context, then the socket.

    Raises:
        ProviderError: The chosen context does not exist.
    """
    host = os.environ.get("DOCKER_HOST", "").strip()
    if host:
        speaks_tls = bool(os.environ.get("DOCKER_TLS_VERIFY") or os.environ.get("DOCKER_CERT_PATH"))
        folder = os.environ.get("DOCKER_CERT_PATH") or str(Path("~/.docker").expanduser())
        is_tls = speaks_tls and host.startswith(("tcp:", "https:"))
        verify = bool(os.environ.get("DOCKER_TLS_VERIFY"))
        return Endpoint(host, "DOCKER_HOST", folder if is_tls else "", verify)
    name = os.environ.get("DOCKER_CONTEXT") or sdk.get_current_context_name()
    if name in ("", "default"):
        return Endpoint(DEFAULT_HOST, "the default socket")
    try:
        context = sdk.ContextAPI.get_context(name)
    except sdk.ContextNotFound:
        context = None
    if context is None:
        raise ProviderError(
            f"the Docker context {name!r} does not exist",
            hint="`docker context ls` lists them; DOCKER_CONTEXT or `docker context use` chooses one.",
        )
    origin = f"the context {name!r}"
    return Endpoint(context.Host, origin, context=name if context.TLSConfig else "")


def connect() -> APIClient:
    """Connect to the engine, once for each endpoint.

    Raises:
        ProviderError: Nobody answers; the message says what was tried.
    """
    endpoint = find_endpoint()
    try:
        return _connect(endpoint)
    except (sdk.DockerException, sdk.ConnectionError, sdk.ReadTimeout, OSError) as error:
        raise unreachable(endpoint, error) from error


def unreachable(endpoint: Endpoint, error: BaseException) -> ProviderError:
    """Say that no engine answers, what was tried, and why it failed."""
    reason = (_tunnel(endpoint.host).last_words if endpoint.is_ssh else "") or _reason(error)
    return ProviderError(
        f"no Docker engine answers at {endpoint.host} (from {endpoint.origin}): {reason}",
        hint="Start Docker, or say where it is with DOCKER_HOST or `docker context use`; "
        "`clockwork doctor` tries again.",
    )


async def run(work: Callable[..., T], *args: Any, **kwargs: Any) -> T:
    """Run a call that blocks in a thread; many of them at once.

    Raises:
        ProviderError: The engine stopped answering.
    """
    loop = asyncio.get_running_loop()
    try:
        return await loop.run_in_executor(_POOL, partial(work, *args, **kwargs))
    except (sdk.ConnectionError, sdk.ReadTimeout) as error:
        raise unreachable(find_endpoint(), error) from error


def said(error: APIError) -> str:
    """What the engine said was wrong, on one line."""
    return " ".join(str(error.explanation or error).split())


@lru_cache(maxsize=4)
def _connect(endpoint: Endpoint) -> APIClient:
    from clockwork_docker.session import Session

    address = _tunnel(endpoint.host).address if endpoint.is_ssh else endpoint.host
    return Session(
        base_url=address, version="auto", timeout=_TIMEOUT, tls=endpoint.tls, max_pool_size=_THREADS
    )


@lru_cache(maxsize=4)
def _tunnel(host: str) -> Tunnel:
    return Tunnel(host)


def _reason(error: BaseException) -> str:
    """The innermost reason: the SDK wraps what the system said in three layers."""
    while (inner := error.__cause__ or error.__context__) is not None:
        error = inner
    if isinstance(error, OSError) and error.strerror:
        return error.strerror
    return " ".join(str(error).split()) or type(error).__name__
