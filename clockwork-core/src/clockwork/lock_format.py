"""How ``clockwork.lock`` is written: TOML, sorted, one line for each value that fits on one."""

from __future__ import annotations

import json
import re
import tomllib
from collections.abc import Mapping
from datetime import date, datetime, time
from pathlib import Path
from typing import Annotated, Any

import tomli_w
from pydantic import BaseModel, ConfigDict, Field, StrictInt, StrictStr, ValidationError

from clockwork.errors import LockError
from clockwork.lock_content import SHARED, Content, LockEntry
from clockwork.validation import problems

FORMAT = 1
_STRING = re.compile(r'"""(?:[^"\\]|\\.)*"""|"(?:[^"\\\n]|\\.)*"', re.DOTALL)

_HEADER = """\
# Written by Clockwork: the values that a language model chose for this project, and its pins.
# Commit this file and review it like code: what stands here is what is deployed.
# A value you edit is yours; it stays until you remove it.
"""


class _StoredEntry(BaseModel):
    """An entry as the file holds it; TOML has no null, so values with one stand in ``json_values``."""

    model_config = ConfigDict(extra="forbid", title="an entry")

    type: StrictStr
    model: StrictStr
    question: StrictStr
    answered: date | None = None
    description: StrictStr = ""
    reason: StrictStr = ""
    unset: list[StrictStr] = []
    unchecked: list[StrictStr] = []
    values: dict[str, Any] = {}
    json_values: dict[str, StrictStr] = {}
    digests: dict[str, StrictStr] = {}
    replaced: dict[str, Any] = {}


class _StoredPart(BaseModel):
    """What stacks share, or what one of them has for itself."""

    model_config = ConfigDict(extra="forbid", title="a stack")

    approved: list[StrictStr] = []
    resources: dict[str, _StoredEntry] = {}
    pins: dict[str, dict[str, Annotated[StrictStr, Field(min_length=1)]]] = {}


class _StoredLock(_StoredPart):
    model_config = ConfigDict(title="the lock")

    format: StrictInt
    stacks: dict[Annotated[StrictStr, Field(min_length=1)], _StoredPart] = {}


def parsed(text: str, path: Path) -> Content:
    """Read what a lock file holds.

    Args:
        text: The file's text.
        path: The file, for errors.

    Raises:
        LockError: It is not TOML, has a wrong shape or a newer format.
    """
    document = _toml(text, path)
    if not document:
        raise LockError("it is empty", file=path, hint=_REPAIR)
    _check_format(document.get("format"), path)
    try:
        stored = _StoredLock.model_validate(document)
    except ValidationError as error:
        first = problems(error)[0]
        raise LockError(f"{first.field}: {first.message}", file=path, hint=_REPAIR) from None
    parts = {SHARED: stored, **stored.stacks}
    return Content(
        {
            (stack, address): _entry(item, address, path)
            for stack, part in parts.items()
            for address, item in part.resources.items()
        },
        {
            (stack, kind, name): value
            for stack, part in parts.items()
            for kind, table in part.pins.items()
            for name, value in table.items()
        },
        [(stack, command) for stack, part in parts.items() for command in part.approved],
    )


def rendered(content: Content) -> str:
    """Write what a lock holds: sorted, so that the order of obtaining does not show.

    Args:
        content: What it holds.
    """
    stacks = {stack for stack, *_rest in (*content.entries, *content.pins, *content.approved)}
    parts = [_part(stack, content) for stack in sorted(stacks | {SHARED})]
    return "\n".join([_HEADER + parts[0][0], *parts[0][1:], *(table for part in parts[1:] for table in part)])


def _part(stack: str, content: Content) -> list[str]:
    """Write what stacks share or what one of them has for itself, table by table."""
    approved = sorted(command for of_stack, command in content.approved if of_stack == stack)
    head = {"approved": approved} if approved else {}
    pins: dict[str, dict[str, str]] = {}
    for (of_stack, kind, name), value in sorted(content.pins.items()):
        if of_stack == stack:
            pins.setdefault(kind, {})[name] = value
    addresses = sorted(address for of_stack, address in content.entries if of_stack == stack)
    tables = [
        *(_section(stack, address, content.entries[stack, address]) for address in addresses),
        *(tomli_w.dumps(_within(stack, {"pins": {kind: table}})) for kind, table in pins.items()),
    ]
    if stack == SHARED:
        return [tomli_w.dumps({"format": FORMAT, **head}), *tables]
    return [tomli_w.dumps(_within(stack, head)), *tables] if head else tables


def _within(stack: str, table: Mapping[str, Any]) -> dict[str, Any]:
    return dict(table) if stack == SHARED else {"stacks": {stack: table}}


