"""Where the state is kept."""

from __future__ import annotations

import json
import os
from pathlib import Path

from clockwork.project import Project
from clockwork.settings import Settings


def backend_url(project: Project, settings: Settings) -> str:
    """Choose the backend of a project's stacks.

    In this order: ``CW_BACKEND_URL`` or the setting, ``PULUMI_BACKEND_URL``, a state this project
    already has in ``.clockwork/state``, what ``pulumi login`` chose, else ``.clockwork/state``.

    Args:
        project: The project.
        settings: Its settings.

    Returns:
        The URL, in the form that ``pulumi login`` takes.
    """
    local = _local_url(project)
    if settings.backend_url or os.environ.get("PULUMI_BACKEND_URL"):
        return settings.backend_url or os.environ["PULUMI_BACKEND_URL"]
    if (project.state / ".pulumi").exists():
        return local
    return _logged_in() or local


def is_local(project: Project, url: str) -> bool:
    """Tell whether a backend is the project's own ``.clockwork/state``."""
    return url == _local_url(project)


def _local_url(project: Project) -> str:
    """The project's own folder, without the sidecar files that a kill can leave half-written."""
    return f"file://{project.state}?metadata=skip"


def _logged_in() -> str | None:
    home = Path(os.environ.get("PULUMI_HOME", Path.home() / ".pulumi"))
    try:
        chosen = json.loads((home / "credentials.json").read_text(encoding="utf-8")).get("current")
    except (OSError, json.JSONDecodeError, AttributeError):
        return None
    return chosen or None
