"""Serves embedded providers to the engine over gRPC, from this process."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Callable, Iterable, Set
from concurrent.futures import Future
from functools import partial
from pathlib import Path
from types import TracebackType
from typing import Any, Self

import grpc
from pulumi.runtime.proto import provider_pb2_grpc

from clockwork.errors import PluginError
from clockwork.hosts.machine import HostError
from clockwork.providers.component import TYPE_TOKEN as COMPONENT
from clockwork.providers.embedded import Call, Diff, EmbeddedResource
from clockwork.providers.looks import Looks
from clockwork.providers.servicer import Servicer
from clockwork.providers.siblings import Siblings
from clockwork.providers.wire import nothing_builds, split_urn
from clockwork.state.journal import Journal

_LARGEST_MESSAGE = 400 * 1024 * 1024


class ProviderHost:
    """One server in this process for every embedded provider.

    Use it as a context manager; :attr:`environment` attaches an engine to it.

    Attributes:
        notes: What providers told the person, by URN.
        found: What providers saw that was changed by hand, by URN and input.
        gone: URNs of what providers no longer found.
        siblings: The resources of the stack, for whoever has a thing that another one had.
        looks: What providers saw, for as long as nothing has been changed since.
        kept: URNs of what was to be deleted and was kept on purpose.
        failures: What providers raised, by URN.
        unreachable: What is on hosts that cannot be reached, by URN; the rest of the run goes on.
        left_out: The packages that Clockwork could serve, and leaves to Pulumi's own programs.
        kinds: The classes of both, by Pulumi type.
        tell: Called with each note as it comes.
        progress: Called with the URN of what is being worked on, what goes on, and how much is done.
    """

    def __init__(
        self,
        providers: Iterable[type[EmbeddedResource]],
        *,
        project: Path,
        journal: Journal | None = None,
        force: bool = False,
        left_out: Iterable[type[EmbeddedResource]] = (),
    ) -> None:
        """Collect the providers to serve.

        Args:
            providers: Their classes.
            project: The folder of the user's file.
            journal: What killed runs made.
            force: Whether the person allowed what is otherwise refused.
            left_out: The classes whose work is left to Pulumi's own programs.

        Raises:
            PluginError: Two classes have the same Pulumi type.
        """
        self.project, self.force = project, force
        self.journal = journal or Journal()
        self.notes: dict[str, list[str]] = {}
        self.found: dict[str, dict[str, Any]] = {}
        self.gone: set[str] = set()
        self.siblings = Siblings()
        self.looks = Looks()
        self.kept: set[str] = set()
        self.failures: dict[str, BaseException] = {}
        self.unreachable: dict[str, HostError] = {}
        self.tell: Callable[[str], object] = lambda _text: None
        self.progress: Callable[[str, str, float | None], None] = lambda _urn, _text, _part: None
        self._replacing: set[str] = set()
        self.providers, left_out = _by_type(providers), [*left_out]
        self.kinds = {**{kind.type_token: kind for kind in left_out}, **self.providers}
        self.left_out = {package_of(kind) for kind in left_out}
        self._port: Future[int] = Future()
        self._stop: Callable[[], object] = lambda: None
        self._thread = threading.Thread(target=self._run, name="clockwork-providers", daemon=True)

    @property
    def packages(self) -> list[str]:
        """The Pulumi packages that are served, sorted."""
        return sorted({package_of(kind) for kind in self.providers.values()})

    @property
    def declared_as(self) -> dict[str, str]:
        """The class that people declare each Pulumi type with, where its provider names one."""
        return {token: kind.declared_as for token, kind in self.providers.items() if kind.declared_as}

    def serves_all(self, types: Set[str]) -> bool:
        """Tell whether everything of these Pulumi types is made by the providers of this host."""
        return types <= self.providers.keys() | {COMPONENT}

    @property
    def port(self) -> int:
        """The port on loopback."""
        return self._port.result()

    @property
    def environment(self) -> dict[str, str]:
        """The variables that attach an engine to this host."""
        served = ",".join(f"{package}:{self.port}" for package in self.packages)
        return {"PULUMI_DEBUG_PROVIDERS": served} if served else {}

    def __enter__(self) -> Self:
        """Start serving."""
        self._thread.start()
        self._port.result()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """Stop serving; calls that still run are cancelled."""
        self._stop()
        self._thread.join()

    def serve_call(
        self, urn: str, *, preview: bool = False, timeout_seconds: float | None = None
    ) -> EmbeddedResource:
        """Make the object that serves one call.

        Args:
            urn: The engine's name of the resource, which names its type.
            preview: Whether the engine only asks what would happen.
            timeout_seconds: How long the call may take.

        Raises:
            ProviderError: No provider serves the type.
        """
        token, name = split_urn(urn)
        provider = self.providers.get(token)
        if provider is None:
            raise nothing_builds(token, name)
        return provider.for_call(
            Call(
                urn=urn,
                name=name,
                project=self.project,
                preview=preview,
                force=self.force,
                replacing=urn in self._replacing,
                timeout_seconds=timeout_seconds,
                journal=self.journal,
                siblings=self.siblings,
                note=lambda text: self.note(urn, text),
                keep=lambda text: self.keep(urn, text),
                progress=partial(self.progress, urn),
            )
        )

    def expect_replacement(self, urn: str, expected: bool) -> None:
        """Remember whether the next deletion of a thing makes room for its replacement."""
        (self._replacing.add if expected else self._replacing.discard)(urn)

    def find(self, urn: str, found: Diff) -> None:
        """Remember what a provider saw of a thing that was changed by hand."""
        seen = {name: change.found for name, change in found.changes.items() if change.found is not None}
        self.found[urn] = seen
        (self.gone.add if found.gone else self.gone.discard)(urn)

    def miss(self, urn: str, error: HostError) -> None:
        """Remember that a thing is on a host that cannot be reached."""
        self.unreachable[urn] = self.failures[urn] = error

    def note(self, urn: str, text: str) -> None:
        """Remember something a provider tells the person, once."""
        told = self.notes.setdefault(urn, [])
        if text not in told:
            told.append(text)
            self.tell(text)

    def keep(self, urn: str, text: str) -> None:
        """Remember that a real thing is kept although its deletion was asked for, and tell why."""
        self.kept.add(urn)
        self.note(urn, text)

    def _run(self) -> None:
        try:
            asyncio.run(self._serve())
        except BaseException as error:
            if not self._port.done():
                self._port.set_exception(error)
            raise

    async def _serve(self) -> None:
        limits = [("grpc.max_receive_message_length", _LARGEST_MESSAGE), ("grpc.max_send_message_length", -1)]
        server = grpc.aio.server(options=limits)
        provider_pb2_grpc.add_ResourceProviderServicer_to_server(Servicer(self), server)
        port = server.add_insecure_port("127.0.0.1:0")
        await server.start()
        loop, stopping = asyncio.get_running_loop(), asyncio.Event()
        self._stop = lambda: loop.call_soon_threadsafe(stopping.set)
        self._port.set_result(port)
        await stopping.wait()
        await server.stop(grace=None)


def package_of(kind: type[EmbeddedResource]) -> str:
    """Name the Pulumi package that a class serves a type of."""
    return kind.type_token.split(":")[0]


def _by_type(providers: Iterable[type[EmbeddedResource]]) -> dict[str, type[EmbeddedResource]]:
    found: dict[str, type[EmbeddedResource]] = {}
    for provider in providers:
        other = found.setdefault(provider.type_token, provider)
        if other is not provider:
            raise PluginError(
                f"{provider.type_token} is built by both {_origin(other)} and {_origin(provider)}",
                hint="Disable one of the plugins with CLOCKWORK_DISABLE_PLUGINS.",
            )
    return found


def _origin(provider: type) -> str:
    return f"{provider.__module__}.{provider.__qualname__}"
