"""Opens a stack: its folder, its settings, its passphrase, and itself when it is new."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping
from enum import Enum
from enum import auto as auto_value
from pathlib import Path

from pulumi import automation as auto
from pulumi.automation.errors import StackAlreadyExistsError, StackNotFoundError

from clockwork.atomic import replace_file
from clockwork.credentials import without_credentials
from clockwork.deploy.command import EngineCommand, EngineStack
from clockwork.errors import StateError
from clockwork.project import Project
from clockwork.settings import Settings
from clockwork.state.backend import backend_url, is_local
from clockwork.state.local import remove_stack_files, state_file
from clockwork.state.messages import engine_message, state_error
from clockwork.state.names import check_name, short_name
from clockwork.state.passphrase import passphrase_environment
from clockwork.state.record import StackRecord

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
        StateError: The folder cannot be written, the backend cannot be reached, or the stack is
            another project's.
        UsageError: The backend cannot have a stack of this name.
    """
    url = backend_url(project, settings)
    check_name(settings.stack, project.name, url)
    local = is_local(project, url)
    has_state = local and state_file(project, settings.stack).exists()
    if local and not has_state and not create:
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
    is_new = local and not has_state
    try:
        if is_new:
            workspace.create_stack(settings.stack)
        elif not local:
            joined = _join(workspace, project, settings, url, create=create)
            if joined is None:
                return None
            is_new = joined is Joined.MADE
    except auto.CommandError as error:
        raise state_error(error, settings.stack) or StateError(
            f"the stack {settings.stack!r} cannot be opened in {url}: {engine_message(error)}",
            hint="Check the backend's address and your access to it.",
        ) from error
    return EngineStack(settings.stack, workspace, is_new=is_new)


def remove_planned(project: Project, settings: Settings, stack: EngineStack) -> None:
    """Remove a stack that was made for a plan: whoever only looks makes nothing that stays.

    Settings that a person made for it are kept.

    Args:
        project: The project.
        settings: Which stack, and which backend.
        stack: The stack; nothing was deployed to it.

    Raises:
        StateError: The backend refuses.
    """
    if is_local(project, backend_url(project, settings)):
        remove_stack_files(project, stack.name)
        return
    try:
        stack.workspace.remove_stack(stack.name, preserve_config=True)
    except auto.CommandError as error:
        raise state_error(error, stack.name) or StateError(
            f"the stack {stack.name!r}, which was made for a plan, cannot be removed: {engine_message(error)}"
        ) from error
    remove_stack_files(project, stack.name)


class Joined(Enum):
    """How a stack that others may share was come by."""

    FOUND = auto_value()
    MADE = auto_value()


def _join(
    workspace: auto.LocalWorkspace, project: Project, settings: Settings, url: str, *, create: bool
) -> Joined | None:
    """Select a stack that others may share, or make it; ``None`` when it is not there."""
    try:
        workspace.select_stack(settings.stack)
    except StackNotFoundError:
        if not create:
            return None
        try:
            workspace.create_stack(settings.stack)
            return Joined.MADE
        except StackAlreadyExistsError:
            workspace.select_stack(settings.stack)
    _check_is_ours(workspace, project, settings, url)
    return Joined.FOUND


def _check_is_ours(workspace: auto.LocalWorkspace, project: Project, settings: Settings, url: str) -> None:
    """Refuse a stack with resources that neither this folder nor the person's word connects with us.

    Folders of one name are common, and a backend tells projects apart by their names alone.
    """
    record = StackRecord.read(project, settings.stack)
    ours = (without_credentials(url), project.name)
    if project.is_named or (record and (record.backend, record.project) == ours):
        return
    holds = {short_name(one.name): one.resource_count for one in workspace.list_stacks()}
    if holds.get(short_name(settings.stack)):
        raise StateError(
            f"the stack {settings.stack!r} of the project {project.name!r} in {ours[0]} holds resources"
            " that were not deployed from this folder",
            hint="If it is this project's, say so: set"
            f' project-name = "{project.name}" under [tool.clockwork] in pyproject.toml, or CW_PROJECT_NAME.'
            " If it is another's, choose another name there.",
        )


def _prepare(project: Project, url: str) -> None:
    """Write what the engine, and the plain ``pulumi`` command, expect in the folder."""
    described = (
        "# Written by Clockwork; `pulumi` works in this folder.\n"
        f"name: {project.name}\n"
        "runtime: python\n"
        f"backend:\n  url: {without_credentials(url)}\n"
    )
    try:
        project.state.mkdir(parents=True, exist_ok=True)
        _write_when_new(project.folder / ".gitignore", "*\n")
        file = project.state / "Pulumi.yaml"
        if not file.exists() or file.read_text(encoding="utf-8") != described:
            replace_file(file, described)
    except OSError as error:
        raise StateError(
            f"the project's folder cannot be written: {error.strerror}",
            file=Path(str(error.filename or project.folder)),
        ) from None


def _write_when_new(file: Path, text: str) -> None:
    if not file.exists():
        file.write_text(text, encoding="utf-8")
