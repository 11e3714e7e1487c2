"""Telling a person what went wrong in the Python he wrote: his frames, his line, his words."""

from __future__ import annotations

import traceback
from pathlib import Path
from types import TracebackType
from typing import TYPE_CHECKING, Any

from pydantic import ValidationError

from clockwork.errors import ClockworkError, DeployError, LoadError
from clockwork.plugins.known import KNOWN_TYPES
from clockwork.plugins.lookup import find_type
from clockwork.suggestions import closest
from clockwork.validation import problems

if TYPE_CHECKING:
    from clockwork.resources.base import Resource


def load_error(error: BaseException, main_file: Path) -> ClockworkError:
    """Turn what a file raised into the error that the person sees.

    Args:
        error: What was raised while the file ran.
        main_file: The file.

    Returns:
        A :class:`LoadError` with his traceback, or the :class:`ClockworkError` that he ran into,
        with the file and the line.
    """
    own = _from_file_on(error.__traceback__, main_file)
    file, line = _last_place(own, main_file.parent)
    if isinstance(error, SyntaxError) and error.filename and not str(error.filename).startswith("<"):
        return LoadError(_syntax(error), file=Path(error.filename), line=error.lineno)
    if isinstance(error, ClockworkError):
        if error.file is None:
            error.file, error.line = file or main_file, line
        return error
    if isinstance(error, ValidationError):
        return _wrong_fields(error, file, line)
    if isinstance(error, SystemExit):
        return LoadError(
            f"it ended the program (exit status {error.code}) instead of declaring resources",
            file=file or main_file,
            line=line,
            hint='Remove the call, or put it under `if __name__ == "__main__":`.',
        )
    text = "".join(traceback.format_exception(type(error), error, own)).rstrip()
    return LoadError(
        f"it raised {type(error).__name__}\n{text}", file=file or main_file, line=line, hint=_hint(error)
    )


def compiled(resource: Resource) -> Any:
    """Call a resource's ``to_pulumi()``.

    Args:
        resource: A completed resource.

    Raises:
        DeployError: It raised what it did not mean to, with the line of the class that raised; or it
            returned no Pulumi resource.
    """
    import pulumi

    try:
        made = resource.to_pulumi()
    except ClockworkError:
        raise
    except (Exception, SystemExit) as error:
        # The first frame is this function; the last one is where it went wrong.
        frames = traceback.extract_tb(error.__traceback__)[1:]
        place = frames[-1] if frames else None
        raise DeployError(
            f"{type(resource).__name__}.to_pulumi() raised {type(error).__name__}: {error}",
            address=resource.address,
            file=Path(place.filename) if place else None,
            line=place.lineno if place else None,
            hint=_hint(error),
        ) from error
    if not isinstance(made, pulumi.Resource):
        raise DeployError(
            f"{type(resource).__name__}.to_pulumi() returned {type(made).__name__}, not a Pulumi resource",
            address=resource.address,
            hint="It must return the resource that it makes.",
        )
    return made


def _from_file_on(trace: TracebackType | None, main_file: Path) -> TracebackType | None:
    while trace is not None and trace.tb_frame.f_code.co_filename != str(main_file):
        trace = trace.tb_next
    return trace


def _last_place(trace: TracebackType | None, folder: Path) -> tuple[Path | None, int | None]:
    """The deepest line that stands in the person's own folder."""
    places = [
        (Path(frame.filename), frame.lineno)
        for frame in traceback.extract_tb(trace)
        if Path(frame.filename).is_relative_to(folder) and "site-packages" not in Path(frame.filename).parts
    ]
    return places[-1] if places else (None, None)


def _syntax(error: SyntaxError) -> str:
    # format_exception_only gives the place, the line, the caret, and the message.
    marked = traceback.format_exception_only(error)[1:-1]
    return f"{type(error).__name__}: {error.msg}\n{''.join(marked)}".rstrip()


def _wrong_fields(error: ValidationError, file: Path | None, line: int | None) -> LoadError:
    wrong = problems(error)
    if len(wrong) == 1:
        told = f"{error.title}: {wrong[0].message}"
        return LoadError(told, field=wrong[0].field or None, file=file, line=line)
    lines = "".join(f"\n  {one.field}: {one.message}" for one in wrong)
    return LoadError(f"{error.title} has {len(wrong)} wrong fields:{lines}", file=file, line=line)


def _hint(error: BaseException) -> str | None:
    if isinstance(error, NameError) and error.name:
        return _type_hint(error.name)
    if not isinstance(error, ModuleNotFoundError) or not error.name:
        return None
    if error.name.startswith("pulumi_") and "." not in error.name:
        return f"Install Pulumi's SDK for it: pip install {error.name.replace('_', '-')}"
    if error.name.startswith("clockwork_") and "." not in error.name:
        return _plugin_hint(error.name)
    return f"Is what brings {error.name} installed beside Clockwork, or is {error.name}.py missing here?"


def _type_hint(name: str) -> str | None:
    """Say how a name is had that is a resource type's; ``None`` when it is none."""
    from clockwork.plugins.manager import get

    if name not in KNOWN_TYPES and name not in get().resource_types():
        return None
    try:
        find_type(name, get())
    except ClockworkError as missing:
        return f"{missing.message}. {missing.hint or ''}".rstrip()
    return f"Import it: from clockwork.resources import {name}"


def _plugin_hint(module: str) -> str:
    known = {distribution.replace("-", "_"): distribution for distribution in KNOWN_TYPES.values()}
    near = [] if module in known else closest(module, known, likeness=0.8)
    if near:
        return f"Did you mean {near[0]!r}? The plugin that brings it: pip install {known[near[0]]}"
    return f"Install the plugin that brings it: pip install {module.replace('_', '-')}"
