"""What a model may choose for a file, and what it may not."""

from __future__ import annotations

import asyncio
import os
from collections.abc import Iterable, Iterator, Mapping
from functools import partial
from pathlib import Path
from typing import Any

from clockwork.guard.paths import refused_path
from clockwork.hook_types import Check, CompletionContext, GuardRule, NotChecked, Refusal
from clockwork.hosts import SSHHost, in_use
from clockwork.placeholders import has_placeholder
from clockwork.project import Project
from clockwork.state.record import recorded_claims
from clockwork_file.contents import without_placeholders, wrong_content
from clockwork_file.place import FilePlace
from clockwork_file.resource import FileResource
from clockwork_file.shells import shell_of, unreadable

SPECIAL_MODE = GuardRule("special-mode", "modes with setuid, setgid or the sticky bit")
WORLD_WRITABLE = GuardRule("world-writable", "files that everybody can write")
RULES = (SPECIAL_MODE, WORLD_WRITABLE)

_SET_ID_OR_STICKY = 0o7000
_WRITABLE_BY_ALL = 0o002


def refusals(
    resource: FileResource, values: Mapping[str, Any], context: CompletionContext
) -> Iterable[Refusal]:
    """Refuse paths that are not a model's to choose, dangerous modes, and contents of the wrong kind.

    Args:
        resource: The completed file.
        values: What did not come from the user.
        context: The project.
    """
    yield from _of_path(resource, values, context)
    if "mode" in values:
        yield from _of_mode(str(values["mode"]))
    if "content" in values and (wrong := _wrong_content(resource, str(values["content"]))):
        yield Refusal("content", wrong)


def checks(resource: FileResource, values: Mapping[str, Any], context: CompletionContext) -> Iterable[Check]:
    """Find out whether the path that a model chose is free, and whether a shell can read its script.

    Args:
        resource: The completed file.
        values: The model's values.
        context: The project.
    """
    if "content" in values and (shell := shell_of(_name_of(resource), str(values["content"]))):
        yield Check(
            "content", f"whether {shell} can read it", partial(_unreadable, shell, str(values["content"]))
        )
    if _is_chosen(resource, values) and not resource.adopt and resource.file:
        asks = f"whether {Path(resource.file).name} is there"
        yield Check(_chosen_field(values), asks, partial(_taken, resource, context.project))


def _of_path(
    resource: FileResource, values: Mapping[str, Any], context: CompletionContext
) -> Iterator[Refusal]:
    if not _is_chosen(resource, values) or resource.name is None or resource.directory is None:
        return
    given = None if "directory" in values else str(Path(resource.directory))
    if Path(resource.directory).name == resource.name:
        yield _one_for_both(resource.name, values)
    path = str(Path(resource.directory) / resource.name)
    field, on_host = _chosen_field(values), resource.on is not None
    yield from refused_path(field, path, context.project, given=given, on_host=on_host)


def _one_for_both(name: str, values: Mapping[str, Any]) -> Refusal:
    if "directory" in values:
        return Refusal("directory", f"{name} is the file; write the folder that it stands in")
    return Refusal("name", f"{name} is the folder; write the name of a file in it, with its extension")


def _is_chosen(resource: FileResource, values: Mapping[str, Any]) -> bool:
    return resource.path is None and bool({"name", "directory"} & values.keys())


def _chosen_field(values: Mapping[str, Any]) -> str:
    return "directory" if "directory" in values else "name"


def _taken(resource: FileResource, project: Path) -> str | None:
    if recorded_claims(Project.of(project / "main.py")).issuperset(resource.claims()):
        return None
    file = str(resource.file)
    if not (os.path.lexists(file) if resource.on is None else _is_there(file, resource.on, project)):
        return None
    return f"{Path(file).name} is there already, and is not yours to replace; choose another name"


def _is_there(file: str, host: SSHHost, project: Path) -> bool:
    if has_placeholder(host):
        raise NotChecked(f"where {host.name} is reached is known only later")

    async def look() -> bool:
        place = await FilePlace.of(file, host, project)
        return await place.machine.look(place.path) is not None

    with in_use():
        return asyncio.run(look())


def _wrong_content(resource: FileResource, content: str) -> str | None:
    return wrong_content(_name_of(resource), content, resource.description)


def _unreadable(shell: str, content: str) -> str | None:
    wrong = unreadable(shell, without_placeholders(content))
    return None if wrong is None else f"it is no script that {shell} can read: {wrong}"


def _name_of(resource: FileResource) -> str:
    return Path(resource.path or resource.name or "").name


def _of_mode(mode: str) -> Iterator[Refusal]:
    if has_placeholder(mode):
        yield Refusal("mode", "it holds a value that is known only later; write the digits")
        return
    bits = int(mode, 8)
    if bits & _SET_ID_OR_STICKY:
        yield Refusal(
            "mode", "it sets setuid, setgid or sticky; use three digits such as 644", SPECIAL_MODE.name, mode
        )
    if bits & _WRITABLE_BY_ALL:
        yield Refusal(
            "mode", "everybody could write the file; use 644, 600 or 755", WORLD_WRITABLE.name, mode
        )
