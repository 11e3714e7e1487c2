"""What the project's own folder holds of its stacks."""

from __future__ import annotations

import json
import re
import shutil
from collections.abc import Callable, Iterable
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


def holds_nothing(project: Project, stack: str) -> bool:
    """Tell whether the project's folder has no state of a stack, or an empty one."""
    return _resources(state_file(project, stack)) == []


def resources_in_state(project: Project, stack: str) -> list[dict[str, Any]]:
    """Give the resources that a local stack holds, as its state has them; none when it is new.

    What a killed run was only about to make is not among them.
    """
    return _deployed(state_file(project, stack)) or []


def packages_in_state(project: Project, stack: str) -> set[str]:
    """Name the Pulumi packages whose resources a local stack holds; none when it is new."""
    return {str(one["type"]).partition(":")[0] for one in _resources(state_file(project, stack)) or ()}


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
        if _resources(path) != []
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


def _deployed(file: Path) -> list[dict[str, Any]] | None:
    """The resources in a state, without the engine's own; ``None`` when it cannot be read."""
    return _read(file, lambda latest: latest.get("resources") or ())


def _resources(file: Path) -> list[dict[str, Any]] | None:
    """The resources in a state and those that a run was about to make; ``None`` when it cannot be read."""
    return _read(file, lambda latest: [*(latest.get("resources") or ()), *_pending(latest)])


def _read(
    file: Path, choose: Callable[[dict[str, Any]], Iterable[dict[str, Any]]]
) -> list[dict[str, Any]] | None:
    try:
        document = json.loads(file.read_text(encoding="utf-8"))
        found = choose(document["checkpoint"].get("latest") or {})
        return [one for one in found if not one["type"].startswith(_ENGINES_OWN)]
    except FileNotFoundError:
        return []
    except (OSError, ValueError, KeyError, TypeError, AttributeError):
        return None


def _pending(latest: dict[str, Any]) -> list[dict[str, Any]]:
    return [one["resource"] for one in latest.get("pending_operations") or ()]
