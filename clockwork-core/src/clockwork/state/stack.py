"""Opens a stack: its folder, its settings, its passphrase, and itself when it is new."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping
from pathlib import Path

from pulumi import automation as auto
from pulumi.automation.errors import StackAlreadyExistsError, StackNotFoundError

from clockwork.atomic import replace_file
from clockwork.credentials import without_credentials
from clockwork.deploy.command import EngineCommand, EngineStack
from clockwork.errors import StateError
from clockwork.logs import get_logger
from clockwork.project import Project
from clockwork.settings import Settings
from clockwork.state.backend import backend_url, is_local
from clockwork.state.local import state_file
from clockwork.state.messages import engine_message, state_error
from clockwork.state.names import check_name, short_name
from clockwork.state.passphrase import passphrase_environment
from clockwork.state.record import StackRecord

_QUIET = {
    "PULUMI_SKIP_UPDATE_CHECK": "true",
    "PULUMI_DIY_BACKEND_DISABLE_CHECKPOINT_BACKUPS": "true",
    "PULUMI_DISABLE_CI_DETECTION": "true",
}
_NOT_KEPT = "# The backend's address holds a password and is not kept: set PULUMI_BACKEND_URL.\n"
_log = get_logger(__name__)


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
            _make(workspace, settings.stack)
        elif not local:
            is_new = _join(workspace, project, settings, url, create=create)
    except StackNotFoundError:
        return None
    except auto.CommandError as error:
        raise state_error(error, settings.stack) or StateError(
            f"the stack {settings.stack!r} cannot be opened in {url}: {engine_message(error)}",
            hint="Check the backend's address and your access to it.",
        ) from error
    return EngineStack(settings.stack, workspace, is_new=is_new)


def unmake(stack: EngineStack) -> None:
    """Remove a stack that was made for a plan alone from a backend that others share; its settings stay.

    One that cannot be removed is only told of: it holds nothing, and what the plan found matters more.

    Args:
        stack: The stack.
    """
    try:
        _engine(stack.workspace, "stack", "rm", "--yes", "--preserve-config", stack.name)
    except auto.CommandError as error:
        _log.warning(
            "a stack that was made for a plan is still there", stack=stack.name, reason=engine_message(error)
        )


def _join(
    workspace: auto.LocalWorkspace, project: Project, settings: Settings, url: str, *, create: bool
) -> bool:
    """Find a stack that others may share, or make it; tell whether it is new."""
    try:
        _find(workspace, settings.stack)
    except StackNotFoundError:
        if not create:
            raise
        try:
            _make(workspace, settings.stack)
            return True
        except StackAlreadyExistsError:
            _find(workspace, settings.stack)
    _check_is_ours(workspace, project, settings, url)
    return False


def _find(workspace: auto.LocalWorkspace, stack: str) -> None:
    _engine(workspace, "stack", "--show-name", "--stack", stack)


def _make(workspace: auto.LocalWorkspace, stack: str) -> None:
    _engine(workspace, "stack", "init", "--no-select", stack)


def _engine(workspace: auto.Workspace, *args: str) -> None:
    """Run the engine; never to select a stack: it would keep the backend's address, passwords and all."""
    workspace.pulumi_command.run([*args], str(workspace.work_dir), workspace.env_vars)


def _check_is_ours(workspace: auto.LocalWorkspace, project: Project, settings: Settings, url: str) -> None:
    """Refuse a stack with resources that neither this folder nor the person's word connects with us.

    Folders of one name are common, and a backend tells projects apart by their names alone.
    """
    record = StackRecord.read(project, settings.stack)
    ours = (without_credentials(url), project.name)
    if project.is_named or (record and (without_credentials(record.backend), record.project) == ours):
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
    holds_password = without_credentials(url) != url
    described = (
        "# Written by Clockwork; `pulumi` works in this folder.\n"
        f'name: "{project.name}"\n'
        "runtime: python\n" + (_NOT_KEPT if holds_password else f"backend:\n  url: {url}\n")
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
