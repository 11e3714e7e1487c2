"""What a run finds in the project's folder, so that one that only looks leaves it as it was."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from contextlib import contextmanager

from clockwork.deploy.command import EngineStack
from clockwork.project import Project
from clockwork.settings import Settings
from clockwork.state.backend import backend_url, is_local
from clockwork.state.local import other_stacks, read_state, remove_stack_files, state_file
from clockwork.state.names import file_name
from clockwork.state.record import StackRecord
from clockwork.state.stack import unmake


class Footprint:
    """What the project's folder knew of a stack before a run.

    Attributes:
        stack: The stack that the run works on, once it is open.
    """

    def __init__(self, project: Project, settings: Settings) -> None:
        """Look at the folder; call it before anything is written there.

        Args:
            project: The project.
            settings: Which stack, and which backend.

        Raises:
            StateError: The record of a stack is damaged.
        """
        self.stack: EngineStack | None = None
        self._project, self._settings = project, settings
        self._had_folder = project.folder.exists()
        self._knew_stack = (
            state_file(project, settings.stack).exists()
            or (project.folder / f"journal-{file_name(settings.stack)}.jsonl").exists()
            or StackRecord.read(project, settings.stack) is not None
        )

    @contextmanager
    def left(self, stays: bool) -> Iterator[None]:
        """Leave backend and folder as they were at the end, however it comes.

        Args:
            stays: Whether what is written stays all the same, if a stack was opened.
        """
        try:
            yield
        finally:
            if not stays or self.stack is None:
                self.restore()

    def restore(self) -> None:
        """Remove the stack if the run made it, what was written for it, and the folder if it is new.

        What was deployed meanwhile is kept, and so is all that other stacks have.

        Raises:
            OSError: The folder cannot be written.
        """
        if self.stack is not None:
            if not self.stack.is_new:
                return
            if not is_local(self._project, backend_url(self._project, self._settings)):
                unmake(self.stack)
        if self._knew_stack or not read_state(self._project, self._settings.stack).is_empty:
            return
        if not self._had_folder and self._is_alone:
            shutil.rmtree(self._project.folder)
        else:
            remove_stack_files(self._project, self._settings.stack)

    @property
    def _is_alone(self) -> bool:
        """Whether no other stack has anything in the folder, or is worked on there."""
        own = f"{file_name(self._settings.stack)}.running"
        running = [path for path in self._project.folder.glob("*.running") if path.name != own]
        return not running and not other_stacks(self._project, self._settings.stack)
