"""Opens a stack: its folder, its settings, its passphrase, and itself when it is new."""

from __future__ import annotations

import os
import re
import shutil
from collections.abc import Awaitable, Callable, Mapping
from pathlib import Path

from pulumi import automation as auto
from pulumi.automation.errors import StackAlreadyExistsError, StackNotFoundError

from clockwork.deploy.command import EngineCommand, EngineStack
from clockwork.errors import StateError
from clockwork.project import Project
from clockwork.settings import Settings
from clockwork.state.backend import backend_url, is_local
from clockwork.state.passphrase import passphrase_environment

_PACKAGE = re.compile(r"pulumi:providers:([A-Za-z0-9_.\-]+)")
_QUIET = {
    "PULUMI_SKIP_UPDATE_CHECK": "true",
    "PULUMI_DIY_BACKEND_DISABLE_CHECKPOINT_BACKUPS": "true",
    "PULUMI_DISABLE_CI_DETECTION": "true",
}


def open_stack(
    project: Project,
    settings: Settings,
    command: EngineCommand,
    environment: Mapping[str, str],
    program: Callable[[], Awaitable[None] | None] | None = None,
    *,
    create: bool,
) -> EngineStack | None:
    """Open a project's stack.

    Args:
        project: The project.
        settings: Which stack, and which backend.
        command: The engine.
        environment: More variables for the engine.
        program: The inline program.
        create: Whether a stack that does not exist is made.

    Returns:
        The stack; ``None`` when it does not exist and is not to be made.

    Raises:
        StateError: The folder cannot be written, or the backend cannot be reached.
    """
    url = backend_url(project, settings)
    if not create and is_local(project, url) and not _has_local_stack(project, settings.stack):
        return None
    _prepare(project, url)
    workspace = auto.LocalWorkspace(
        work_dir=str(project.state),
        program=program,
        env_vars={
            **_QUIET,
            **passphrase_environment(project.folder),
            "PULUMI_BACKEND_URL": url,
            **environment,
        },
        pulumi_command=command,
    )
    local = is_local(project, url)
    if not (local and _has_local_stack(project, settings.stack)):
        try:
            if local:
                workspace.create_stack(settings.stack)
            elif not _select_or_create(workspace, settings.stack, create=create):
                return None
        except auto.CommandError as error:
            raise StateError(
                f"the stack {settings.stack!r} cannot be opened in {url}: {engine_message(error)}",
                hint="Check the backend's address and your access to it.",
            ) from error
    return EngineStack(settings.stack, workspace)


def foreign_packages(project: Project, settings: Settings, embedded: list[str]) -> bool | None:
    """Tell whether a stack's state needs provider programs beside the embedded ones.

    Args:
        project: The project.
        settings: Which stack and backend.
        embedded: The packages this process serves.

    Returns:
        ``None`` when the state is not at hand.
    """
    if not is_local(project, backend_url(project, settings)):
        return None
    try:
        state = _local_state(project, settings.stack).read_text(encoding="utf-8")
    except FileNotFoundError:
        return False
    return not set(_PACKAGE.findall(state)) <= {*embedded, "pulumi"}


def other_stacks(project: Project, stack: str) -> list[str]:
    """Name the other stacks whose local state or settings live in the project's folder."""
    states = (project.state / ".pulumi" / "stacks").glob("**/*.json*")
    names = {path.name.partition(".json")[0] for path in states if not path.name.endswith(".bak")}
    settings = {path.name[len("Pulumi.") : -len(".yaml")] for path in project.state.glob("Pulumi.*.yaml")}
    return sorted((names | settings) - {stack, stack.rsplit("/", 1)[-1]})


def remove_local_stack(project: Project, stack: str) -> None:
    """Remove what the project's folder holds of one destroyed stack, and leave the others.

    Args:
        project: The project.
        stack: The stack's name; nothing may be deployed in it any more.
    """
    name = stack.rsplit("/", 1)[-1]
    for folder in ("stacks", "history", "backups"):
        for path in (project.state / ".pulumi" / folder / project.name).glob(f"{name}*"):
            if path.name == name:
                shutil.rmtree(path)
            elif path.name.partition(".json")[0] == name:
                path.unlink()
    (project.state / f"Pulumi.{name}.yaml").unlink(missing_ok=True)


def engine_message(error: auto.CommandError) -> str:
    """Take the engine's own words out of a failed command."""
    text = str(error)
    for line in text.splitlines():
        if "error:" in line:
            return line.partition("error:")[2].strip()
    return text.strip().splitlines()[-1] if text.strip() else "it failed without a word"


def _has_local_stack(project: Project, stack: str) -> bool:
    return _local_state(project, stack).exists()


def _local_state(project: Project, stack: str) -> Path:
    folder = project.state / ".pulumi" / "stacks" / project.name
    return folder / f"{stack.rsplit('/', 1)[-1]}.json"


def _prepare(project: Project, url: str) -> None:
    """Write what the engine, and the plain ``pulumi`` command, expect in the folder."""
    described = (
        "# Written by Clockwork; `pulumi` works in this folder.\n"
        f"name: {project.name}\n"
        "runtime: python\n"
        f"backend:\n  url: {url}\n"
    )
    try:
        project.state.mkdir(parents=True, exist_ok=True)
        _write_when_new(project.folder / ".gitignore", "*\n")
        file = project.state / "Pulumi.yaml"
        if not file.exists() or file.read_text(encoding="utf-8") != described:
            fresh = file.with_name(f"{file.name}.{os.getpid()}")
            fresh.write_text(described, encoding="utf-8")
            fresh.replace(file)
    except OSError as error:
        raise StateError(
            f"the project's folder cannot be written: {error.strerror}",
            file=Path(str(error.filename or project.folder)),
        ) from None


def _write_when_new(file: Path, text: str) -> None:
    if not file.exists():
        file.write_text(text, encoding="utf-8")


def _select_or_create(workspace: auto.LocalWorkspace, stack: str, *, create: bool) -> bool:
    try:
        workspace.select_stack(stack)
    except StackNotFoundError:
        if not create:
            return False
        try:
            workspace.create_stack(stack)
        except StackAlreadyExistsError:
            workspace.select_stack(stack)
    return True
