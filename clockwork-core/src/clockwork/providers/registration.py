"""The short way from a completed resource to its registration with the engine.

A :class:`Registrations` knows whose resource is being compiled and what it must wait for. A
resource whose inputs are plain values is registered in one request, without the stack traces and
the output futures of the SDK's general way (see ``docs/engine.md``, "Why").
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass, field
from typing import Any

import grpc
import pulumi
from google.protobuf import struct_pb2
from pulumi.runtime.proto import resource_pb2
from pulumi.runtime.settings import (
    get_monitor,
    get_root_resource,
    grpc_error_to_exception,
    set_root_resource,
)

from clockwork.errors import ProviderError

_running: ContextVar[Registrations | None] = ContextVar("clockwork_registrations", default=None)


@dataclass(frozen=True)
class _Compiling:
    """Whose resource is being compiled, and what holds for everything it registers."""

    address: str
    waits_for: Sequence[pulumi.Resource] = ()
    parent: pulumi.Resource | None = None
    resolve: Callable[[Any], Any] = lambda value: value


class RegistrationLost(pulumi.RunError):
    """The engine did not take a registration, as a rule because it is stopping.

    The SDK would take the request's own error for the orderly end of the program, and the engine
    would remove what was not registered.
    """


@dataclass
class Registrations:
    """What one run of the Pulumi program registers: the project's resources.

    Attributes:
        owners: The address of the resource that registered each Pulumi type and name.
        review: Sees each registration before it is sent: the address of its resource, the Pulumi type
            and the inputs. What it raises stops the registration.
        under_way: Direct registrations that the engine has not answered yet.
    """

    owners: dict[tuple[str, str], str] = field(default_factory=dict)
    review: Callable[[str, str, Mapping[str, Any]], None] = lambda _address, _type, _inputs: None
    under_way: list[asyncio.Task[Any]] = field(default_factory=list)
    _root: pulumi.Resource | None = None
    _current: _Compiling = field(default_factory=lambda: _Compiling(""))

    @contextmanager
    def running(self) -> Iterator[None]:
        """Make these the ones that resources add to."""
        token = _running.set(self)
        self._root = get_root_resource()
        try:
            yield
        finally:
            _running.reset(token)

    @contextmanager
    def compiling(
        self,
        address: str,
        *,
        waits_for: Sequence[pulumi.Resource] = (),
        parent: pulumi.Resource | None = None,
        resolve: Callable[[Any], Any] = lambda value: value,
    ) -> Iterator[None]:
        """Attribute what is registered inside to a resource.

        Args:
            address: Where the resource stands in the user's file.
            waits_for: What must be deployed before it.
            parent: The component it stands under; the stack when ``None``.
            resolve: Puts later values in the place of what stands for them in an input.
        """
        before, self._current = self._current, _Compiling(address, waits_for, parent or self._root, resolve)
        self._place_under(self._current.parent)
        try:
            yield
        finally:
            self._current = before
            self._place_under(before.parent or self._root)

    @staticmethod
    def _place_under(parent: pulumi.Resource | None) -> None:
        """Have the SDK put what is registered from now on under a component, or the stack."""
        if parent is not None:
            set_root_resource(parent)

    def transform(
        self, args: pulumi.ResourceTransformationArgs
    ) -> pulumi.ResourceTransformationResult | None:
        """Note a resource registered the SDK's way, resolve its inputs, and add what it waits for."""
        self.owners[args.type_, args.name] = self._current.address
        self.review(self._current.address, args.type_, args.props)
        waits = pulumi.ResourceOptions(depends_on=list(self._current.waits_for))
        return pulumi.ResourceTransformationResult(
            self._current.resolve(args.props), pulumi.ResourceOptions.merge(args.opts, waits)
        )

    def resolve(self, value: Any) -> Any:
        """Put later values in the place of what stands for them, for the resource that is compiled."""
        return self._current.resolve(value)

    def register(self, type_token: str, name: str, props: Mapping[str, Any]) -> asyncio.Task[Any]:
        """Send one registration with plain inputs; its task gives the engine's response."""
        current = self._current
        self.owners[type_token, name] = current.address
        self.review(current.address, type_token, props)
        sent = _send(type_token, name, props, current.parent, current.waits_for)
        task = asyncio.get_running_loop().create_task(sent)
        self.under_way.append(task)
        return task

    async def finish(self) -> None:
        """Wait for the direct registrations.

        Raises:
            RegistrationLost: The engine did not take one.
        """
        await asyncio.gather(*self.under_way)


def running_registrations() -> Registrations:
    """Give those of the program that is running.

    Raises:
        ProviderError: None is: a resource was made outside ``to_pulumi()``.
    """
    program = _running.get()
    if program is None:
        raise ProviderError(
            "a Pulumi resource can only be made while Clockwork deploys",
            hint="Make it inside to_pulumi().",
        )
    return program


def later(value: Any) -> Any:
    """Give a field's value with later values in the place of what stands for them.

    An author needs it only where ``to_pulumi()`` looks into a text, such as a port in ``"8080:80"``.

    Args:
        value: A field's value.

    Returns:
        The same value; a Pulumi output where something in it is known later.

    Raises:
        ProviderError: It is called outside ``to_pulumi()``.
    """
    return running_registrations().resolve(value)


def output_of(resource: pulumi.Resource, registration: asyncio.Task[Any], pick: Any) -> pulumi.Output[Any]:
    """Give a part of a registration's response as an output that depends on the resource."""

    async def value() -> Any:
        return pick(await registration)

    async def known() -> bool:
        return pick(await registration) is not None

    future = asyncio.ensure_future(value())
    return pulumi.Output({resource}, future, asyncio.ensure_future(known()))


async def _send(
    type_token: str,
    name: str,
    props: Mapping[str, Any],
    parent: pulumi.Resource | None,
    waits_for: Sequence[pulumi.Resource],
) -> resource_pb2.RegisterResourceResponse:
    monitor = get_monitor()
    if monitor is None or parent is None:
        raise ProviderError("the engine is not running", address=name)
    inputs = struct_pb2.Struct()
    inputs.update(props)
    request = resource_pb2.RegisterResourceRequest(
        type=type_token,
        name=name,
        parent=await _urn_of(parent),
        custom=True,
        object=inputs,
        dependencies=[await _urn_of(resource) for resource in waits_for],
        acceptSecrets=True,
        acceptResources=True,
        supportsPartialValues=True,
        supportsResultReporting=True,
    )
    try:
        return await asyncio.get_running_loop().run_in_executor(None, monitor.RegisterResource, request)
    except grpc.RpcError as error:
        raise RegistrationLost(str(grpc_error_to_exception(error))) from error


async def _urn_of(resource: pulumi.Resource) -> str:
    return await resource.urn.future() or ""
