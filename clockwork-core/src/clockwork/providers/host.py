"""Serves embedded providers to the engine over gRPC, from this process."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Callable, Iterable, Mapping
from concurrent.futures import Future
from pathlib import Path
from types import TracebackType
from typing import Any, Self

import grpc
from google.protobuf import empty_pb2, json_format, struct_pb2
from pulumi.runtime.proto import ResourceProviderServicer, plugin_pb2, provider_pb2, provider_pb2_grpc
from pydantic import BaseModel, ValidationError

from clockwork.errors import ClockworkError, PluginError, ProviderError
from clockwork.logs import get_logger
from clockwork.providers.embedded import Call, Diff, EmbeddedResource
from clockwork.state.journal import Journal

UNKNOWN = "04da6b54-80e4-46f7-96ec-b56ff0331ba9"
"""How the engine writes a value that only the deployment will know (Pulumi's plugin protocol)."""

_LARGEST_MESSAGE = 400 * 1024 * 1024
_log = get_logger(__name__)


class ProviderHost:
    """One server in this process for every embedded provider.

    Use it as a context manager; :attr:`environment` attaches an engine to it.

    Attributes:
        notes: What providers told the person, by URN.
        failures: What providers raised, by URN.
        tell: Called with each note as it comes.
    """

    def __init__(
        self,
        providers: Iterable[type[EmbeddedResource]],
        *,
        project: Path,
        journal: Journal | None = None,
        force: bool = False,
    ) -> None:
        """Collect the providers to serve.

        Args:
            providers: Their classes.
            project: The folder of the user's file.
            journal: What killed runs made.
            force: Whether the person allowed what is otherwise refused.

        Raises:
            PluginError: Two classes have the same Pulumi type.
        """
        self.project, self.force = project, force
        self.journal = journal or Journal()
        self.notes: dict[str, list[str]] = {}
        self.failures: dict[str, BaseException] = {}
        self.tell: Callable[[str], object] = lambda _text: None
        self.providers = _by_type(providers)
        self._port: Future[int] = Future()
        self._stop: Callable[[], object] = lambda: None
        self._thread = threading.Thread(target=self._run, name="clockwork-providers", daemon=True)

    @property
    def packages(self) -> list[str]:
        """The Pulumi packages that are served, sorted."""
        return sorted({token.split(":")[0] for token in self.providers})

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

    def serve_call(self, urn: str, *, preview: bool = False) -> EmbeddedResource:
        """Make the object that serves one call.

        Args:
            urn: The engine's name of the resource, which names its type.
            preview: Whether the engine only asks what would happen.

        Raises:
            ProviderError: No provider serves the type.
        """
        token, name = split_urn(urn)
        provider = self.providers.get(token)
        if provider is None:
            raise ProviderError(
                f"nothing here builds {token}",
                address=name,
                hint="Install the plugin that does; `clockwork plugins` lists what is installed.",
            )
        return provider.for_call(
            Call(
                urn=urn,
                name=name,
                project=self.project,
                preview=preview,
                force=self.force,
                journal=self.journal,
                note=lambda text: self.note(urn, text),
            )
        )

    def note(self, urn: str, text: str) -> None:
        """Remember something a provider tells the person, once."""
        told = self.notes.setdefault(urn, [])
        if text not in told:
            told.append(text)
            self.tell(text)

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
        provider_pb2_grpc.add_ResourceProviderServicer_to_server(_Servicer(self), server)
        port = server.add_insecure_port("127.0.0.1:0")
        await server.start()
        loop, stopping = asyncio.get_running_loop(), asyncio.Event()
        self._stop = lambda: loop.call_soon_threadsafe(stopping.set)
        self._port.set_result(port)
        await stopping.wait()
        await server.stop(grace=None)


class _Servicer(ResourceProviderServicer):
    """The engine's side of the provider protocol, translated to :class:`EmbeddedResource`.

    Source: pulumi/proto/provider.proto of the engine.
    """

    def __init__(self, host: ProviderHost) -> None:
        self._host = host
        self._running: set[asyncio.Task[Any]] = set()

    async def Attach(self, request: Any, context: Any) -> Any:
        return empty_pb2.Empty()

    async def GetPluginInfo(self, request: Any, context: Any) -> Any:
        return plugin_pb2.PluginInfo(version="0.1.0")

    async def CheckConfig(self, request: Any, context: Any) -> Any:
        return provider_pb2.CheckResponse(inputs=request.news)

    async def DiffConfig(self, request: Any, context: Any) -> Any:
        return provider_pb2.DiffResponse(changes=provider_pb2.DiffResponse.DIFF_NONE)

    async def Configure(self, request: Any, context: Any) -> Any:
        return provider_pb2.ConfigureResponse(
            acceptSecrets=False, acceptResources=False, supportsPreview=False
        )

    async def Cancel(self, request: Any, context: Any) -> Any:
        for task in self._running:
            task.cancel()
        return empty_pb2.Empty()

    async def Check(self, request: Any, context: Any) -> Any:
        news = _plain(request.news)
        if _has_unknown(news):
            return provider_pb2.CheckResponse(inputs=request.news)

        async def check(served: EmbeddedResource) -> Any:
            try:
                new = served.Inputs.model_validate(news)
                olds = _plain(request.olds)
                await served.check(new, served.Inputs.model_validate(olds) if olds else None)
            except ValidationError as error:
                return provider_pb2.CheckResponse(failures=_failures(error))
            except ProviderError as error:
                self._host.failures[request.urn] = error
                failure = provider_pb2.CheckFailure(property=error.field or "", reason=error.message)
                return provider_pb2.CheckResponse(failures=[failure])
            return provider_pb2.CheckResponse(inputs=_struct(_dump(new)))

        return await self._answer(request, context, check)

    async def Diff(self, request: Any, context: Any) -> Any:
        news, olds = _plain(request.news), _plain(request.old_inputs)

        async def diff(served: EmbeddedResource) -> Any:
            if _has_unknown(news):
                changed = {name for name in news if news[name] != olds.get(name)}
                return provider_pb2.DiffResponse(
                    changes=provider_pb2.DiffResponse.DIFF_SOME, diffs=sorted(changed)
                )
            state = _load(served.State, _plain(request.olds), served)
            return _diff_response(
                await served.diff(
                    state, _load(served.Inputs, olds, served), served.Inputs.model_validate(news)
                ),
                olds,
                news,
            )

        return await self._answer(request, context, diff)

    async def Create(self, request: Any, context: Any) -> Any:
        async def create(served: EmbeddedResource) -> Any:
            state = await served.create(served.Inputs.model_validate(_plain(request.properties)))
            return provider_pb2.CreateResponse(id=served.identify(state), properties=_struct(_dump(state)))

        return await self._answer(request, context, create)

    async def Update(self, request: Any, context: Any) -> Any:
        async def update(served: EmbeddedResource) -> Any:
            old = _load(served.State, _plain(request.olds), served)
            state = await served.update(old, served.Inputs.model_validate(_plain(request.news)))
            return provider_pb2.UpdateResponse(properties=_struct(_dump(state)))

        return await self._answer(request, context, update)

    async def Delete(self, request: Any, context: Any) -> Any:
        async def delete(served: EmbeddedResource) -> Any:
            await served.delete(_load(served.State, _plain(request.properties), served))
            return empty_pb2.Empty()

        return await self._answer(request, context, delete)

    async def Read(self, request: Any, context: Any) -> Any:
        async def read(served: EmbeddedResource) -> Any:
            found = await served.read(_load(served.State, _plain(request.properties), served))
            if found is None:
                return provider_pb2.ReadResponse()
            return provider_pb2.ReadResponse(
                id=request.id, properties=_struct(_dump(found)), inputs=request.inputs
            )

        return await self._answer(request, context, read)

    async def _answer(self, request: Any, context: Any, work: Callable[[EmbeddedResource], Any]) -> Any:
        """Run one call; what it raises becomes the resource's own error."""
        preview = bool(getattr(request, "preview", False))
        task = asyncio.current_task()
        assert task is not None
        self._running.add(task)
        try:
            return await work(self._host.serve_call(request.urn, preview=preview))
        except asyncio.CancelledError:
            await context.abort(grpc.StatusCode.CANCELLED, "the run was stopped")
        except (ClockworkError, OSError) as error:
            self._host.failures[request.urn] = error
            await context.abort(grpc.StatusCode.UNKNOWN, message_of(error))
        except Exception as error:  # noqa: BLE001 a plugin's mistake fails its resource, never the host
            _log.debug("provider raised", urn=request.urn, exc_info=error)
            self._host.failures[request.urn] = error
            await context.abort(grpc.StatusCode.UNKNOWN, f"{type(error).__name__}: {error}")
        finally:
            self._running.discard(task)


def split_urn(urn: str) -> tuple[str, str]:
    """Take the type and the name out of a URN, whose parents' types stand before its own."""
    _, _, rest = urn.partition("::")
    _, _, rest = rest.partition("::")
    types, _, name = rest.partition("::")
    return types.rsplit("$", 1)[-1], name


def message_of(error: BaseException) -> str:
    """Tell an error in a sentence or two, without the place, which is told apart."""
    if isinstance(error, ClockworkError):
        return f"{error.message}\n{error.hint}" if error.hint else error.message
    if isinstance(error, OSError) and error.strerror:
        return f"{error.filename}: {error.strerror}" if error.filename else error.strerror
    return f"{type(error).__name__}: {error}"


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


def _plain(struct: struct_pb2.Struct) -> dict[str, Any]:
    values: dict[str, Any] = json_format.MessageToDict(struct)
    return values


def _struct(values: Mapping[str, Any]) -> struct_pb2.Struct:
    struct = struct_pb2.Struct()
    struct.update(values)
    return struct


def _dump(model: BaseModel) -> dict[str, Any]:
    return model.model_dump(mode="json", exclude_none=True)


def _load(model: type[BaseModel], values: Mapping[str, Any], served: EmbeddedResource) -> Any:
    known = {name: value for name, value in values.items() if name in model.model_fields}
    try:
        return model.model_validate(known)
    except ValidationError as error:
        first = error.errors(include_url=False)[0]
        raise ProviderError(
            f"the state of this {type(served).__name__} cannot be read: "
            f"{'.'.join(map(str, first['loc']))}: {first['msg']}",
            address=served.call.name,
            hint="It was written by another version of its plugin; install that version.",
        ) from None


def _has_unknown(value: Any) -> bool:
    if isinstance(value, dict):
        return any(_has_unknown(item) for item in value.values())
    if isinstance(value, list):
        return any(_has_unknown(item) for item in value)
    return isinstance(value, str) and value == UNKNOWN


def _failures(error: ValidationError) -> list[Any]:
    return [
        provider_pb2.CheckFailure(property=".".join(map(str, item["loc"])), reason=item["msg"])
        for item in error.errors(include_url=False, include_input=False)
    ]


def _diff_response(found: Diff, olds: Mapping[str, Any], news: Mapping[str, Any]) -> Any:
    kinds = provider_pb2.PropertyDiff
    detailed = {}
    for name, change in found.changes.items():
        word = "ADD" if name not in olds else "DELETE" if name not in news else "UPDATE"
        kind = getattr(kinds, f"{word}_REPLACE" if change.replace else word)
        detailed[name] = kinds(kind=kind, inputDiff=not change.drift)
    return provider_pb2.DiffResponse(
        changes=provider_pb2.DiffResponse.DIFF_SOME if detailed else provider_pb2.DiffResponse.DIFF_NONE,
        diffs=sorted(found.changes),
        replaces=sorted(name for name, change in found.changes.items() if change.replace),
        deleteBeforeReplace=found.delete_first,
        detailedDiff=detailed,
        hasDetailedDiff=True,
    )
