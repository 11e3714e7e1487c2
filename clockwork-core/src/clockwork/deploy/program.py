"""The Pulumi program of a project: it compiles the completed resources, each after what it depends on."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import pulumi
from pulumi.runtime import register_stack_transformation

from clockwork.deploy.engine_log import keep_engine_log_quiet
from clockwork.deploy.order import in_order
from clockwork.errors import ClockworkError, DeployError
from clockwork.plugins.manager import PluginManager
from clockwork.providers.registration import Registrations
from clockwork.resources.base import Resource


class PulumiProgram:
    """The inline program that the engine runs, once for each phase of a command.

    Attributes:
        owners: The address of the resource that registered each Pulumi type and name.
        error: What the last run raised, if it did.
    """

    def __init__(self, resources: Sequence[Resource], plugins: PluginManager) -> None:
        """Prepare a program; nothing is compiled yet.

        Args:
            resources: Completed resources.
            plugins: Who compiles them.
        """
        self._resources = resources
        self._plugins = plugins
        self.owners: dict[tuple[str, str], str] = {}
        self.error: BaseException | None = None

    async def __call__(self) -> None:
        """Register every resource with the running engine.

        Raises:
            ClockworkError: A resource cannot be compiled.
        """
        self.error = None
        keep_engine_log_quiet()
        registrations = Registrations(self.owners)
        try:
            with registrations.running():
                register_stack_transformation(registrations.transform)
                compiled: dict[str, pulumi.Resource] = {}
                for resource in in_order(self._resources):
                    if resource.is_wanted():
                        compiled[resource.address] = self._compile(resource, compiled, registrations)
            await registrations.finish()
        except BaseException as error:
            self.error = error
            raise

    def _compile(
        self, resource: Resource, compiled: Mapping[str, pulumi.Resource], registrations: Registrations
    ) -> pulumi.Resource:
        waits_for = [compiled[other.address] for other in resource.depends_on if other.address in compiled]
        with registrations.compiling(resource.address, waits_for):
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
        return made
