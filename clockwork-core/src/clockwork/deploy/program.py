"""The Pulumi program of a project: it compiles the completed resources, each after what it depends on."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Any

import pulumi
from pulumi.runtime import register_stack_transformation

from clockwork.approvals import Approvals
from clockwork.deploy.engine_log import keep_engine_log_quiet
from clockwork.deploy.gate import Gate
from clockwork.deploy.resolving import Resolver
from clockwork.deploy.review import CommandReview
from clockwork.errors import ClockworkError, DeployError
from clockwork.plugins.manager import PluginManager
from clockwork.providers.embedded import EmbeddedResource
from clockwork.providers.registration import Registrations
from clockwork.resources.base import Resource
from clockwork.resources.order import dependencies, direct, in_order


class PulumiProgram:
    """The inline program that the engine runs, once for each phase of a command.

    Attributes:
        owners: The address of the resource that registered each Pulumi type and name.
        types: The Pulumi types of what was registered.
        review: What it has run as commands, held against what people allowed.
        error: What the last run raised, if it did.
    """

    def __init__(
        self,
        resources: Sequence[Resource],
        plugins: PluginManager,
        project: Path,
        gate: Gate | None = None,
        *,
        approvals: Approvals | None = None,
        refuses: bool = True,
        elsewhere: Mapping[str, type[EmbeddedResource]] | None = None,
    ) -> None:
        """Prepare a program; nothing is compiled yet.

        Args:
            resources: Completed resources.
            plugins: Who compiles them.
            project: The folder of the user's file.
            gate: What waits for resources to be ready; ``None`` when nobody waits.
            approvals: The commands of a model that may run; none when ``None``.
            refuses: Whether any other command of a model stops the run; a plan only tells it.
            elsewhere: What Pulumi's own programs are to build instead of these classes, by type.
        """
        self._elsewhere = elsewhere or {}
        self._gate = gate
        self._by_address = {resource.address: resource for resource in resources}
        self._plugins = plugins
        self._project = project
        self.owners: dict[tuple[str, str], str] = {}
        self.types: set[str] = set()
        self.review = CommandReview(plugins, self._by_address, approvals or Approvals(), refuses)
        self.error: BaseException | None = None

    async def __call__(self) -> None:
        """Register every resource with the running engine.

        Raises:
            ClockworkError: A resource cannot be compiled.
        """
        self.error = None
        keep_engine_log_quiet()
        gate = None if pulumi.runtime.is_dry_run() else self._gate
        run = _ProgramRun(self._by_address, self._plugins, self._project, self.owners, self._look, gate)
        try:
            await run.finish()
        except BaseException as error:
            self.error = error
            raise

    def _look(self, address: str, type_token: str, inputs: Mapping[str, Any]) -> None:
        """Note what is registered; refuse what nobody allowed, and what would not be understood."""
        self.types.add(type_token)
        self.review.look(address, type_token, inputs)
        if type_token in self._elsewhere:
            self._elsewhere[type_token].refuse_elsewhere(inputs)


class _ProgramRun:
    """One run of the program: what is registered, and what it gives to the resources that follow."""

    def __init__(
        self,
        resources: dict[str, Resource],
        plugins: PluginManager,
        project: Path,
        owners: dict[tuple[str, str], str],
        look: Callable[[str, str, Mapping[str, Any]], None],
        gate: Gate | None,
    ) -> None:
        self._resources = resources
        self._gate = gate
        self._plugins = plugins
        self._registrations = Registrations(owners, look)
        self._resolver = Resolver(project, self._register_secret)

    async def finish(self) -> None:
        ordered = [one for one in in_order([*self._resources.values()]) if one.is_wanted()]
        waited_for = self._gate.concerns(ordered) if self._gate else set()
        with self._registrations.running():
            register_stack_transformation(self._registrations.transform)
            if self._gate is not None and waited_for:
                await self._register_through(self._gate, ordered, waited_for)
            else:
                for resource in ordered:
                    self._compile(resource)
        await self._registrations.finish()

    async def _register_through(self, gate: Gate, ordered: list[Resource], waited_for: set[str]) -> None:
        """Register each resource as soon as those it depends on are ready; independent ones go on.

        What is in a group waits until the group is registered, but not until it is ready: a group is ready
        by what is in it.
        """
        registered: dict[str, asyncio.Task[pulumi.Resource]] = {}
        ready: dict[str, asyncio.Task[None]] = {}

        async def register(resource: Resource) -> pulumi.Resource:
            needs = {*direct(resource, self._resources), *dependencies(resource, self._resources)}
            await asyncio.gather(*(ready[address] for address in needs if address in ready))
            if group := resource.links.group:
                await registered[group.address]
            return self._compile(resource)

        async def get_ready(resource: Resource) -> None:
            made = await registered[resource.address]
            if resource.address in waited_for:
                await gate.passed(resource, made, lambda value: self._resolver.resolve(resource, value))

        for resource in ordered:
            registered[resource.address] = asyncio.create_task(register(resource))
            ready[resource.address] = asyncio.create_task(get_ready(resource))
        outcomes = await asyncio.gather(*ready.values(), return_exceptions=True)
        for outcome in outcomes:
            if isinstance(outcome, BaseException):
                raise outcome

    def _compile(self, resource: Resource) -> pulumi.Resource:
        compiled = self._resolver.compiled
        needs = dependencies(resource, self._resources)
        waits_for = [compiled[address] for address in needs if address in compiled]
        group = resource.links.group
        parent = compiled[group.address] if group else None
        with self._registrations.compiling(
            resource.address,
            waits_for=waits_for,
            parent=parent,
            resolve=lambda value: self._resolver.resolve(resource, value),
        ):
            try:
                made = self._plugins.first("clockwork_compile", resource=resource)
            except ClockworkError as error:
                error.address = error.address or resource.address
                raise
        if not isinstance(made, pulumi.Resource):
            kind = type(resource).__name__
            raise DeployError(
                f"{kind}.to_pulumi() returned {type(made).__name__}, not a Pulumi resource",
                address=resource.address,
                hint="It must return the resource that it makes.",
            )
        compiled[resource.address] = made
        return made

    def _register_secret(self, name: str, make: Callable[[], Any]) -> Any:
        """Register a generated secret as a resource of its own, whoever needs it first."""
        with self._registrations.compiling(name):
            return make()
