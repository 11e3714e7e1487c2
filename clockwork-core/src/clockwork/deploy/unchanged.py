"""An apply of what was applied before: it plans, and where nothing changes that was all."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Sequence

from clockwork.deploy.changes import EventLog
from clockwork.deploy.command import EngineCommand, EngineStack
from clockwork.plugins.entry_points import core_origin
from clockwork.project import Project
from clockwork.resources.base import Resource
from clockwork.state.local import state_file
from clockwork.state.record import StackRecord

Command = Callable[[EngineStack, EventLog], object]


def is_as_left(project: Project, stack: str, resources: Sequence[Resource]) -> bool:
    """Tell whether resources and state are those of the last apply, so that most likely nothing changes.

    Args:
        project: The project.
        stack: The stack's name; its state is in the project's folder.
        resources: Completed resources.

    Raises:
        StateError: The stack's record is damaged.
    """
    record = StackRecord.read(project, stack)
    return record is not None and bool(record.applied) and record.applied == digest(project, stack, resources)


def digest(project: Project, stack: str, resources: Sequence[Resource]) -> str:
    """Give what tells an apply from another: the resources, what they wait for, and the state.

    Secrets have no part in it. Empty when the state is not in the project's folder.

    Args:
        project: The project.
        stack: The stack's name.
        resources: Completed resources.
    """
    file = state_file(project, stack)
    if not file.is_file():
        return ""
    made = hashlib.sha256(f"{core_origin().version}\n".encode())
    for one in resources:
        group, needs = one.links.group, [other.address for other in one.depends_on]
        place = f"{one.address} {one.is_wanted()} {group and group.address} {needs}"
        made.update(f"{place} {one!r}\n".encode())
    made.update(file.read_bytes())
    return made.hexdigest()


def planned_alone(runner: EngineCommand, plan: Command, apply: Command) -> Command:
    """Plan in a command of its own, and apply only if something changes.

    Args:
        runner: The engine.
        plan: Plans.
        apply: Applies.
    """

    def work(stack: EngineStack, log: EventLog) -> None:
        plan(stack, log)
        if log.finds_nothing_to_do:
            log.count_as_done()
        elif not log.is_stopping:
            runner.plan_first = False
            apply(stack, log)

    return work
