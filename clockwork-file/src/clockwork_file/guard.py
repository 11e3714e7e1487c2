"""What a model may choose for a file, and what it may not."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from pathlib import PurePath
from typing import Any

from clockwork.hook_types import CompletionContext, Refusal
from clockwork.hosts.paths import inside_login_folder
from clockwork.paths import inside_project
from clockwork_file.resource import FileResource

_SET_ID_OR_STICKY = 0o7000
_WRITABLE_BY_ALL = 0o002


def refusals(
    resource: FileResource, values: Mapping[str, Any], context: CompletionContext
) -> Iterable[Refusal]:
    """Refuse paths outside the project or the login's folder, dangerous modes and empty contents.

    Args:
        resource: The completed file.
        values: What did not come from the user.
        context: The project.
    """
    if {"name", "directory"} & values.keys() and resource.path is None:
        field = "directory" if "directory" in values else "name"
        if resource.name is not None and resource.directory is not None:
            chosen = f"{resource.directory}/{resource.name}"
            if PurePath(resource.directory).name == resource.name:
                yield Refusal("directory", f"{resource.name} is the file; write the folder that it stands in")
            is_here = resource.on is None
            outside = inside_project(chosen, context.project) if is_here else inside_login_folder(chosen)
            if outside:
                yield Refusal(field, outside)
    if "mode" in values and isinstance(values["mode"], str):
        bits = int(values["mode"], 8)
        if bits & _SET_ID_OR_STICKY:
            yield Refusal("mode", "it sets setuid, setgid or sticky; use three digits such as 644")
        if bits & _WRITABLE_BY_ALL:
            yield Refusal("mode", "everybody could write the file; use 644, 600 or 755")
    if "content" in values and not str(values["content"]).strip():
        yield Refusal("content", "it is empty")
