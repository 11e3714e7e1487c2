"""What a run finds in the project's folder, so that one that only looks leaves it as it was."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from clockwork.atomic import replace_file
from clockwork.deploy.command import EngineStack
from clockwork.project import Project
from clockwork.settings import Settings
from clockwork.state.local import holds_nothing, other_stacks, remove_stack_files, settings_file, state_file
from clockwork.state.names import file_name
from clockwork.state.stack import remove_from_backend


class Footprint:
    """What the project's folder holds of a stack before a run."""

    def __init__(self, project: Project, settings: Settings) -> None:
        """Look at the folder; call it before anything is written there.

        Args:
            project: The project.
            settings: Which stack, and which backend.
        """
        stack = settings.stack
        self._project, self._settings, self._stack = project, settings, stack
        self._had_folder = project.folder.exists()
        self._had_state = state_file(project, stack).exists()
        files = (settings_file(project, stack), project.folder / f"journal-{file_name(stack)}.jsonl")
        self._kept = {file: file.read_text(encoding="utf-8") for file in files if file.exists()}

    @contextmanager
    def left(self, stays: bool) -> Iterator[list[EngineStack]]:
        """Leave backend and folder as they were at the end, however it comes.

        Args:
            stays: Whether the stack stays all the same.

        Yields:
            Where to put the stack once it is open.
        """
        opened: list[EngineStack] = []
        try:
            yield opened
        finally:
            if not stays:
                self.restore(*opened)

    def restore(self, stack: EngineStack | None = None) -> None:
        """Remove a stack that was not there before, what was written for it, and the folder if it is new.

        What was deployed meanwhile is kept, and so is all that other stacks have.

        Args:
            stack: The stack; ``None`` when none could be opened.

        Raises:
            OSError: The folder cannot be written.
        """
        if stack is not None:
            if not stack.is_new:
                return
            remove_from_backend(self._project, self._settings, stack)
        if self._had_state or not holds_nothing(self._project, self._stack):
            return
        if not self._had_folder and self._is_alone:
            shutil.rmtree(self._project.folder, ignore_errors=not self._project.folder.exists())
            return
        remove_stack_files(self._project, self._stack)
        for file, text in self._kept.items():
            _put_back(file, text)

    @property
    def _is_alone(self) -> bool:
        """Whether no other stack has anything in the folder, or is worked on there."""
        own = f"{file_name(self._stack)}.running"
        running = [path for path in self._project.folder.glob("*.running") if path.name != own]
        return not running and not other_stacks(self._project, self._stack)


def _put_back(file: Path, text: str) -> None:
    if not file.exists() or file.read_text(encoding="utf-8") != text:
        replace_file(file, text)