def _check_format(written: object, path: Path) -> None:
    if not isinstance(written, int) or written == FORMAT:
        return
    newer = "Upgrade Clockwork: a newer one wrote this file."
    raise LockError(
        f"it has format {written}, and this Clockwork reads format {FORMAT}",
        file=path,
        hint=newer if written > FORMAT else _REPAIR,
    )


_MERGE = "It holds an unresolved merge; resolve it like code."
_CONFLICT = re.compile(r"^<{7} .*?^={7}$.*?^>{7} ", re.MULTILINE | re.DOTALL)
"""A merge inside a text, where TOML sees nothing wrong; a model's own answer may be about one."""
_REPAIR = "Restore the file from version control, or delete it: the values are then asked for again."


def _toml(text: str, path: Path) -> dict[str, Any]:
    try:
        return tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        found = re.search(r"\(at line (\d+)", str(error))
        conflict = re.search(r"^(<{7}|>{7}) ", text, re.MULTILINE)
        raise LockError(
            f"it is not valid TOML: {error}",
            file=path,
            line=int(found[1]) if found else None,
            hint=_MERGE if conflict else _REPAIR,
        ) from None


def _entry(stored: _StoredEntry, address: str, path: Path) -> LockEntry:
    decoded = {name: _decoded(text, address, name, path) for name, text in stored.json_values.items()}
    entry = LockEntry(
        type=stored.type,
        question=stored.question,
        model=stored.model,
        values={**{name: _as_json(value) for name, value in stored.values.items()}, **decoded},
        unset=tuple(stored.unset),
        unchecked=tuple(stored.unchecked),
        digests=stored.digests,
        description=stored.description,
        answered=stored.answered,
        reason=stored.reason,
        replaced={name: _as_json(value) for name, value in stored.replaced.items()},
    )
    for name, value in entry.values.items():
        if isinstance(value, str) and _CONFLICT.search(value) and entry.is_edited(name):
            raise LockError("the value is not merged", address=address, field=name, file=path, hint=_MERGE)
    return entry


def _decoded(text: str, address: str, name: str, path: Path) -> Any:
    try:
        return json.loads(text)
    except json.JSONDecodeError as error:
        raise LockError(
            f"the value under json_values is not JSON: {error}",
            address=address,
            field=name,
            file=path,
            hint=_REPAIR,
        ) from None


def _as_json(value: Any) -> Any:
    """Give the JSON form of what TOML knows beyond JSON: the dates a person may write."""
    if isinstance(value, datetime | date | time):
        return value.isoformat()
    if isinstance(value, dict):
        return {key: _as_json(item) for key, item in value.items()}
    if isinstance(value, list):
        return [_as_json(item) for item in value]
    return value


def _section(stack: str, address: str, entry: LockEntry) -> str:
    with_null = {name for name, value in entry.values.items() if _holds(value, lambda part: part is None)}
    table = {
        "type": entry.type,
        "model": entry.model,
        "answered": entry.answered,
        "question": entry.question,
        "description": entry.description,
        "reason": entry.reason,
        "unset": sorted(entry.unset),
        "unchecked": sorted(entry.unchecked),
        "values": {name: value for name, value in sorted(entry.values.items()) if name not in with_null},
        "json_values": {name: json.dumps(entry.values[name]) for name in sorted(with_null)},
        "digests": dict(sorted(entry.digests.items())),
        "replaced": {
            name: value
            for name, value in sorted(entry.replaced.items())
            if not _holds(value, lambda part: part is None)
        },
    }
    filled = {key: value for key, value in table.items() if value}
    # A carriage return survives only in a string on one line: TOML readers normalise line ends.
    texts = [entry.values, entry.description, entry.reason, entry.replaced]
    multiline = not _holds(texts, lambda part: isinstance(part, str) and "\r" in part)
    written = tomli_w.dumps(_within(stack, {"resources": {address: filled}}), multiline_strings=multiline)
    return _readable(written)


def _readable(toml: str) -> str:
    """Write texts with quotes and backslashes as they are, where TOML can; the writer escapes every quote."""
    return _STRING.sub(lambda found: _as_it_is(found[0]), toml)


def _as_it_is(string: str) -> str:
    if not string.startswith('"""') or "\\" not in string:
        return string
    text = tomllib.loads(f"x = {string}")["x"]
    literal = f"'''\n{text}'''"
    try:
        is_the_same = tomllib.loads(f"x = {literal}") == {"x": text}
    except tomllib.TOMLDecodeError:
        is_the_same = False
    return literal if is_the_same else string


def _holds(value: Any, test: Any) -> bool:
    if isinstance(value, Mapping):
        return any(_holds(item, test) for item in value.values())
    if isinstance(value, list | tuple):
        return any(_holds(item, test) for item in value)
    return bool(test(value))
