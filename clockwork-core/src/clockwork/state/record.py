"""What was deployed from the project's folder: one record for each stack, whatever its backend."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator
from dataclasses import asdict, dataclass
from pathlib import Path

from clockwork.atomic import replace_file
from clockwork.claims import holder
from clockwork.errors import LoadError, StateError
from clockwork.project import Project
from clockwork.resources.base import Resource
from clockwork.state.names import file_name


@dataclass(frozen=True)
class StackRecord:
    """What this folder deployed to one stack.

    It is written before the first resource is made and removed after the last one is gone.

    Attributes:
        stack: The stack's name.
        project: The Pulumi project's name.
        backend: Where the state is kept, without credentials; empty for the project's own folder.
        claims: The real things that the stack's resources claim.
        process: The run at work on the stack; one that was killed stays. 0 when there is none.
        file: The name of the file that declared the resources; empty where it is not known.
        applied: What was applied last, as a digest; empty where something else was done since.
    """

    stack: str
    project: str
    backend: str
    claims: tuple[str, ...] = ()
    process: int = 0
    file: str = ""
    applied: str = ""

    @classmethod
    def read(cls, project: Project, stack: str) -> StackRecord | None:
        """Read the record of a stack; ``None`` when nothing was deployed to it from here.

        Raises:
            StateError: The file is damaged.
        """
        return next((one for one in _records(project) if one.stack == stack), None)

    def write(self, project: Project) -> None:
        """Write the record, in one step.

        Raises:
            StateError: The folder cannot be written.
        """
        file = _folder(project) / f"{file_name(self.stack)}.json"
        try:
            file.parent.mkdir(parents=True, exist_ok=True)
            replace_file(file, json.dumps(asdict(self), indent=1) + "\n")
        except OSError as error:
            raise StateError(
                f"the record of the stack cannot be written: {error.strerror}", file=file
            ) from None


def forget(project: Project, stack: str) -> None:
    """Remove the record of a stack that holds nothing any more."""
    (_folder(project) / f"{file_name(stack)}.json").unlink(missing_ok=True)


def recorded_stacks(project: Project) -> set[str]:
    """Name the stacks that something was deployed to from this folder."""
    return {record.stack for record in _records(project)}


def recorded_claims(project: Project) -> set[str]:
    """Give the real things that were deployed from this folder, whatever the stack.

    Raises:
        StateError: A record is damaged.
    """
    return {claim for record in _records(project) for claim in record.claims}


def claims_of(resources: Iterable[Resource]) -> tuple[str, ...]:
    """The real things that resources claim, each once."""
    return tuple(dict.fromkeys(claim for resource in resources for claim in resource.claims()))


def check_not_of_another_stack(project: Project, stack: str, resources: Iterable[Resource]) -> None:
    """Check that no other stack of this folder has what the resources claim.

    Two stacks that have the same thing would undo each other's work.

    Args:
        project: The project.
        stack: The stack to deploy to.
        resources: Its completed resources.

    Raises:
        LoadError: Another stack has it; the message names both.
    """
    taken = {claim: one.stack for one in _records(project) if one.stack != stack for claim in one.claims}
    for resource in resources:
        for claim in resource.claims():
            if has_it := holder(claim, taken):
                raise LoadError(
                    f"it claims {claim}, which the stack {has_it!r} of this project has",
                    address=resource.address,
                    hint=f"Let it be another thing in the stack {stack!r}, or run"
                    f" `clockwork destroy --stack {has_it}` first.",
                )


def _records(project: Project) -> Iterator[StackRecord]:
    for file in sorted(_folder(project).glob("*.json")):
        try:
            found = json.loads(file.read_text(encoding="utf-8"))
            yield StackRecord(**{**found, "claims": tuple(found["claims"])})
        except FileNotFoundError:
            continue
        except (OSError, ValueError, KeyError, TypeError) as error:
            raise StateError(
                f"the record of a stack cannot be read: {error}",
                file=file,
                hint="Remove it if nothing of that stack is deployed any more.",
            ) from None


def _folder(project: Project) -> Path:
    return project.folder / "stacks"
