"""What the project's own folder holds of its stacks."""

from __future__ import annotations

import json
import re
import shutil
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from clockwork.project import Project
from clockwork.state.names import file_name, short_name
from clockwork.state.record import recorded_stacks

_ENGINES_OWN = "pulumi:"
_SETTINGS = re.compile(r"^config:", re.MULTILINE)


def state_file(project: Project, stack: str) -> Path:
    """Where the file backend in the project's folder keeps a stack."""
    return project.state / ".pulumi" / "stacks" / project.name / f"{short_name(stack)}.json"


@dataclass(frozen=True)
class LocalState:
    """What the project's folder holds of one stack, without the engine's own resources.

    Attributes:
        deployed: The resources as the state has them.
        pending: What a killed run was only about to make.
        is_readable: Whether the state could be read; one that is not there is readable, and empty.
    """

    deployed: Sequence[dict[str, Any]] = ()
    pending: Sequence[dict[str, Any]] = ()
    is_readable: bool = True

    @property
    def is_empty(self) -> bool:
        """Whether nothing is deployed, for certain, and nothing was about to be."""
        return self.is_readable and not self.deployed and not self.pending

    @property
    def packages(self) -> set[str]:
        """The Pulumi packages whose resources it holds."""
        return {str(one["type"]).partition(":")[0] for one in (*self.deployed, *self.pending)}


def read_state(project: Project, stack: str) -> LocalState:
    """Read what the project's folder holds of a stack; nothing when it is new.

    Args:
        project: The project.
        stack: The stack's name.
    """
    return _read(state_file(project, stack))


def other_stacks(project: Project, stack: str) -> list[str]:
    """Name the other stacks that still have something in the project's folder.

    That is what is deployed, or may be, and settings that a person made; a stack that was only
    planned has nothing.

    Args:
        project: The project.
        stack: The stack that does not count.
    """
    states = (project.state / ".pulumi" / "stacks").glob("**/*.json")
    deployed = {
        path.stem if path.parent.name == project.name else f"{path.parent.name}/{path.stem}"
        for path in states
        if not _read(path).is_empty
    }
    settings = {
        path.name[len("Pulumi.") : -len(".yaml")]
        for path in project.state.glob("Pulumi.*.yaml")
        if _has_settings(path)
    }
    return sorted({*deployed, *settings, *recorded_stacks(project)} - {stack, short_name(stack)})


def remove_traces(project: Project, stack: str) -> None:
    """Remove what the project's folder holds of a destroyed stack; the whole folder with the last one.

    Args:
        project: The project.
        stack: The stack's name; nothing may be deployed in it any more.
    """
    if not other_stacks(project, stack):
        shutil.rmtree(project.folder, ignore_errors=not project.folder.exists())
        return
    remove_stack_files(project, stack)


def remove_stack_files(project: Project, stack: str) -> None:
    """Remove the files of a stack in which nothing is deployed, but not the settings a person made for it.

    Args:
        project: The project.
        stack: The stack's name.
    """
    name = short_name(stack)
    for folder in ("stacks", "history", "backups"):
        for path in (project.state / ".pulumi" / folder / project.name).glob(f"{name}*"):
            if path.name == name:
                shutil.rmtree(path)
            elif path.name.partition(".json")[0] == name:
                path.unlink()
    for path in (project.state / ".pulumi" / "locks").glob(f"*/{project.name}/{name}"):
        if not any(path.iterdir()):
            path.rmdir()
    for path in project.folder.glob(f"*{file_name(stack)}*"):
        if path.name in (f"{file_name(stack)}.running", f"journal-{file_name(stack)}.jsonl"):
            path.unlink()
    settings = project.state / f"Pulumi.{name}.yaml"
    if not _has_settings(settings):
        settings.unlink(missing_ok=True)


def _has_settings(file: Path) -> bool:
    """Tell whether a stack's settings hold more than what the engine itself writes."""
    return file.exists() and _SETTINGS.search(file.read_text(encoding="utf-8", errors="replace")) is not None


def _read(file: Path) -> LocalState:
    try:
        latest = json.loads(file.read_text(encoding="utf-8"))["checkpoint"].get("latest") or {}
        pending = (one["resource"] for one in latest.get("pending_operations") or ())
        return LocalState(_not_engines_own(latest.get("resources") or ()), _not_engines_own(pending))
    except FileNotFoundError:
        return LocalState()
    except (OSError, ValueError, KeyError, TypeError, AttributeError):
        return LocalState(is_readable=False)


def _not_engines_own(resources: Iterable[dict[str, Any]]) -> list[dict[str, Any]]:
    return [one for one in resources if not one["type"].startswith(_ENGINES_OWN)]
