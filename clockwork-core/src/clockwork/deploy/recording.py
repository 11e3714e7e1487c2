"""Keeps the folder's record of a stack true while the engine works on it."""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace

from clockwork.credentials import without_credentials
from clockwork.deploy.command import EngineCommand
from clockwork.deploy.kind import Kind
from clockwork.deploy.session import EngineSession
from clockwork.deploy.unchanged import digest
from clockwork.project import Project
from clockwork.settings import Settings
from clockwork.state.backend import backend_url, is_local
from clockwork.state.record import StackRecord, claims_of, forget


@contextmanager
def recorded(
    project: Project, settings: Settings, session: EngineSession, runner: EngineCommand
) -> Iterator[None]:
    """Record what a command deploys, also one that fails or is killed; nothing for one that only looks.

    Args:
        project: The project.
        settings: Which stack, and which backend.
        session: The command.
        runner: The engine that runs it.

    Raises:
        StateError: The folder cannot be written.
    """
    if not session.kind.changes_things:
        yield
        return
    url = backend_url(project, settings)
    place = "" if is_local(project, url) else without_credentials(url)
    now = StackRecord(
        settings.stack, project.name, place, claims_of(session.resources), file=project.main_file.name
    )
    earlier = StackRecord.read(project, settings.stack)
    claims = dict.fromkeys((*now.claims, *(earlier.claims if earlier else ())))
    if session.program is None and earlier:
        now = replace(now, file=earlier.file)
    both = replace(now, claims=tuple(claims))
    replace(both, process=os.getpid()).write(project)
    try:
        yield
    except BaseException:
        if not runner.was_killed:
            both.write(project)
        raise
    if session.targets:
        both.write(project)
    elif session.kind is Kind.DESTROY:
        forget(project, settings.stack)
    elif place:
        now.write(project)
    else:
        replace(now, applied=digest(project, settings.stack, session.resources)).write(project)


def other_file(project: Project, stack: str) -> str | None:
    """Name the file that a stack was deployed from last, where that is another one than now.

    Raises:
        StateError: The record is damaged.
    """
    earlier = StackRecord.read(project, stack)
    before = earlier.file if earlier is not None else ""
    return before if before and before != project.main_file.name else None


def killed_run(project: Project, stack: str) -> int | None:
    """Name the process whose run on a stack was killed; call it while no run has the stack.

    Raises:
        StateError: The record is damaged.
    """
    earlier = StackRecord.read(project, stack)
    return (earlier.process or None) if earlier else None
