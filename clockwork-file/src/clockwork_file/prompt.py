"""What a model is told about files, beyond what it is told about every resource."""

from __future__ import annotations

from collections.abc import Iterator

from clockwork.hook_types import PromptPart
from clockwork_file.resource import FileResource

_CUSTOMS = {
    "name": "The name has the extension of what is in it. Where programs look for a certain name, it is that "
    "one, such as Makefile, in the folder where they look for it.",
    "mode": "The mode is 755 for a script that is run, and 644 for anything else.",
}


def file_prompt(file: FileResource, missing: tuple[str, ...]) -> Iterator[PromptPart]:
    """Say what is customary for the fields that are asked for.

    Args:
        file: The file as it is known.
        missing: The fields.
    """
    if customs := [_CUSTOMS[field] for field in missing if field in _CUSTOMS]:
        yield PromptPart("file", " ".join(customs))
