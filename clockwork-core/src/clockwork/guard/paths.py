"""Which paths a model may choose: for every plugin whose resources have one."""

from __future__ import annotations

import os
import re
import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path, PurePosixPath

from clockwork.guard.modules import hides_a_module
from clockwork.guard.rules import CLOCKWORKS_OWN, HIDDEN_PATH, OUTSIDE_PROJECT, RUNS_UNASKED, STRANGE_PATH
from clockwork.hook_types import Refusal
from clockwork.hosts.paths import inside_login_folder, kept_path
from clockwork.paths import followed, inside_project, wrong_path
from clockwork.placeholders import has_placeholder
from clockwork.project import FOLDER_NAME, LOCK_NAME
from clockwork.validation import strange_character

_YOURS = "only you may write it, and you write it in the file"


def refused_path(
    field: str, path: str, project: Path, *, given: str | None = None, on_host: bool = False
) -> Iterator[Refusal]:
    """Refuse a path that a model chose, or had a part in.

    Args:
        field: The field it stands in.
        path: The whole path as it is declared; relative to the project, or to the folder of a login.
        project: The project folder.
        given: The folder at its beginning, where the user wrote it; it is not held against the rules.
        on_host: Whether it is a path on another machine.

    Yields:
        One refusal for each rule that it breaks.
    """
    strange = _strange(path if given is None else path.removeprefix(given))
    if strange:
        yield Refusal(field, strange, STRANGE_PATH, path)
    outside = _outside(path, project, given, on_host)
    if outside:
        yield Refusal(field, outside, OUTSIDE_PROJECT, _end_of(path, project, given, on_host))
    if not _can_be_looked_at(path):
        return
    places = [_there(path, given)] if on_host else _here(path, project, given)
    broken = {rule: (reason, place) for place in places for rule, reason in _of_programs(place)}
    for rule, (reason, place) in broken.items():
        yield Refusal(field, reason, rule, "/".join(place.parts))


@dataclass(frozen=True)
class _Place:
    """Where a path leads.

    Attributes:
        parts: Its folders and its name, from the project folder where it is inside.
        chosen: How many of them at the beginning are the user's own choice.
        project: The project folder it is in; ``None`` where it is not.
    """

    parts: tuple[str, ...]
    chosen: int = 0
    project: Path | None = None

    @property
    def is_beside_main(self) -> bool:
        """Whether a model chose the first part below the project folder."""
        return self.project is not None and self.chosen == 0


def _outside(path: str, project: Path, given: str | None, on_host: bool) -> str | None:
    """Say why a path leaves where it may be: the project, or the folder that the user wrote."""
    if on_host:
        return inside_login_folder(path) if given is None else _outside_there(path, given)
    if given is None:
        return inside_project(path, project)
    return inside_project(str(_absolute(path, project)), _absolute(given, project).resolve())


def _outside_there(path: str, given: str) -> str | None:
    """Say why a path leaves the folder that the user wrote on another machine."""
    parts, folder = _parts(kept_path(path)), _parts(kept_path(given))
    below = parts[len(folder) :]
    if parts[: len(folder)] == folder and not {"..", "/"} & {*below[:1]}:
        return None
    return f"{path!r} leads out of {given}; use a path inside it"


def _end_of(path: str, project: Path, given: str | None, on_host: bool) -> str:
    """Give where a path outside leads, which is what a project may allow; not how it is written."""
    if on_host:
        return kept_path(path)
    try:
        folder = _absolute(given or ".", project).resolve()
        ends = [str(one) for one in followed(path, project) if not one.is_relative_to(folder)]
    except (RuntimeError, OSError, ValueError):
        ends = []
    return ends[0] if ends else ""


def _can_be_looked_at(path: str) -> bool:
    names = path.split("/")
    return (
        wrong_path(path) is None
        and strange_character(path) is None
        and len(os.path.normpath(path)) <= _LONGEST_PATH
        and all(len(one.encode("utf-8", "surrogatepass")) <= _LONGEST_NAME for one in names)
    )


def _there(path: str, given: str | None) -> _Place:
    """Give the place of a path on another machine, whose links nobody follows here."""
    parts = _parts(kept_path(path))
    return _Place(parts, 0 if given is None else len(_parts(kept_path(given))))


def _here(path: str, project: Path, given: str | None) -> list[_Place]:
    """Give the places of a path as it is written, and as it is with its links followed."""
    file, folder = _absolute(path, project), _absolute(given or ".", project)
    there = folder.resolve()
    return [
        _placed(Path(os.path.normpath(file)), Path(os.path.normpath(folder)), project),
        *(_placed(end, there, project.resolve()) for end in followed(path, project)),
    ]


def _placed(file: Path, folder: Path, project: Path) -> _Place:
    if not file.is_relative_to(project):
        return _Place(file.parts, len(folder.parts))
    parts = file.relative_to(project).parts
    own = folder.relative_to(project).parts if folder.is_relative_to(project) else ()
    return _Place(parts, len(own), project)


def _absolute(path: str, project: Path) -> Path:
    return project / Path(path).expanduser()


