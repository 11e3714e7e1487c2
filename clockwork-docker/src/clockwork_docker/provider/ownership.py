"""Whose a thing of the engine is: labels that it carries, and claims in the stack's journal."""

from __future__ import annotations

import secrets
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from clockwork.errors import ProviderError
from clockwork.project import FOLDER_NAME
from clockwork.providers.embedded import Call
from clockwork.state.journal import Claim

PREFIX = "clockwork."
PROJECT, STACK, ADDRESS, FOLDER, TOKEN, SPEC, VOLUMES = (
    f"{PREFIX}{word}" for word in ("project", "stack", "address", "folder", "token", "spec", "volumes")
)
_COMPOSE_PROJECT = "com.docker.compose.project"


@dataclass(frozen=True)
class Owner:
    """The resource of a stack that a call works for.

    Attributes:
        project: The Pulumi project.
        stack: The stack.
        folder: The project's folder.
        address: The resource.
    """

    project: str
    stack: str
    folder: str
    address: str

    @classmethod
    def of(cls, call: Call) -> Owner:
        """Read it from a call's URN: ``urn:pulumi:STACK::PROJECT::TYPES::NAME``."""
        stack, project, *_ = call.urn.removeprefix("urn:pulumi:").split("::")
        return cls(project, stack, str(call.project), call.name)

    def labels(self, token: str, spec: str = "") -> dict[str, str]:
        """What a thing carries so that it is known as this resource's.

        Args:
            token: Drawn for this thing alone; the journal knows it.
            spec: The digest of the wish that it was made for.
        """
        told = {**self._stack_labels(), ADDRESS: self.address, TOKEN: token}
        return {**told, SPEC: spec} if spec else told

    def owns(self, labels: Mapping[str, str] | None, *, is_known: bool = False) -> bool:
        """Tell whether a thing was made by this stack of this folder.

        Args:
            labels: What it carries.
            is_known: Whether this folder's own notes tell of it: then it was made under the folder's earlier
                name, unless that is there still, and this folder is a copy.
        """
        carried = labels or {}
        of_stack = all(carried.get(name) == value for name, value in self._of_stack().items())
        folder = carried.get(FOLDER, "")
        return of_stack and (folder == self.folder or (is_known and not _is_project(folder)))

    def is_copy(self, labels: Mapping[str, str] | None) -> bool:
        """Tell whether a thing that this folder knows belongs to the folder that it was copied from."""
        folder = (labels or {}).get(FOLDER, self.folder)
        return folder != self.folder and _is_project(folder)

    def made(self, labels: Mapping[str, str]) -> bool:
        """Tell whether a thing was made for this very resource."""
        return self.owns(labels) and labels.get(ADDRESS) == self.address

    def filters(self) -> dict[str, list[str]]:
        """Give the engine's filter for what this resource made."""
        wanted = {**self._stack_labels(), ADDRESS: self.address}
        return {"label": [f"{name}={value}" for name, value in wanted.items()]}

    def _stack_labels(self) -> dict[str, str]:
        return {**self._of_stack(), FOLDER: self.folder}

    def _of_stack(self) -> dict[str, str]:
        return {PROJECT: self.project, STACK: self.stack}


def new_token() -> str:
    """Draw what tells one thing from every other, also from one of the same name."""
    return secrets.token_hex(8)


def mark_of(container: Mapping[str, Any]) -> str:
    """Give what tells a container from every other: its token, or its id where it carries none."""
    return str((container["Config"].get("Labels") or {}).get(TOKEN) or container["Id"])


def claim(call: Call, kind: str, name: str, token: str) -> None:
    """Note a thing in the journal before it is made, or before it gets a new name."""
    call.journal.claim(Claim(call.urn, kind, name, token))


def refuse_foreign(call: Call, kind: str, name: str, thing: Mapping[str, Any]) -> ProviderError:
    """Say that a name is taken by a thing that is not this resource's, and whose it is.

    Args:
        call: The call that found it.
        kind: Such as ``container``.
        name: Its name.
        thing: What the engine says of it, with its labels and its date.
    """
    labels = (thing.get("Config") or thing).get("Labels") or {}
    remove = f"docker rm -f {name}" if kind == "container" else f"docker {kind} rm {name}"
    return ProviderError(
        f"the {kind} {name!r} is already there, and is not this resource's: {_whose(labels, thing)}",
        address=call.name,
        field="name",
        hint=f"Choose another name; if it is yours and nobody needs it, `{remove}` removes it.",
    )


def not_of_the_copy(kind: str, name: str, labels: Mapping[str, str]) -> str:
    """Say why a thing is kept that the folder has, from which this one was copied.

    Args:
        kind: Such as ``container``.
        name: Its name.
        labels: What it carries.
    """
    return f"the {kind} {name} is kept: {labels[FOLDER]} has it, and this folder is a copy of that"


def own_labels(labels: Mapping[str, str] | None) -> dict[str, str]:
    """Give a thing's labels without those by which Clockwork knows it."""
    return {name: value for name, value in (labels or {}).items() if not name.startswith(PREFIX)}


def _is_project(folder: str) -> bool:
    return Path(folder, FOLDER_NAME, "state").is_dir()


def _whose(labels: Mapping[str, str], thing: Mapping[str, Any]) -> str:
    if ADDRESS in labels:
        return (
            f"the resource {labels[ADDRESS]!r} of the Clockwork project {labels.get(PROJECT)!r}, "
            f"stack {labels.get(STACK)!r}, in {labels.get(FOLDER)} made it"
        )
    if _COMPOSE_PROJECT in labels:
        return f"the compose project {labels[_COMPOSE_PROJECT]!r} made it"
    image = (thing.get("Config") or {}).get("Image")
    created = str(thing.get("Created") or thing.get("CreatedAt") or "")[:19].replace("T", " ")
    made = f"made {created}" if created else "made by hand"
    return f"{made}, from the image {image}" if image else made
