"""Serves the providers to the engine while no other run has the stack."""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager

from clockwork.deploy.run import NO_DOWNLOADS
from clockwork.plugins.manager import PluginManager
from clockwork.project import Project
from clockwork.providers.embedded import EmbeddedResource
from clockwork.providers.host import ProviderHost, package_of
from clockwork.settings import Settings
from clockwork.state.journal import Journal
from clockwork.state.local import LocalState
from clockwork.state.names import file_name
from clockwork.state.recovery import exclusive

_AT_ONCE = "PULUMI_PARALLEL_DIFF"
"""Has the engine ask providers to compare things side by side, not one after the other."""


@contextmanager
def serving(
    project: Project, settings: Settings, plugins: PluginManager, *, force: bool
) -> Iterator[ProviderHost]:
    """Serve all providers, or those alone of which Pulumi has no program.

    Args:
        project: The project.
        settings: Which stack, and whose providers.
        plugins: Who brings providers.
        force: Allow what providers otherwise refuse.

    Raises:
        StateError: Another run of Clockwork is at work on the stack, or its journal is damaged.
    """
    left_out = left_to_pulumi(settings, plugins).values()
    with (
        exclusive(project.folder, settings.stack),
        ProviderHost(
            [kind for kind in plugins.results("clockwork_providers") if kind not in left_out],
            project=project.root,
            journal=Journal(project.folder / f"journal-{file_name(settings.stack)}.jsonl"),
            force=force,
            left_out=left_out,
        ) as host,
    ):
        yield host


def left_to_pulumi(settings: Settings, plugins: PluginManager) -> dict[str, type[EmbeddedResource]]:
    """Name what is left to Pulumi's own programs, by type.

    Args:
        settings: Whose providers.
        plugins: Who brings providers.
    """
    found = plugins.results("clockwork_providers") if settings.providers == "official" else ()
    return {kind.type_token: kind for kind in found if package_of(kind) != "clockwork"}


def engine_environment(host: ProviderHost, held: LocalState | None) -> dict[str, str]:
    """Attach the providers; have them compare several things at once, and nobody look for their programs.

    Args:
        host: The providers.
        held: What the stack's state holds; ``None`` when it is not at hand.
    """
    given = {**host.environment, _AT_ONCE: os.environ.get(_AT_ONCE, "true")}
    if held is not None and held.packages <= set(host.packages):
        given[NO_DOWNLOADS] = "true"
    return given
