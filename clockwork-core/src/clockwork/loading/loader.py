"""The first stage: from the user's file to resources that know their address."""

from __future__ import annotations

import re
from pathlib import Path
from typing import TYPE_CHECKING

from clockwork.claims import holder
from clockwork.errors import LoadError, PluginError
from clockwork.hook_types import FoundResource, LoadedFile
from clockwork.loading.placing import place

if TYPE_CHECKING:
    from collections.abc import Iterable

    from clockwork.plugins.info import Given
    from clockwork.plugins.manager import PluginManager
    from clockwork.project import Project
    from clockwork.resources.base import Resource


def load_resources(project: Project, plugins: PluginManager) -> list[Resource]:
    """Load the user's file and give its resources, each placed at its address.

    Args:
        project: The user's file and its folder.
        plugins: Who loads the file and finds resources in it.

    Returns:
        The resources in order of definition; an object with two names has the first one.

    Raises:
        LoadError: The file is not there, cannot be loaded, or declares no resources.
        PluginError: A plugin failed, or two gave one address to different resources.
    """
    _check_there(project.main_file)
    with plugins.in_use():
        loaded = plugins.first("clockwork_load_file", path=project.main_file)
        if loaded is None:
            raise _of_unknown_kind(project.main_file)
        given = plugins.ask("clockwork_discover_resources", loaded=loaded).given
    found = _each_once(_in_order_of_definition(given, loaded))
    if not found:
        raise _nothing_found(loaded)
    return place(found, loaded, project, plugins)


def check_claims(resources: Iterable[Resource]) -> None:
    """Check that no two resources claim the same real thing.

    Args:
        resources: The resources of a project, before or after their completion.

    Raises:
        LoadError: Two of them do; the message names both and the thing.
    """
    claimed: dict[str, Resource] = {}
    for resource in resources:
        for claim in dict.fromkeys(resource.claims()):
            other = holder(claim, claimed) or resource
            claimed.setdefault(claim, resource)
            if other is not resource:
                raise LoadError(
                    f"it claims {claim}, and so does {other.address}",
                    address=resource.address,
                    hint="Remove one of the two, or let it describe another thing.",
                )


def _check_there(path: Path) -> None:
    if path.is_dir():
        raise LoadError(
            f"{path} is a folder, not a file",
            hint=f"Name the file in it: --file {path / 'main.py'}",
        )
    if not path.exists():
        raise LoadError(
            f"there is no file {path}",
            hint="Change to the folder of your main.py, or name another file with --file.",
        )


def _of_unknown_kind(path: Path) -> LoadError:
    kind = f"{path.suffix} files" if path.suffix else "files without an ending"
    return LoadError(
        f"no installed plugin loads {kind}",
        file=path,
        hint="Name a Python file, such as main.py, with --file.",
    )


def _nothing_found(loaded: LoadedFile) -> LoadError:
    return LoadError(
        "it declares no resources",
        file=loaded.path,
        hint="Resources are found in the file's variables, and in lists, tuples and dicts of them;"
        " not inside functions, and not in names that start with an underscore.",
    )


def _in_order_of_definition(given: Iterable[Given], loaded: LoadedFile) -> list[Given]:
    """Sort by where the name that an address begins with is defined; what has none comes last."""
    positions = {name: position for position, name in enumerate(loaded.names)}
    return sorted(given, key=lambda one: positions.get(re.split(r"[.\[]", one.name)[0], len(positions)))


def _each_once(given: Iterable[Given]) -> list[FoundResource]:
    by_object: set[int] = set()
    by_address: dict[str, Given] = {}
    for one in given:
        if id(one.result.resource) in by_object:
            continue
        other = by_address.setdefault(one.result.address, one)
        if other is not one:
            raise PluginError(
                f"two resources have the address {one.result.address}:"
                f" one from plugin {other.origin}, one from plugin {one.origin}",
                hint="Name one of the plugins in CLOCKWORK_DISABLE_PLUGINS.",
            )
        by_object.add(id(one.result.resource))
    return [one.result for one in by_address.values()]
