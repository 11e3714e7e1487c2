"""Looking at the files of a project, and at nothing else."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable
from pathlib import Path

from clockwork.credentials import holds_key
from clockwork.errors import LoadError
from clockwork.guard.paths import refused_path
from clockwork.guard.rules import RUNS_UNASKED, STRANGE_PATH
from clockwork.placeholders import placeholders_in
from clockwork.resources.base import Resource
from clockwork.resources.secret import Secret

MOST_FILES = 500
LONGEST = 50_000
_FILE = "file "
_HARMLESS_TO_READ = (RUNS_UNASKED, STRANGE_PATH)


def file_functions(project: Path, unread: Collection[Path] = ()) -> list[Callable[..., str]]:
    """Give the functions that a model may call.

    Args:
        project: The project folder.
        unread: Files that nobody may read, because they may hold secrets.
    """

    def list_files(folder: str = ".") -> str:
        """List the files below a folder of the project, one a line."""
        root = _visible(folder, project, unread) if folder.strip("./") else project
        found = (one for one in sorted(root.rglob("*")) if one.is_file())
        names = [str(one.relative_to(project)) for one in found if _is_visible(one, project, unread)]
        more = [f"... and {len(names) - MOST_FILES} more"] if len(names) > MOST_FILES else []
        return "\n".join([*names[:MOST_FILES], *more]) or "there are none"

    def read_file(path: str) -> str:
        """Read a text file of the project; the path is relative to the project folder."""
        text = _visible(path, project, unread).read_text(encoding="utf-8")
        if holds_key(text):
            raise LoadError(f"{path!r} is not to be read: it holds a private key or an access token")
        return text if len(text) <= LONGEST else f"{text[:LONGEST]}\n... ({len(text)} characters)"

    return [list_files, read_file]


def with_later_values(resources: Iterable[Resource]) -> set[Path]:
    """Give the files that resources write with values which are known only later, such as secrets.

    Args:
        resources: The project's resources.
    """
    claims = [claim for one in resources if any(placeholders_in(one)) for claim in one.claims()]
    return {Path(claim.removeprefix(_FILE)) for claim in claims if claim.startswith(_FILE)}


def _visible(path: str, project: Path, unread: Collection[Path]) -> Path:
    for refusal in refused_path("path", path, project):
        if refusal.rule not in _HARMLESS_TO_READ or ".." in path:
            raise LoadError(f"{path!r} is not to be read: {refusal.reason}")
    file = (project / path).resolve()
    if file in Secret.files(project):
        raise LoadError(f"{path!r} is not to be read: a secret comes from it")
    if file in unread:
        raise LoadError(f"{path!r} is not to be read: it is written with values such as secrets")
    return project / path


def _is_visible(file: Path, project: Path, unread: Collection[Path]) -> bool:
    try:
        return _visible(str(file.relative_to(project)), project, unread) is not None
    except LoadError:
        return False