def _parts(path: str) -> tuple[str, ...]:
    return tuple(part for part in PurePosixPath(path).parts if part != ".")


def _strange(path: str) -> str | None:
    """Say why a path may be read as another one, by a person, a shell, a program or another system."""
    if has_placeholder(path):
        return "it holds a value that is known only later, so nobody can review it; write the whole path"
    if len(path) > _LONGEST_PATH or path.count("/") > _DEEPEST:
        return f"it is longer than {_LONGEST_PATH} characters, or deeper than {_DEEPEST} folders"
    if unicodedata.normalize("NFKC", path) != unicodedata.normalize("NFC", path) or _LOOKALIKES & set(path):
        return "it holds characters that stand for others, such as wide letters; write plain ones"
    if odd := sorted({f"U+{ord(one):04X}" for one in path if _is_invisible(one)}):
        return f"it holds invisible characters ({', '.join(odd[:5])})"
    if special := sorted(_SPECIAL & set(path)):
        return f"it holds {' '.join(special)}, which shells or other systems read in their own way"
    for part in path.split("/"):
        if wrong := _strange_part(part):
            return f"{part!r} {wrong}"
    return None


def _is_invisible(character: str) -> bool:
    return unicodedata.category(character) in _INVISIBLE or _UNSEEN.match(character) is not None


def _strange_part(part: str) -> str | None:
    if part in ("", ".", "..", "~"):
        return None
    if len(part.encode("utf-8", "surrogatepass")) > _LONGEST_NAME:
        return f"is longer than {_LONGEST_NAME} bytes"
    if part[-1] in ". " or part[0] == " ":
        return "begins or ends with a space or ends with a dot, which some systems leave out"
    if part[0] in "-~":
        return f"begins with {part[0]}, which programs read as an option or a home folder"
    if _DEVICE.fullmatch(part.split(".")[0]):
        return "is the name of a device on some systems"
    return None


def _of_programs(place: _Place) -> Iterator[tuple[str, str]]:
    """Tell which rules a place breaks, because some program owns, obeys or runs what stands there."""
    names = [part.casefold() for part in place.parts]
    if place.is_beside_main and (not names or names[0] in _CLOCKWORKS):
        what = place.parts[0] if names else "the project folder itself"
        yield CLOCKWORKS_OWN, f"{what} belongs to Clockwork; choose a path beside it"
    for index in range(place.chosen, len(names)):
        name, said = names[index], place.parts[index]
        if name.startswith(".") and name != ".." and not (index == len(names) - 1 and name in _HARMLESS):
            yield HIDDEN_PATH, f"programs obey or run what stands at {said}; {_YOURS}"
        if name in _CODE_FOLDERS or _is_environment(place, index):
            yield RUNS_UNASKED, f"{said} holds code that programs load; {_YOURS}"
    if names and (names[-1] in _CODE_FILES or names[-1].endswith(_CODE_ENDINGS)):
        yield RUNS_UNASKED, f"programs run or load {place.parts[-1]} because it is there; {_YOURS}"
    if place.is_beside_main and place.project and (module := hides_a_module(place.parts, place.project)):
        yield RUNS_UNASKED, f"Python would import it as {module}; choose another name"


def _is_environment(place: _Place, index: int) -> bool:
    """Tell whether a folder is a virtual environment of Python."""
    return (
        place.project is not None and place.project.joinpath(*place.parts[: index + 1], "pyvenv.cfg").exists()
    )


_LONGEST_PATH = 1024
_LONGEST_NAME = 255
_DEEPEST = 16
_INVISIBLE = frozenset({"Cc", "Cf", "Cs", "Co", "Cn", "Zl", "Zp"})
_UNSEEN = re.compile("[\u034f\u115f\u1160\u17b4\u17b5\u180b-\u180f\ufe00-\ufe0f\U000e0100-\U000e01ef]")
"""Marks and letters that are drawn as nothing, whatever their category."""
_LOOKALIKES = frozenset("⁄∕⧸╱⟋∖⧵⧹∶ː꞉․‥․·")
_SPECIAL = frozenset('\\:*?"<>|$`;\n\t')
_DEVICE = re.compile(r"con|prn|aux|nul|(com|lpt)[0-9]", re.IGNORECASE)
_CLOCKWORKS = frozenset({LOCK_NAME, FOLDER_NAME, "main.py", "pyproject.toml", "mcp.json"})
_HARMLESS = frozenset(
    {".gitignore", ".gitkeep", ".keep", ".dockerignore", ".editorconfig", ".env.example", ".env.sample"}
)
_CODE_FOLDERS = frozenset({"site-packages", "dist-packages", "node_modules", "__pycache__"})
_CODE_FILES = frozenset(
    {"sitecustomize.py", "usercustomize.py", "conftest.py", "binding.gyp", "build.rs", "autorun.inf"}
    | {"jenkinsfile", "azure-pipelines.yml", "bitbucket-pipelines.yml", "appveyor.yml"}
    | {"compose.override.yml", "compose.override.yaml"}
    | {"docker-compose.override.yml", "docker-compose.override.yaml"}
)
_CODE_ENDINGS = (".pth", ".pyc", ".pyd", ".so", ".dylib", ".dll")
