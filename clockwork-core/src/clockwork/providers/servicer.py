"""The engine's calls, translated to the methods of :class:`EmbeddedResource`."""

from __future__ import annotations

import asyncio
import hashlib
import re
from collections.abc import Callable, Hashable
from typing import TYPE_CHECKING, Any

import grpc
from google.protobuf import empty_pb2
from pulumi.runtime.proto import ResourceProviderServicer, plugin_pb2, provider_pb2
from pydantic import ValidationError

from clockwork.errors import ClockworkError, ProviderError
from clockwork.hosts.machine import HostError
from clockwork.logs import get_logger
from clockwork.plugins.entry_points import core_origin
from clockwork.providers import wire
from clockwork.providers.embedded import EmbeddedResource

if TYPE_CHECKING:
    from clockwork.providers.host import ProviderHost

_log = get_logger(__name__)


class Servicer(ResourceProviderServicer):
    """The engine's side of the provider protocol, translated to :class:`EmbeddedResource`.

    Source: pulumi/proto/provider.proto of the engine.
    """

    def __init__(self, host: ProviderHost) -> None:
        self._host = host
        self._running: set[asyncio.Task[Any]] = set()

    async def Attach(self, request: Any, context: Any) -> Any:
        """Accept the engine that was told to use this process."""
        return empty_pb2.Empty()

    async def Handshake(self, request: Any, context: Any) -> Any:
        """Refuse it, in an orderly way: the engine goes on without."""
        await context.abort(grpc.StatusCode.UNIMPLEMENTED, "the engine needs no handshake")

    async def GetPluginInfo(self, request: Any, context: Any) -> Any:
        """Say the version of these providers: that of the distribution that serves them."""
        return plugin_pb2.PluginInfo(version=_release(core_origin().version))

    async def CheckConfig(self, request: Any, context: Any) -> Any:
        """Accept any configuration: providers have none."""
        return provider_pb2.CheckResponse(inputs=request.news)

    async def DiffConfig(self, request: Any, context: Any) -> Any:
        """Find no difference: providers have no configuration."""
        return provider_pb2.DiffResponse(changes=provider_pb2.DiffResponse.DIFF_NONE)

    async def Configure(self, request: Any, context: Any) -> Any:
        """Ask for opened secrets, and for no calls while planning."""
        return provider_pb2.ConfigureResponse(
            acceptSecrets=False, acceptResources=False, supportsPreview=False
        )

    async def Cancel(self, request: Any, context: Any) -> Any:
        """Stop the running calls."""
        for task in self._running:
            task.cancel()
        return empty_pb2.Empty()

    async def Check(self, request: Any, context: Any) -> Any:
        """Have the provider refuse or accept wanted inputs; a host that is not reached refuses nothing yet.

        The engine stops at a refusal. What is on the host fails when it is its turn to be changed.
        """
        news = wire.plain(request.news)
        if wire.has_unknown(news):
            return provider_pb2.CheckResponse(inputs=request.news)

        async def check(served: EmbeddedResource) -> Any:
            self._host.unreachable.pop(request.urn, None)
            try:
                new = served.Inputs.model_validate(news)
                olds = wire.as_wished(wire.plain(request.olds))
                old = wire.load(served.Inputs, olds, served) if olds else None
                asked = _question(served, request.news, request.olds)
                await self._host.looks.once(asked, lambda: served.check(new, old))
            except ValidationError as error:
                return provider_pb2.CheckResponse(failures=wire.failures(error))
            except HostError as error:
                self._host.miss(request.urn, error)
            except ProviderError as error:
                self._host.failures[request.urn] = error
                failure = provider_pb2.CheckFailure(property=error.field or "", reason=error.message)
                return provider_pb2.CheckResponse(failures=[failure])
            return provider_pb2.CheckResponse(inputs=wire.struct(wire.dump(new)))

        return await self._answer(request, context, check)

    async def Diff(self, request: Any, context: Any) -> Any:
        """Have the provider compare a thing with the wish; unknown inputs count as changed."""
        news, olds = (wire.as_wished(wire.plain(wish)) for wish in (request.news, request.old_inputs))

        async def diff(served: EmbeddedResource) -> Any:
            if wire.has_unknown(news):
                changed = {name for name in news if news[name] != olds.get(name)}
                return provider_pb2.DiffResponse(
                    changes=provider_pb2.DiffResponse.DIFF_SOME, diffs=sorted(changed)
                )
            state = wire.load(served.State, wire.plain(request.olds), served)
            old, new = (wire.load(served.Inputs, wish, served) for wish in (olds, news))
            try:
                self._check_reached(request.urn)
                asked = _question(served, request.news, request.olds, request.old_inputs)
                found = await self._host.looks.once(asked, lambda: served.diff(state, old, new))
            except HostError as error:
                # A change, so that the engine works on it: it fails there, without the rest of the run.
                self._host.miss(request.urn, error)
                return provider_pb2.DiffResponse(changes=provider_pb2.DiffResponse.DIFF_SOME)
            self._host.find(request.urn, found)
            self._host.expect_replacement(request.urn, found.replaces and found.delete_first)
            return wire.diff_response(found, olds, news)

        return await self._answer(request, context, diff)

    async def Create(self, request: Any, context: Any) -> Any:
        """Have the provider make a thing."""

        async def create(served: EmbeddedResource) -> Any:
            self._check_reached(request.urn)
            new = served.Inputs.model_validate(wire.plain(request.properties))
            with self._host.looks.changing():
                state = await served.create(new)
            identity, remembered = served.identify(state), wire.dump(state)
            self._host.siblings.made(request.urn, identity, remembered)
            return provider_pb2.CreateResponse(id=identity, properties=wire.struct(remembered))

        return await self._answer(request, context, create)

    async def Update(self, request: Any, context: Any) -> Any:
        """Have the provider change a thing."""

        async def update(served: EmbeddedResource) -> Any:
            self._check_reached(request.urn)
            old = wire.load(served.State, wire.plain(request.olds), served)
            new = served.Inputs.model_validate(wire.plain(request.news))
            with self._host.looks.changing():
                state = await served.update(old, new)
            return provider_pb2.UpdateResponse(properties=wire.struct(wire.dump(state)))

        return await self._answer(request, context, update)

    async def Delete(self, request: Any, context: Any) -> Any:
        """Have the provider remove a thing."""

        async def delete(served: EmbeddedResource) -> Any:
            state = wire.load(served.State, wire.plain(request.properties), served)
            async with self._host.siblings.one_by_one(request.id):
                if (reason := await served.keeps(state)) is not None:
                    self._host.keep(request.urn, reason)
                else:
                    with self._host.looks.changing():
                        await served.delete(state)
                self._host.siblings.removed(request.urn, request.id)
            return empty_pb2.Empty()

        return await self._answer(request, context, delete)

    async def Read(self, request: Any, context: Any) -> Any:
        """Have the provider look at a thing; an empty answer says that it is gone."""

        async def read(served: EmbeddedResource) -> Any:
            found = await served.read(wire.load(served.State, wire.plain(request.properties), served))
            if found is None:
                return provider_pb2.ReadResponse()
            return provider_pb2.ReadResponse(
                id=request.id, properties=wire.struct(wire.dump(found)), inputs=request.inputs
            )

        return await self._answer(request, context, read)

    def _check_reached(self, urn: str) -> None:
        """Leave alone what is on a host that could not be reached a moment ago.

        Raises:
            HostError: It could not.
        """
        if (error := self._host.unreachable.get(urn)) is not None:
            raise HostError(error.message, hint=error.hint)

    async def _answer(self, request: Any, context: Any, work: Callable[[EmbeddedResource], Any]) -> Any:
        """Run one call; what it raises becomes the resource's own error."""
        preview = bool(getattr(request, "preview", False))
        seconds: float = getattr(request, "timeout", 0.0)
        task = asyncio.current_task()
        assert task is not None
        self._running.add(task)
        try:
            served = self._host.serve_call(request.urn, preview=preview, timeout_seconds=seconds or None)
            return await work(served)
        except asyncio.CancelledError:
            await context.abort(grpc.StatusCode.CANCELLED, "the run was stopped")
        except (ClockworkError, OSError) as error:
            self._host.failures[request.urn] = error
            await context.abort(grpc.StatusCode.UNKNOWN, wire.message_of(error))
        except Exception as error:  # noqa: BLE001 a plugin's mistake fails its resource, never the host
            _log.debug("provider raised", urn=request.urn, exc_info=error)
            self._host.failures[request.urn] = error
            await context.abort(grpc.StatusCode.UNKNOWN, f"{type(error).__name__}: {error}")
        finally:
            self._running.discard(task)


def _question(served: EmbeddedResource, *wishes: Any) -> Hashable:
    """Tell questions about a thing apart by what is wished and known of it, short."""
    words = (wish.SerializeToString(deterministic=True) for wish in wishes)
    return served.call.urn, served.call.replacing, *(hashlib.sha256(word).digest() for word in words)


def _release(version: str) -> str:
    """The release that a version belongs to: the engine cannot read Python's ``0.2.0.dev1``."""
    found = re.match(r"\d+\.\d+\.\d+", version)
    return found[0] if found else ""
